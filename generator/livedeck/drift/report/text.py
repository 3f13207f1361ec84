"""The report as lines for a terminal or a log."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence

from livedeck.drift.report import words
from livedeck.errors import number
from livedeck.model import Comparison, Span

_AROUND = 1
_MOST = 60
_BAR = "    | "
_NARROWEST = 20


def as_lines(comparison: Comparison, *, short: bool = False, columns: int | None = None) -> Iterator[str]:
    """Yield the changes of the world, the counts of verdicts, then each claim and command that counts.

    The `short` form leaves out what the commands printed. Otherwise that follows after a bar, folded at `columns`, so
    that the marks stay below their words.
    """
    room = math.inf if columns is None else max(columns - len(_BAR), _NARROWEST)
    yield words.title(comparison)
    yield from (f"  {change.what}: {change.old} -> {change.new}" for change in comparison.world)
    yield f"  {words.summary(comparison)}"
    yield from (f"  {line}" for line in words.leap_lines(comparison))
    for claim in comparison.claims:
        yield f"  {words.placed(claim.slide, claim.at, words.claim_words(claim))}: drift"
        for sign, said in (("-", claim.old), ("+", claim.new)):
            yield from _folded(sign, (Span(words.said_words(said, claim)),), room)
    for command in words.counting(comparison):
        first, more = words.first_line(command)
        yield f"  {words.placed(command.slide, command.at, f'`{first}`{more}')}: {words.verdict_words(command)}"
        if short:
            continue
        lines = [line for pair in words.near(command.lines, _AROUND) for line in words.diff_lines(pair)]
        for sign, spans in lines[:_MOST]:
            yield from _folded(sign, spans, room)
        if len(lines) > _MOST:
            yield f"{_BAR}... {number(len(lines) - _MOST, 'line')} more"


def _folded(sign: str, spans: Sequence[Span], room: float) -> Iterator[str]:
    """Fold a line into rows of `room` columns after the bar and a sign, with marks below the words that changed."""
    spans = [Span(span.text.replace("\t", " " * 4), span.mark) for span in spans]
    if not any(span.text for span in spans):
        yield _BAR + sign.rstrip()
    for place, row in enumerate(_rows(spans, room - 2)):
        yield _BAR + f"{sign}{'…' if place else ' '}{words.plain(row)}".rstrip()
        below = "".join(("^" if span.mark == "changed" else " ") * _width(span.text) for span in row).rstrip()
        if below:
            yield f"{_BAR}  {below}"


def _rows(spans: Sequence[Span], room: float) -> Iterator[list[Span]]:
    row: list[Span] = []
    left = room
    for span in spans:
        text = span.text
        while text:
            fitting = len(text)
            if _width(text) > left:
                fitting = next(count for count in range(fitting) if _width(text[: count + 1]) > left)
            if fitting:
                row.append(Span(text[:fitting], span.mark))
                text = text[fitting:]
                left -= _width(row[-1].text)
            if text:
                yield row
                row, left = [], room
    if row:
        yield row


def _width(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)
