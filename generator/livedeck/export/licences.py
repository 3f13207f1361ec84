"""The licences of the theme's fonts, beside the pages and figures that these fonts are embedded in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath

from livedeck.errors import UsageError
from livedeck.export import fonts, themes
from livedeck.model import Course, Notice, Run
from livedeck.project import bounded, disk
from livedeck.project.paths import LICENCES

_TEXT = re.compile(r"(licen[cs]e|ofl|copying)", re.IGNORECASE)
_OF_FONTS = re.compile(r"(font|ofl)", re.IGNORECASE)


def write(course: Course, run: Run) -> None:
    """Write the licences of the theme's fonts into `build/licences/`, a file a package, and remove others there.

    A package without a licence gets a Notice instead. Raises HostError for what cannot be written.
    """
    folder = course.root / "build" / LICENCES
    texts = {}
    for name, package in _packages(course).items():
        if text := _text(package):
            texts[_file(name)] = text
        else:
            run.report(Notice(f"the fonts in {name} come without a licence: ask its publisher before you publish them"))
    for file, text in texts.items():
        with suppress(OSError):
            if bounded.text(course.root, folder / file, bounded.BUILT) == text:
                continue
        disk.replace(course.root, folder / file, text)
    with bounded.reading(folder):
        stale = [path for path in bounded.entries(course.root, folder) if path.name not in texts]
    for path in stale:
        disk.remove(course.root, path)


def files(course: Course) -> tuple[Path, ...]:
    """Return the files that `write` writes."""
    named = [_file(name) for name, package in _packages(course).items() if _text(package)]
    return tuple(course.root / "build" / LICENCES / name for name in dict.fromkeys(named))


def mentioned(page: str, written: Sequence[Path], markdown: Path) -> str:
    """Return a page that will be beside `markdown` with a comment at its end that names the written files.

    A page that ends in the middle stays as it is.
    """
    if not written or not page.rstrip().endswith("</html>"):
        return page
    listed = ", ".join(PurePath(os.path.relpath(path, markdown.parent)).as_posix() for path in written)
    return f"{page}<!-- Licences of the fonts in this page: {listed} -->\n"


def _packages(course: Course) -> Mapping[str, Sequence[Path]]:
    """Return the folders to look for a licence in, from that of the font to that of its package, by package."""
    try:
        theme = themes.find(course.root, course.file.theme)
    except UsageError:  # an export says what is wrong with it
        return {}
    found = [font for sheet in theme.sheets for font in fonts.files(sheet) if font.is_file()]
    return dict(map(_package, found))


def _package(font: Path) -> tuple[str, Sequence[Path]]:
    """Return the name of the package of a font, and the folders from that of the font up to that of the package."""
    above = font.parents
    root = next((folder for folder in above if (folder / "package.json").is_file()), above[0])
    parts = root.parts[root.parts.index("node_modules") + 1 :] if "node_modules" in root.parts else root.parts[-1:]
    return "/".join(parts), above[: above.index(root) + 1]


def _file(package: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9._]+', '-', package).strip('-.') or 'font'}.txt"


def _text(folders: Sequence[Path]) -> str:
    """Return the licence in the first of the folders that has one, or else what the package declares."""
    for folder in folders:
        found = sorted(path for path in folder.iterdir() if _TEXT.search(path.name) and path.is_file())
        if texts := [path for path in found if _OF_FONTS.search(path.name)] or found:
            return "\n".join(_read(path) for path in texts)
    return next(_declared(folders[-1]), "")


def _declared(package: Path) -> Iterator[str]:
    with suppress(OSError, ValueError):
        about = json.loads(_read(package / "package.json"))
        if isinstance(about, dict) and isinstance(licence := about.get("license"), str):
            yield f"{about.get('name')}: {licence}, as its package.json says; there is no file with the text.\n"


def _read(path: Path) -> str:
    return bounded.read(path.parent, path, bounded.PACKAGE).decode("utf-8", "replace")
