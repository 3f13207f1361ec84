"""Remove the HTML, PDF and pictures of an earlier build that no longer match the Markdown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from livedeck import __version__
from livedeck.errors import UsageError
from livedeck.export import fonts, themes
from livedeck.model import FORMATS, Course, Edition, output_path
from livedeck.project import disk

_PACKAGES = ("@marp-team/marp-cli", "markdown-it-cjk-friendly")


def forget_outdated(edition: Edition, markdown: Path) -> None:
    """Remove what an earlier build made of a deck, unless its Markdown, pictures, theme and Marp are still the same.

    So a PDF next to the Markdown always matches it, whichever formats a build was asked for. Raises HostError.
    """
    made = markdown.parent / ".made" / markdown.stem
    digest = _digest(edition, markdown)
    if made.is_file() and made.read_text(encoding="utf-8") == digest:
        return
    for form in FORMATS:
        if form != "md":
            disk.remove_built(output_path(markdown, form))
    disk.replace(made, digest)


def _digest(edition: Edition, markdown: Path) -> str:
    course = edition.course
    digest = hashlib.sha256(f"{__version__} {course.file.theme} {course.file.labels}".encode())
    for path in _sources(edition, markdown):
        digest.update(f"\0{path.name}\0".encode())
        if path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for font in _fonts(course):
        with suppress(OSError):
            found = font.stat()
            digest.update(f"\0{font.name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()


def _sources(edition: Edition, markdown: Path) -> Iterator[Path]:
    root = edition.course.root
    yield markdown
    yield from sorted((root / "themes").rglob("*.css"))
    yield from sorted((markdown.parent / edition.deck.slug).rglob("*"))
    yield from (root / "node_modules" / name / "package.json" for name in _PACKAGES)


def _fonts(course: Course) -> tuple[Path, ...]:
    """Return the files of the theme's fonts, which are too large to be read on every build."""
    try:
        theme = themes.find(course.root, course.file.theme)
    except UsageError:  # an export says what is wrong with it
        return ()
    return tuple(font for sheet in theme.sheets for font in fonts.files(sheet))
