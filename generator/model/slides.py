"""What templates see, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from generator.model.course import Deck
from generator.model.records import RecordedClaim


@dataclass(frozen=True, slots=True)
class CourseView:
    """`course` in templates."""

    title: str
    author: str
    footer: str
    language: str


@dataclass(frozen=True, slots=True)
class DeckView:
    """`deck` in templates."""

    slug: str
    engine: str


# --- what is built -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rendered:
    """A deck in one language as Marp Markdown, with its number of slides and the claim branches shown."""

    markdown: str
    slides: int
    claims: tuple[RecordedClaim, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """One rendered deck on disk."""

    deck: Deck
    lang: str
    markdown: Path
    slides: int
    files: tuple[Path, ...] = field(default=())
