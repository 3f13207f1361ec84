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
from livedeck.project import bounded, disk

_PACKAGES = ("@marp-team/marp-cli", "markdown-it-cjk-friendly")


def forget_outdated(edition: Edition, markdown: Path) -> None:
    """Remove what an earlier build made of a deck, unless its Markdown, pictures, theme and Marp are still the same.

    So a PDF next to the Markdown always matches it, whichever formats a build was asked for. Raises HostError.
    """
    made = markdown.parent / disk.MADE / markdown.stem
    digest = _digest(edition, markdown)
    root = edition.course.root
    with suppress(OSError):
        if bounded.text(root, made, bounded.BUILT) == digest:
            return
    _forget_formats(root, markdown)
    disk.replace(root, made, digest)


def forget_changed(edition: Edition, markdown: Path, text: str) -> None:
    """Do the same before Markdown is replaced by another `text`, as a build may be killed right after.

    Raises HostError.
    """
    root = edition.course.root
    with suppress(OSError):
        if bounded.read(root, markdown, bounded.BUILT) == text.encode():
            return
    _forget_formats(root, markdown)


def _forget_formats(root: Path, markdown: Path) -> None:
    for form in FORMATS:
        if form != "md":
            disk.remove_built(root, output_path(markdown, form))


def _digest(edition: Edition, markdown: Path) -> str:
    course = edition.course
    digest = hashlib.sha256(f"{__version__} {course.file.theme} {course.file.labels}".encode())
    for path in _sources(edition, markdown):
        digest.update(f"\0{path.name}\0".encode())
        with suppress(OSError):  # what cannot be read is an error of an export
            digest.update(hashlib.sha256(bounded.read(course.root, path, bounded.BUILT)).digest())
    for font in _fonts(course):
        with suppress(OSError):
            found = font.stat()
            digest.update(f"\0{font.name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()


def _sources(edition: Edition, markdown: Path) -> Iterator[Path]:
    root = edition.course.root
    yield markdown
    with suppress(OSError):
        yield from (path for path in bounded.tree(root, root / "themes") if path.suffix == ".css")
    with suppress(OSError):
        yield from bounded.tree(root, markdown.parent / edition.deck.slug)
    yield from (root / "node_modules" / name / "package.json" for name in _PACKAGES)


def _fonts(course: Course) -> tuple[Path, ...]:
    """Return the files of the theme's fonts, which are too large to be read on every build."""
    try:
        theme = themes.find(course.root, course.file.theme)
    except UsageError:  # an export says what is wrong with it
        return ()
    return tuple(font for sheet in theme.sheets for font in fonts.files(sheet))
