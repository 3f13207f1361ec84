"""What stands on which slide, and how large: long blocks split, terminals sized, headings and commands found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from markdown_it.token import Token

from livedeck.model import Slide, SlideOrigin
from livedeck.template import markdown
from livedeck.template.paging import sizing, slides, splitting
from livedeck.template.paging.heights import PictureSize, is_terminal
from livedeck.template.placed import Placed
from livedeck.template.traced import Traced


def lay_out(
    written: Traced, tokens: Sequence[Token], placed: Sequence[Placed], pictures: PictureSize
) -> tuple[Traced, tuple[Slide, ...]]:
    """The finished deck with long blocks split and terminals sized, and its slides.

    `tokens` are those of the text, and `placed` the blocks of the steps in it. Raises TemplateError where a block that
    is to be split cannot be.
    """
    parted = splitting.split(written, tokens, tuple(_found(tokens, placed)), pictures)
    if parted.written is not written:
        tokens = markdown.parse(parted.written.text)
    done = replace(parted.written, text=sizing.sized(parted.written.text, tokens, pictures, parted.sizes))
    return done, tuple(_slides(tokens, done, parted.placed))


def _slides(tokens: Sequence[Token], deck: Traced, placed: Sequence[Placed]) -> Iterator[Slide]:
    rows = deck.text.split("\n")
    headings = list(_headings(tokens))
    terminals = [token.map[0] for token in tokens if is_terminal(token) and token.map]
    starts = slides.starts(tokens)
    ends = [*starts[1:], len(rows)]
    firsts = [
        next((line for line in range(start, end) if rows[line].strip()), min(start, len(rows) - 1))
        for start, end in zip(starts, ends, strict=True)
    ]
    passages = _passages(starts, firsts, tokens, deck, {block.step.at.line for block in placed})
    last = ""
    for number, (start, end, first, passage) in enumerate(zip(starts, ends, firsts, passages, strict=True), 1):
        own = [heading for line, heading in headings if start <= line < end]
        keys = [key for block in placed if start <= block.line < end for key in block.keys]
        shown = [line + 1 for line in terminals if start <= line < end]
        yield Slide(number, own[0] if own else last, first + 1, deck.lines[first], tuple(keys), tuple(shown), passage)
        last = own[-1] if own else last


def _passages(
    starts: Sequence[int], firsts: Sequence[int], tokens: Sequence[Token], deck: Traced, steps: set[int]
) -> Iterator[SlideOrigin]:
    """What each slide holds of the template, from the lines where they start and where their content does.

    One whose ruler is of the line of a step is the next part of a slide that was split.
    """
    rulers = {token.map[1]: token.map[0] for token in tokens if token.type == "hr" and token.level == 0 and token.map}
    terminals = [(token.map[0], token.content.count("\n")) for token in tokens if is_terminal(token) and token.map]
    times: Counter[int] = Counter()
    whole = SlideOrigin()
    for start, first in zip(starts, firsts, strict=True):
        ruler, line = deck.lines[rulers.get(start, start)], deck.lines[first]
        above = sum(rows for row, rows in terminals if row < start)
        if ruler in steps and start != starts[0]:
            whole = replace(whole, part=whole.part + 1, above=above)
        else:
            times[line] += 1
            whole = SlideOrigin(line, ruler, times[line], 1, above)
        yield whole


def _found(tokens: Sequence[Token], placed: Sequence[Placed]) -> Iterator[Placed]:
    """The blocks with the lines of their fences, above which a step template may have put words."""
    fences = (token.map[0] for token in tokens if is_terminal(token) and token.map)
    for block in placed:
        yield block if block.terminal is None else replace(block, line=next(fences))


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
