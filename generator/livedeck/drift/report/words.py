"""The words that all reports share: what was compared, what differs in the world, where a command stands."""

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
    Missing,
    Slide,
    Span,
    Verdict,
)

VERDICTS: tuple[Verdict, ...] = ("same", "volatile", "drift", "failed")
COUNTING: tuple[Verdict, ...] = ("drift", "failed")
_MOST_LEAPS = 3
_LONG = 400
"""Characters of a line; of a longer one an excerpt is shown."""


def title(comparison: Comparison) -> str:
    """The deck, and the two records."""
    old, new = comparison.old, comparison.new
    engines = f" on {new.engine}" if old.engine == new.engine else ""
    return f"{comparison.deck}{engines}: {_side(old.name, old.captured)} -> {_side(new.name, new.captured)}"


def summary(comparison: Comparison) -> str:
    """How many commands have which verdict."""
    counts = ", ".join(f"{count} {verdict}" for verdict in VERDICTS if (count := comparison.count(verdict)))
    words = [f"{number(len(comparison.commands), 'command')}: {counts}" if counts else "no commands"]
    if comparison.claims:
        words.append(f"{number(len(comparison.claims), 'claim')} with another branch")
    if comparison.unreached:
        words.append(f"{comparison.unreached} not reached")
    return "; ".join(words)


def claim_words(claim: ComparedClaim) -> str:
    """What became of a claim."""
    old, new = (f"branch {said.branch}" if said else "not reached" for said in (claim.old, claim.new))
    return f"claim {claim.number}: {old} -> {new}"


def missing_words(missing: Missing) -> str:
    """That a deck was not compared on an engine, and why."""
    return (
        f"{missing.deck} on {missing.engine}: not compared; {f'{missing.at}: ' if missing.at else ''}{missing.message}"
    )


def said_words(said: ClaimBranch | None, claim: ComparedClaim) -> str:
    """What a claim says by one of its branches, with the line where another one than the claim's own holds it."""
    if said is None:
        return "nothing: the deck does not come here"
    if said.at is None:
        return f"branch {said.branch} of a template that is not known"
    at = f"line {said.at.line}" if claim.at and said.at.path == claim.at.path else str(said.at)
    return f"{at}: {said.sentence or 'nothing: this branch is empty'}"


def diff_lines(pair: LinePair | None) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """A line as it was and is, each behind its sign; of a very long one what changed and some letters around it."""
    if pair is None:
        yield " ", (Span("..."),)
    elif pair.kind in ("same", "volatile"):
        yield " ", _excerpt(pair.new or pair.old or ())
    else:
        yield from ((sign, _excerpt(side)) for sign, side in (("-", pair.old), ("+", pair.new)) if side is not None)


def plain(spans: Sequence[Span]) -> str:
    """The text of a line."""
    return "".join(span.text for span in spans)


def _excerpt(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    if len(plain(spans)) <= _LONG:
        return spans
    longest = _LONG if len(spans) == 1 else _LONG // 5
    last = len(spans) - 1
    return tuple(
        Span(_shortened(span.text, longest, first=number == 0, last=number == last), span.mark)
        for number, span in enumerate(spans)
    )


def _shortened(text: str, longest: int, *, first: bool, last: bool) -> str:
    """Of a long text its beginning and its end; at the ends of the line only the one beside a change."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:longest]}…" if last else f"{'' if first else text[:half]}…{text[-half:]}"


def by_slide(commands: Sequence[ComparedCommand]) -> Iterator[tuple[Slide | None, list[ComparedCommand]]]:
    """Commands in groups that stand on one slide, in order."""
    for _, group in groupby(commands, key=lambda command: slide_words(command.slide)):
        found = list(group)
        yield found[0].slide, found


def counting(comparison: Comparison) -> list[ComparedCommand]:
    """The commands whose verdict counts."""
    return [command for command in comparison.commands if command.verdict in COUNTING]


def first_line(command: ComparedCommand) -> tuple[str, str]:
    """The first line of a command, and what says that it has more."""
    first, *others = command.command.split("\n")
    return first, " ..." if others else ""


def verdict_words(command: ComparedCommand) -> str:
    """What became of a command, and why."""
    return "; ".join((command.verdict, *command.reasons))


def leap_lines(comparison: Comparison) -> list[str]:
    """Sizes that are far apart, with their commands: no drift, but worth a look."""
    return [
        ", ".join(filter(None, [slide_words(command.slide), str(command.at or ""), leap_words(command)]))
        for command in comparison.commands
        if command.leaps
    ]


def leap_words(command: ComparedCommand) -> str:
    """The sizes of a command that are far apart; empty where none is."""
    shown, others = command.leaps[:_MOST_LEAPS], len(command.leaps) - _MOST_LEAPS
    sizes = ", ".join(shown) + (f" and {number(others, 'more size')}" if others > 0 else "")
    return f"{named(command.command)}: size {sizes}; no drift, but look at it" if sizes else ""


def slide_words(slide: Slide | None) -> str:
    """A slide by its number and heading; empty where it is not known."""
    if slide is None:
        return ""
    return f"slide {slide.number}, {slide.heading}" if slide.heading else f"slide {slide.number}"


def near(lines: Sequence[LinePair], around: int) -> Iterator[LinePair | None]:
    """The lines that count with some before and after them; None for each run left out."""
    counts = [number for number, line in enumerate(lines) if line.kind not in ("same", "volatile")]
    shown = sorted({n for c in counts for n in range(max(c - around, 0), min(c + around + 1, len(lines)))})
    last = -1
    for place in shown:
        if place > last + 2:
            yield None
        elif place == last + 2:
            yield lines[last + 1]
        yield lines[place]
        last = place
    if shown and last < len(lines) - 1:
        yield None


def _side(name: str, captured: str) -> str:
    return f"{name} of {captured.replace('T', ' ').removesuffix('Z')[:16]}"
