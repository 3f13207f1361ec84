"""The report as Markdown for a pull request. Nothing that was captured can format, link or mention anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livedeck.drift.report.words import (
    by_slide,
    claim_words,
    counting,
    diff_lines,
    first_line,
    leap_lines,
    missing_words,
    near,
    plain,
    said_words,
    slide_words,
    summary,
    title,
    verdict_words,
)
from livedeck.errors import number
from livedeck.model import ComparedClaim, ComparedCommand, Comparison, Location, Missing, Span

_AROUND = 2
_MOST_LINES = 60
_MOST_WORDS = 5
_LONGEST_WORDS = 200
_LARGEST = 64_000
"""Characters of the report without its last sentence; GitHub takes 65,536 in a comment."""
_SPECIAL = re.compile(r"([\\`*_\[\]<|~])")
_CALLING = re.compile(r"([@#])(?=\w)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some lines of the report; `brief` says the same without the screen, and is as long where there is none."""

    whole: str
    brief: str
    is_command: bool = False


def as_markdown(comparisons: Sequence[Comparison], missing: Sequence[Missing]) -> str:
    """The report of all decks. Where it would not fit a comment, screens are left out from the first that does not fit.

    What is left out is said at the end.
    """
    pieces = [_head_of_all(missing)] if missing else []
    pieces += [piece for comparison in comparisons for piece in _deck(comparison)]
    told: list[str] = []
    left = _LARGEST - sum(len(piece.brief) for piece in pieces)
    lacking = gone = 0
    for piece in pieces:
        more = len(piece.whole) - len(piece.brief)
        if more <= left:
            told.append(piece.whole)
            left -= more
        elif sum(map(len, told)) + len(piece.brief) <= _LARGEST:
            told.append(piece.brief)
            lacking += piece.is_command
        else:
            gone += piece.is_command
    return "".join([*told, *_left_out(lacking, gone)])


def _left_out(lacking: int, gone: int) -> Iterator[str]:
    """The sentence below a report that does not fit a comment."""
    counts = ((lacking, "without what it showed"), (gone, "not at all"))
    if words := " and ".join(f"{number(count, 'command')} {how}" for count, how in counts if count):
        yield f"This report does not fit a comment on GitHub: it has {words}. `--output drift.html` has all.\n"


def _head_of_all(missing: Sequence[Missing]) -> _Piece:
    return _piece(*(f"- {_text(missing_words(one))}" for one in missing), "")


def _piece(*lines: str) -> _Piece:
    text = "".join(f"{line}\n" for line in lines)
    return _Piece(text, text)


def _deck(comparison: Comparison) -> Iterator[_Piece]:
    yield _piece(f"## {_text(title(comparison))}", "", f"{summary(comparison)}.", "")
    if comparison.world:
        rows = (f"| {_text(c.what)} | {_text(c.old)} | {_text(c.new)} |" for c in comparison.world)
        yield _piece("| world | then | now |", "|---|---|---|", *rows, "")
    if leaps := leap_lines(comparison):
        yield _piece(*(f"- {_text(line)}" for line in leaps), "")
    for claim in comparison.claims:
        yield _piece(*_claim(claim))
    for slide, commands in by_slide(counting(comparison)):
        head = f"### {_text(slide_words(slide))}\n\n" if slide else ""
        for place, command in enumerate(commands):
            first, screen = _command(command)
            above = head if place == 0 else ""
            yield _Piece(f"{above}{first}\n\n{screen}", f"{above}{first}\n\n", is_command=True)


def _claim(claim: ComparedClaim) -> Iterator[str]:
    slide = f"{_text(slide_words(claim.slide))}, " if claim.slide else ""
    yield from (f"{_place(claim.at)}{slide}{claim_words(claim)}: drift", "")
    yield from (f"- then, {_text(said_words(claim.old, claim))}", f"- now, {_text(said_words(claim.new, claim))}", "")


def _command(command: ComparedCommand) -> tuple[str, str]:
    """The line that says what became of a command, and below it what it showed."""
    first, more = first_line(command)
    screen = "".join(f"{line}\n" for line in _screen(command))
    return f"{_place(command.at)}{_code(first)}{more}: {_text(verdict_words(command))}", screen


def _screen(command: ComparedCommand) -> Iterator[str]:
    shown = list(near(command.lines, _AROUND))
    lines = [f"{sign} {plain(spans)}" for pair in shown for sign, spans in diff_lines(pair)]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"  ... {number(len(lines) - _MOST_LINES, 'line')} more"]
    if lines:
        longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
        fence = "`" * max(3, longest + 1)
        yield from (f"{fence}diff", *lines, fence, "")
    words = [pair for pair in shown if pair and pair.kind == "changed"]
    for pair in words[:_MOST_WORDS]:
        yield f"- {_changed(pair.old)} → {_changed(pair.new)}"
    if words:
        yield ""


def _changed(side: tuple[Span, ...] | None) -> str:
    text = " ".join(span.text for span in side or () if span.mark == "changed").strip()
    return _code(text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]}…") if text else "nothing"


def _place(at: Location | None) -> str:
    return f"{_code(str(at))}, " if at else ""


def _code(text: str) -> str:
    """`text` as code, whatever backticks it has."""
    text = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if longest or not text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _text(text: str) -> str:
    """`text` as itself; what stands behind @ or # is nobody who has to be told, and no issue."""
    quiet = _CALLING.sub("\\1\u200b", " ".join(text.split()).replace("&", "&amp;"))
    return _SPECIAL.sub(r"\\\1", quiet)
