"""The report as Markdown for a pull request. Nothing that was captured can format, link or mention anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.drift.text import plain
from generator.drift.words import by_slide, claim_words, counting, near, slide_words, summary, title
from generator.errors import number
from generator.model import ComparedCommand, Comparison, LinePair, Location, Span

_AROUND = 2
_MOST_LINES = 60
_MOST_WORDS = 5
_LARGEST = 60_000
"""Characters; GitHub takes 65,536 in a comment."""
_SPECIAL = re.compile(r"([\\`*_\[\]<|~])")
_CALLING = re.compile(r"([@#])(?=\w)")


def as_markdown(comparisons: Sequence[Comparison]) -> str:
    """The report of all decks; where it grew too long, the end is left out and said to be."""
    text = "\n".join(line for comparison in comparisons for line in _deck(comparison))
    if len(text) <= _LARGEST:
        return text + "\n"
    kept = text[:_LARGEST]
    sections = kept.rfind("\n### ")
    return f"{kept[:sections] if sections > 0 else ''}\n\nThe rest is too long for a comment.\n"


def _deck(comparison: Comparison) -> Iterator[str]:
    yield from (f"## {_text(title(comparison))}", "", f"{summary(comparison)}.", "")
    if comparison.world:
        yield from ("| world | then | now |", "|---|---|---|")
        yield from (f"| {_text(c.what)} | {_text(c.old)} | {_text(c.new)} |" for c in comparison.world)
        yield ""
    for claim in comparison.claims:
        yield from (f"- {_place(claim.at)}{claim_words(claim)}",)
    if comparison.claims:
        yield ""
    for slide, commands in by_slide(counting(comparison)):
        if slide:
            yield from (f"### {_text(slide_words(slide))}", "")
        for command in commands:
            yield from _command(command)


def _command(command: ComparedCommand) -> Iterator[str]:
    first = command.command.split("\n")[0]
    reasons = "; ".join((command.verdict, *command.reasons))
    yield from (f"{_place(command.at)}{_code(first)}: {_text(reasons)}", "")
    shown = list(near(command.lines, _AROUND))
    lines = [line for pair in shown for line in _line(pair)]
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
    return _code(text) if text else "nothing"


def _line(pair: LinePair | None) -> Iterator[str]:
    if pair is None:
        yield "  ..."
    elif pair.kind in ("same", "volatile"):
        yield f"  {plain(pair.new or pair.old or ())}"
    else:
        yield from (f"{sign} {plain(side)}" for sign, side in (("-", pair.old), ("+", pair.new)) if side is not None)


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
