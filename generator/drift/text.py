"""The report as lines for a terminal or a log."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from generator.drift.words import claim_words, counting, near, slide_words, summary, title
from generator.errors import number
from generator.model import ComparedCommand, Comparison, LinePair, Span

_AROUND = 1
_MOST = 60


def as_lines(comparison: Comparison, *, short: bool = False) -> Iterator[str]:
    """What differs in the world, how many commands have which verdict, then each that counts.

    The `short` form leaves out what the commands showed. Lines of a terminal stand behind a bar.
    """
    yield title(comparison)
    yield from (f"  {change.what}: {change.old} -> {change.new}" for change in comparison.world)
    yield f"  {summary(comparison)}"
    for claim in comparison.claims:
        yield "  " + ", ".join(filter(None, [str(claim.at or ""), claim_words(claim)]))
    for command in counting(comparison):
        yield f"  {command_line(command)}"
        if not short:
            yield from (f"    | {line}" for line in _changes(command))


def command_line(command: ComparedCommand) -> str:
    """Where a command stands, what it is, and what became of it."""
    first, *others = command.command.split("\n")
    words = [slide_words(command.slide), str(command.at or ""), f"`{first}`" + (" ..." if others else "")]
    return f"{', '.join(filter(None, words))}: {'; '.join((command.verdict, *command.reasons))}"


def _changes(command: ComparedCommand) -> Iterator[str]:
    shown = [line for pair in near(command.lines, _AROUND) for line in _line(pair)]
    yield from shown[:_MOST]
    if len(shown) > _MOST:
        yield f"... {number(len(shown) - _MOST, 'line')} more"


def _line(pair: LinePair | None) -> Iterator[str]:
    """A line as it was and is; below each the words that changed."""
    if pair is None:
        yield "  ..."
    elif pair.kind in ("same", "volatile"):
        yield f"  {plain(pair.new or pair.old or ())}"
    else:
        for sign, side in (("-", pair.old), ("+", pair.new)):
            if side is not None:
                yield f"{sign} {plain(side)}"
                if pair.kind == "changed" and (below := _below(side)):
                    yield f"  {below}"


def plain(spans: tuple[Span, ...]) -> str:
    """The text of a line."""
    return "".join(span.text for span in spans)


def _below(spans: tuple[Span, ...]) -> str:
    return "".join(("^" if span.mark == "changed" else " ") * _width(span.text) for span in spans).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)
