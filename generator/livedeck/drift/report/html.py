"""The report as one self-contained HTML page: old and new side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import jinja2

from livedeck.drift.report import words
from livedeck.model import ComparedCommand, Comparison, LinePair, Missing

_AROUND = 4
_SHORT = 20
_TEMPLATE = Path(__file__).parent / "page.html.jinja"


def as_html(comparisons: Sequence[Comparison], missing: Sequence[Missing]) -> str:
    """Return the page. All captured text is escaped, and the page may load and run nothing."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(comparisons=comparisons, missing=missing, words=words, parts=_parts) + "\n"


def _parts(command: ComparedCommand) -> list[LinePair | None]:
    """Return all lines of a short screen; of a long one those that count with some around them, None for each gap."""
    lines = command.lines
    return list(lines) if len(lines) <= _SHORT else list(words.near(lines, _AROUND))
