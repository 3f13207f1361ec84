"""What stands on which slide: headings, and the blocks of the steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from generator.model import Key, Slide, Step
from generator.template import slides


@dataclass(frozen=True, slots=True)
class Placed:
    """One execution of a step in the Markdown: the line (from 0) where its block begins, and its commands.

    `terminal` is the content of its terminal fence, None where it has none.
    """

    step: Step
    line: int
    keys: tuple[Key, ...]
    terminal: str | None


def laid_out(tokens: Sequence[Token], text: str, origins: Sequence[int], placed: Sequence[Placed]) -> Iterator[Slide]:
    """The slides of a finished deck."""
    rows = text.split("\n")
    headings = list(_headings(tokens))
    last = ""
    for number, (start, end) in enumerate(pairwise([*slides.starts(tokens), len(rows)]), 1):
        own = [heading for line, heading in headings if start <= line < end]
        first = next((line for line in range(start, end) if rows[line].strip()), min(start, len(rows) - 1))
        keys = [key for block in placed if start <= block.line < end for key in block.keys]
        yield Slide(number, own[0] if own else last, first + 1, origins[first], tuple(keys))
        last = own[-1] if own else last


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open" and opening.map:
            yield opening.map[0], _plain(inside.children or ())


def _plain(tokens: Sequence[Token]) -> str:
    """The words of inline tokens, without their marks."""
    pieces = [
        " " if token.type in ("softbreak", "hardbreak") else token.content
        for token in tokens
        if token.type != "html_inline"
    ]
    return " ".join("".join(pieces).split())
