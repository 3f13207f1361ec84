"""What is wrong with a template, collected before it is raised: the path joins in one place."""

from __future__ import annotations

from collections.abc import Iterable

from livedeck.errors import TemplateError
from livedeck.model import Location

MOST_SOURCE = 1_000_000
"""Characters of a template, and of a step template."""

Complaint = tuple[int, str, str]
"""A line of the template, what is wrong there, and what to do about it."""


def errors(complaints: Iterable[Complaint], path: str) -> list[TemplateError]:
    """Return complaints about the template at `path` as errors."""
    return [TemplateError(message, at=Location(path, line), hint=hint) for line, message, hint in complaints]


def need_source(source: str, path: str) -> None:
    """Raise TemplateError for a template that is too large; the line is the first one beyond the limit."""
    if len(source) > MOST_SOURCE:
        at = Location(path, source.count("\n", 0, MOST_SOURCE) + 1)
        message = f"the template has more than {MOST_SOURCE:,} characters"
        raise TemplateError(message, at=at, hint="divide the deck")
