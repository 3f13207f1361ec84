"""The report of a comparison in each of its formats."""

from __future__ import annotations

from collections.abc import Sequence

from livedeck.drift.report.json import as_json
from livedeck.drift.report.markdown import as_markdown
from livedeck.drift.report.text import as_lines
from livedeck.drift.report.words import missing_words
from livedeck.model import Comparison, Missing

FORMATS = ("text", "md", "json", "html")


def report(
    comparisons: Sequence[Comparison], form: str, *, missing: Sequence[Missing] = (), columns: int | None = None
) -> str:
    """Return the report of all decks in one of FORMATS; `columns` is the width of the terminal that shows the text."""
    if form == "json":
        return as_json(comparisons, missing)
    if form == "md":
        return as_markdown(comparisons, missing)
    if form == "html":
        from livedeck.drift.report.html import as_html  # noqa: PLC0415 (Jinja, for this alone)

        return as_html(comparisons, missing)
    lines = [line for comparison in comparisons for line in as_lines(comparison, columns=columns)]
    return "".join(f"{line}\n" for line in (*lines, *map(missing_words, missing)))
