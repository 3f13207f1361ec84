"""The report as Markdown for a pull request. Captured text cannot format, link or mention anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livedeck.drift.report import words
from livedeck.errors import cut, number
from livedeck.model import ComparedCommand, Comparison, Location, Missing, Span

_AROUND = 2
_MOST_LINES = 60
_MOST_WORDS = 5
_LONGEST_WORDS = 200
_LARGEST = 64_000
"""Characters of the report without its last sentence; GitHub accepts 65,536 in a comment."""
_SPECIAL = re.compile(r"([\\`*_\[\]<|~])")
_CALLING = re.compile(r"([@#])(?=\w)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some lines of the report; `brief` is the same without the screen, and the same text if there is none."""

    whole: str
    brief: str
    is_command: bool = False


def as_markdown(comparisons: Sequence[Comparison], missing: Sequence[Missing]) -> str:
    """Return the report of all decks. Screens that do not fit into a comment are left out, as the end says."""
    pieces = [_piece(*(f"- {_text(words.missing_words(one))}" for one in missing), "")] if missing else []
    pieces += [piece for comparison in comparisons for piece in _deck(comparison)]
    kept: list[str] = []
    left = _LARGEST - sum(len(piece.brief) for piece in pieces)
    lacking = gone = 0
    for piece in pieces:
        more = len(piece.whole) - len(piece.brief)
        if more <= left:
            kept.append(piece.whole)
            left -= more
        elif sum(map(len, kept)) + len(piece.brief) <= _LARGEST:
            kept.append(piece.brief)
            lacking += piece.is_command
        else:
            gone += piece.is_command
    counts = ((lacking, "without what it showed"), (gone, "not at all"))
    if left_out := " and ".join(f"{number(count, 'command')} {how}" for count, how in counts if count):
        short = f"This report does not fit a comment on GitHub: it has {left_out}."
        kept.append(f"{short} `--output drift.html` has all.\n")
    return "".join(kept)


def _piece(*lines: str) -> _Piece:
    text = "".join(f"{line}\n" for line in lines)
    return _Piece(text, text)


def _deck(comparison: Comparison) -> Iterator[_Piece]:
    yield _piece(f"## {_text(words.title(comparison))}", "", f"{words.summary(comparison)}.", "")
    if comparison.world:
        rows = (f"| {_text(c.what)} | {_text(c.old)} | {_text(c.new)} |" for c in comparison.world)
        yield _piece("| world | then | now |", "|---|---|---|", *rows, "")
    if leaps := words.leap_lines(comparison):
        yield _piece(*(f"- {_text(line)}" for line in leaps), "")
    for claim in comparison.claims:
        on_slide = f"{_text(words.slide_words(claim.slide))}, " if claim.slide else ""
        then, now = (_text(words.said_words(said, claim)) for said in (claim.old, claim.new))
        head = f"{_place(claim.at)}{on_slide}{words.claim_words(claim)}: drift"
        yield _piece(head, "", f"- then, {then}", f"- now, {now}", "")
    for slide, commands in words.by_slide(words.counting(comparison)):
        head = f"### {_text(words.slide_words(slide))}\n\n" if slide else ""
        for place, command in enumerate(commands):
            first, more = words.first_line(command)
            verdict = f"{_place(command.at)}{_code(first)}{more}: {_text(words.verdict_words(command))}"
            brief = f"{'' if place else head}{verdict}\n\n"
            yield _Piece(brief + "".join(f"{line}\n" for line in _screen(command)), brief, is_command=True)


def _screen(command: ComparedCommand) -> Iterator[str]:
    shown = list(words.near(command.lines, _AROUND))
    lines = [f"{sign} {words.plain(spans)}" for pair in shown for sign, spans in words.diff_lines(pair)]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"  ... {number(len(lines) - _MOST_LINES, 'line')} more"]
    if lines:
        fence = "`" * max(3, _ticks("\n".join(lines)) + 1)
        yield from (f"{fence}diff", *lines, fence, "")
    changed = [pair for pair in shown if pair and pair.kind == "changed"]
    if changed:
        yield from (*(f"- {_changed(pair.old)} → {_changed(pair.new)}" for pair in changed[:_MOST_WORDS]), "")


def _changed(side: tuple[Span, ...] | None) -> str:
    text = " ".join(span.text for span in side or () if span.mark == "changed").strip()
    return _code(cut(text, _LONGEST_WORDS)) if text else "nothing"


def _place(at: Location | None) -> str:
    return f"{_code(str(at))}, " if at else ""


def _code(text: str) -> str:
    """Return `text` as code, whatever backticks it has."""
    text = " ".join(text.split())
    ticks = "`" * (_ticks(text) + 1)
    pad = " " if len(ticks) > 1 or not text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _ticks(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)


def _text(text: str) -> str:
    """Escape `text`; a zero-width space after @ and # keeps GitHub from mentioning people and linking issues.

    It is written as a reference, because an invisible character itself is not printed.
    """
    quiet = _CALLING.sub(r"\1&#8203;", " ".join(text.split()).replace("&", "&amp;"))
    return _SPECIAL.sub(r"\\\1", quiet)
