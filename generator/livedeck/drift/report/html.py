"""The report as one HTML page that needs nothing but itself: old and new side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import jinja2

from livedeck.drift.report.words import (
    COUNTING,
    by_slide,
    claim_words,
    leap_lines,
    missing_words,
    near,
    said_words,
    slide_words,
    summary,
    title,
)
from livedeck.model import ComparedCommand, Comparison, LinePair, Missing

_AROUND = 4
_SHORT = 20
_TEMPLATE = Path(__file__).parent / "page.html.jinja"


def as_html(comparisons: Sequence[Comparison], missing: Sequence[Missing]) -> str:
    """The page. Everything that was captured is escaped, and the page may load and run nothing."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.globals.update(
        by_slide=by_slide,
        claim_words=claim_words,
        leap_lines=leap_lines,
        missing_words=missing_words,
        parts=_parts,
        said_words=said_words,
        slide_words=slide_words,
        summary=summary,
        title=title,
    )
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(comparisons=comparisons, missing=missing, counting=COUNTING) + "\n"


def _parts(command: ComparedCommand) -> list[LinePair | None]:
    """The lines of a short screen; of a long one those that count with some around them, None for others between."""
    lines = command.lines
    return list(lines) if len(lines) <= _SHORT else list(near(lines, _AROUND))
