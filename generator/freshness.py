"""Whether the HTML, PDF and pictures of an earlier build are still of what is built now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from generator import __version__, disk
from generator.model import FORMATS, Course, Deck, output_path


def forget_outdated(course: Course, deck: Deck, markdown: Path) -> None:
    """Remove what an earlier build made of a deck, unless it was made of the very Markdown, pictures and theme of now.

    A PDF beside the Markdown so is of this Markdown, whichever formats a build was asked for. Raises HostError.
    """
    made = markdown.parent / ".made" / markdown.stem
    digest = _digest(course, deck, markdown)
    if made.is_file() and made.read_text(encoding="utf-8") == digest:
        return
    for form in FORMATS:
        if form != "md":
            disk.remove_built(output_path(markdown, form))
    disk.replace(made, digest)


def _digest(course: Course, deck: Deck, markdown: Path) -> str:
    digest = hashlib.sha256(f"{__version__} {course.file.theme} {course.file.labels}".encode())
    for path in _sources(course, deck, markdown):
        digest.update(f"\0{path.name}\0".encode())
        if path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(course: Course, deck: Deck, markdown: Path) -> Iterator[Path]:
    yield markdown
    yield from sorted((course.root / "themes").rglob("*.css"))
    yield from sorted((markdown.parent / deck.slug).rglob("*"))
