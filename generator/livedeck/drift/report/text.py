"""The report as lines for a terminal or a log."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from livedeck.drift.report.words import (
    claim_words,
    counting,
    diff_lines,
    first_line,
    leap_lines,
    near,
    plain,
    said_words,
    slide_words,
    summary,
    title,
    verdict_words,
)
from livedeck.errors import number
from livedeck.model import ComparedClaim, ComparedCommand, Comparison, Span

_AROUND = 1
_MOST = 60
_BAR = "    | "
_NARROWEST = 20
_TAB = " " * 4


def as_lines(comparison: Comparison, *, short: bool = False, columns: int | None = None) -> Iterator[str]:
    """What differs in the world, how many commands have which verdict, then each that counts.

    The `short` form leaves out what the commands showed. Lines of a terminal stand behind a bar, folded where they have
    more than `columns`, so that what marks a word stays below it.
    """
    room = None if columns is None else max(columns - len(_BAR), _NARROWEST)
    yield title(comparison)
    yield from (f"  {change.what}: {change.old} -> {change.new}" for change in comparison.world)
    yield f"  {summary(comparison)}"
    yield from (f"  {line}" for line in leap_lines(comparison))
    for claim in comparison.claims:
        yield f"  {_claim_line(claim)}"
        for sign, said in (("-", claim.old), ("+", claim.new)):
            yield from _barred(_folded(sign, (Span(said_words(said, claim)),), room))
    for command in counting(comparison):
        yield f"  {command_line(command)}"
        if not short:
            yield from _barred(_changes(command, room))


def command_line(command: ComparedCommand) -> str:
    """Where a command stands, what it is, and what became of it."""
    first, more = first_line(command)
    words = [slide_words(command.slide), str(command.at or ""), f"`{first}`{more}"]
    return f"{', '.join(filter(None, words))}: {verdict_words(command)}"


def _claim_line(claim: ComparedClaim) -> str:
    return ", ".join(filter(None, [slide_words(claim.slide), str(claim.at or ""), f"{claim_words(claim)}: drift"]))


def _barred(lines: Iterator[str]) -> Iterator[str]:
    return (f"{_BAR}{line}" for line in lines)


def _changes(command: ComparedCommand, room: int | None) -> Iterator[str]:
    lines = [line for pair in near(command.lines, _AROUND) for line in diff_lines(pair)]
    for sign, spans in lines[:_MOST]:
        yield from _folded(sign, spans, room)
    if len(lines) > _MOST:
        yield f"... {number(len(lines) - _MOST, 'line')} more"


def _folded(sign: str, spans: Sequence[Span], room: int | None) -> Iterator[str]:
    """A line in rows of so many columns behind its sign; below each the words that changed."""
    spans = [Span(span.text.replace("\t", _TAB), span.mark) for span in spans]
    if not any(span.text for span in spans):
        yield sign.rstrip()
    for place, row in enumerate(_rows(spans, None if room is None else room - 2)):
        yield f"{sign}{'…' if place else ' '}{plain(row)}".rstrip()
        below = "".join(("^" if span.mark == "changed" else " ") * _width(span.text) for span in row).rstrip()
        if below:
            yield f"  {below}"


def _rows(spans: Sequence[Span], room: int | None) -> Iterator[list[Span]]:
    row: list[Span] = []
    left = room
    for span in spans:
        text = span.text
        while text:
            fitting = len(text) if left is None else _fitting(text, left)
            if fitting:
                row.append(Span(text[:fitting], span.mark))
                text = text[fitting:]
                left = None if left is None else left - _width(row[-1].text)
            if text:
                yield row
                row, left = [], room
    if row:
        yield row


def _fitting(text: str, room: int) -> int:
    """How many letters of a text fit."""
    if _width(text) <= room:
        return len(text)
    return next(count for count in range(len(text)) if _width(text[: count + 1]) > room)


def _width(text: str) -> int:
    """Columns of a terminal."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)
