"""The report of a comparison in each of its formats."""

from __future__ import annotations

from collections.abc import Sequence

from generator.drift.machine import as_json
from generator.drift.markdown import as_markdown
from generator.drift.text import as_lines
from generator.model import Comparison

FORMATS = ("text", "md", "json", "html")


def report(comparisons: Sequence[Comparison], form: str) -> str:
    """The report of all decks as text in one of FORMATS."""
    if form == "json":
        return as_json(comparisons)
    if form == "md":
        return as_markdown(comparisons)
    if form == "html":
        from generator.drift.page import as_html  # noqa: PLC0415 (Jinja, for this alone)

        return as_html(comparisons)
    return "".join(f"{line}\n" for comparison in comparisons for line in as_lines(comparison))
