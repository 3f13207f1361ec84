"""What is wrong with a template, collected before it is raised: the path joins in one place."""

from __future__ import annotations

from collections.abc import Iterable

from livedeck.errors import TemplateError
from livedeck.model import Location

Complaint = tuple[int, str, str]
"""A line of the template, what is wrong there, and what to do about it."""


def errors(complaints: Iterable[Complaint], path: str) -> list[TemplateError]:
    """Return complaints about the template at `path` as errors."""
    return [TemplateError(message, at=Location(path, line), hint=hint) for line, message, hint in complaints]
