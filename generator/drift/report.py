"""The report of a comparison in each of its formats."""

from __future__ import annotations

from collections.abc import Sequence

from generator.drift.machine import as_json
from generator.drift.markdown import as_markdown
from generator.drift.text import as_lines
from generator.drift.words import missing_words
from generator.model import Comparison, Missing

FORMATS = ("text", "md", "json", "html")


def report(
    comparisons: Sequence[Comparison], form: str, *, missing: Sequence[Missing] = (), columns: int | None = None
) -> str:
    """The report of all decks as text in one of FORMATS; `columns` are those of a terminal that is to show it."""
    if form == "json":
        return as_json(comparisons, missing)
    if form == "md":
        return as_markdown(comparisons, missing)
    if form == "html":
        from generator.drift.page import as_html  # noqa: PLC0415 (Jinja, for this alone)

        return as_html(comparisons, missing)
    lines = [line for comparison in comparisons for line in as_lines(comparison, columns=columns)]
    return "".join(f"{line}\n" for line in (*lines, *map(missing_words, missing)))
