"""The vocabulary that all formats share: titles, counts, places, and which commands and lines they show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from livedeck.errors import named, number
from livedeck.model import (
    ClaimBranch,
    ComparedClaim,
    ComparedCommand,
    Comparison,
    LinePair,
    Location,
    Missing,
    Slide,
    Span,
    Verdict,
)

VERDICTS: tuple[Verdict, ...] = ("same", "volatile", "drift", "failed")
COUNTING: tuple[Verdict, ...] = ("drift", "failed")
_MOST_LEAPS = 3
_LONG = 400
"""Characters of a line; only excerpts of a longer one are shown."""


def title(comparison: Comparison) -> str:
    """Name the deck and the two records."""
    old, new = comparison.old, comparison.new
    engines = f" on {new.engine}" if old.engine == new.engine else ""
    before, after = (f"{s.name} of {s.captured.replace('T', ' ').removesuffix('Z')[:16]}" for s in (old, new))
    return f"{comparison.deck}{engines}: {before} -> {after}"


def summary(comparison: Comparison) -> str:
    """Count the commands by verdict."""
    counts = ", ".join(f"{count} {verdict}" for verdict in VERDICTS if (count := comparison.count(verdict)))
    words = [f"{number(len(comparison.commands), 'command')}: {counts}" if counts else "no commands"]
    if comparison.claims:
        words.append(f"{number(len(comparison.claims), 'claim')} with another branch")
    if comparison.unreached:
        words.append(f"{comparison.unreached} not reached")
    return "; ".join(words)


def missing_words(missing: Missing) -> str:
    """Say that a deck was not compared on an engine, and why."""
    at = f"{missing.at}: " if missing.at else ""
    return f"{missing.deck} on {missing.engine}: not compared; {at}{missing.message}"


def claim_words(claim: ComparedClaim) -> str:
    """Say which branch of a claim held and which one holds."""
    old, new = (f"branch {said.branch}" if said else "not reached" for said in (claim.old, claim.new))
    return f"claim {claim.number}: {old} -> {new}"


def said_words(said: ClaimBranch | None, claim: ComparedClaim) -> str:
    """Return what a claim says by one of its branches, with the line, and the file if it is not that of the claim."""
    if said is None:
        return "nothing: the deck does not come here"
    if said.at is None:
        return f"branch {said.branch} of a template that is not known"
    at = f"line {said.at.line}" if claim.at and said.at.path == claim.at.path else str(said.at)
    return f"{at}: {said.sentence or 'nothing: this branch is empty'}"


def slide_words(slide: Slide | None) -> str:
    """Name a slide by its number and heading; the result is empty if it is not known."""
    if slide is None:
        return ""
    return f"slide {slide.number}, {slide.heading}" if slide.heading else f"slide {slide.number}"


def placed(slide: Slide | None, at: Location | None, words: str) -> str:
    """Put slide and place, as far as they are known, in front of `words`."""
    return ", ".join(filter(None, (slide_words(slide), str(at or ""), words)))


def first_line(command: ComparedCommand) -> tuple[str, str]:
    """Return the first line of a command, and a sign if it has more."""
    first, *others = command.command.split("\n")
    return first, " ..." if others else ""


def verdict_words(command: ComparedCommand) -> str:
    """Return the verdict on a command with its reasons."""
    return "; ".join((command.verdict, *command.reasons))


def leap_lines(comparison: Comparison) -> list[str]:
    """List sizes that are far apart, with their commands: not drift, but worth a look."""
    lines = []
    for command in comparison.commands:
        if command.leaps:
            others = len(command.leaps) - _MOST_LEAPS
            more = f" and {number(others, 'more size')}" if others > 0 else ""
            sizes = f"size {', '.join(command.leaps[:_MOST_LEAPS])}{more}"
            words = f"{named(command.command)}: {sizes}; no drift, but look at it"
            lines.append(placed(command.slide, command.at, words))
    return lines


def by_slide(commands: Sequence[ComparedCommand]) -> Iterator[tuple[Slide | None, list[ComparedCommand]]]:
    """Group consecutive commands by slide."""
    for _, group in groupby(commands, key=lambda command: slide_words(command.slide)):
        found = list(group)
        yield found[0].slide, found


def counting(comparison: Comparison) -> list[ComparedCommand]:
    """Return the commands whose verdict counts."""
    return [command for command in comparison.commands if command.verdict in COUNTING]


def near(lines: Sequence[LinePair], around: int) -> Iterator[LinePair | None]:
    """Yield the lines that count with some before and after them, and None for each gap of two lines or more."""
    counts = [number for number, line in enumerate(lines) if line.kind not in ("same", "volatile")]
    shown = sorted({n for c in counts for n in range(max(c - around, 0), min(c + around + 1, len(lines)))})
    last = -1
    for place in shown:
        if place > last + 2:
            yield None
        elif place == last + 2:  # one line takes no more room than the sign of a gap
            yield lines[last + 1]
        yield lines[place]
        last = place
    if shown and last < len(lines) - 1:
        yield None


def diff_lines(pair: LinePair | None) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Yield the old and the new line, each with its sign; of a very long one its changes with some text around them."""
    if pair is None:
        yield " ", (Span("..."),)
    elif pair.kind in ("same", "volatile"):
        yield " ", _excerpt(pair.new or pair.old or ())
    else:
        yield from ((sign, _excerpt(side)) for sign, side in (("-", pair.old), ("+", pair.new)) if side is not None)


def plain(spans: Sequence[Span]) -> str:
    """Return the text of a line."""
    return "".join(span.text for span in spans)


def _excerpt(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Cut long spans: in the middle, but at the ends of the line keep only the part next to a change."""
    if len(plain(spans)) <= _LONG:
        return spans
    longest = _LONG if len(spans) == 1 else _LONG // 5
    half, last = longest // 2, len(spans) - 1
    found = []
    for place, span in enumerate(spans):
        text = span.text
        if len(text) > longest:
            text = f"{text[:longest]}…" if place == last else f"{text[:half] if place else ''}…{text[-half:]}"
        found.append(Span(text, span.mark))
    return tuple(found)
