"""The words that all reports share: what was compared, what differs in the world, where a command stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from generator.errors import number
from generator.model import ComparedClaim, ComparedCommand, Comparison, LinePair, Slide, Verdict

VERDICTS: tuple[Verdict, ...] = ("same", "volatile", "drift", "failed")
COUNTING: tuple[Verdict, ...] = ("drift", "failed")


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
    old, new = (f"branch {branch}" if branch else "not reached" for branch in (claim.old, claim.new))
    return f"claim {claim.number}: {old} -> {new}"


def by_slide(commands: Sequence[ComparedCommand]) -> Iterator[tuple[Slide | None, list[ComparedCommand]]]:
    """Commands in groups that stand on one slide, in order."""
    for _, group in groupby(commands, key=lambda command: slide_words(command.slide)):
        found = list(group)
        yield found[0].slide, found


def counting(comparison: Comparison) -> list[ComparedCommand]:
    """The commands whose verdict counts."""
    return [command for command in comparison.commands if command.verdict in COUNTING]


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
