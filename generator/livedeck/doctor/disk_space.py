"""Room to write: the folders Livedeck writes to, and the space on their disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from livedeck.doctor.finding import WRITING, Case, Finding

_SPACE_TO_BUILD = 200_000_000
_GIGABYTE = 1e9
_MEGABYTE = 1e6


def folders(case: Case) -> Iterator[Finding]:
    """`build/`, and each deck's `records/`."""
    build = case.root / "build"
    trouble = _trouble(build)
    if trouble:
        yield Finding("build/", "broken", trouble, WRITING, _mend(build))
    else:
        yield Finding("build/", "ok", "can be written" if build.exists() else "will be made", WRITING)
    for deck in case.course.decks if case.course else ():
        folder = deck.folder / "records"
        if trouble := _trouble(folder):
            yield Finding(
                f"records of {deck.slug}",
                "broken",
                trouble,
                ("capture",),
                _mend(folder),
                ("build", "build --live", "drift"),
            )


def disk(case: Case) -> Iterator[Finding]:
    """The space where `build/` lies."""
    free = shutil.disk_usage(case.root).free
    found = f"{space(free)} free where the project lies"
    if free < _SPACE_TO_BUILD:
        mend = "make room there; `livedeck clean` removes what was built"
        yield Finding("disk", "broken", found, WRITING, mend)
    else:
        yield Finding("disk", "ok", found, WRITING)


def space(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / _GIGABYTE:.1f} GB" if size >= _GIGABYTE else f"{size / _MEGABYTE:.0f} MB"


def _trouble(folder: Path) -> str:
    """Why nothing can be written into a folder that may not be there yet, or nothing."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"{there} is no folder"
    effective = os.access in os.supports_effective_ids
    if not os.access(there, os.W_OK | os.X_OK, effective_ids=effective):
        return f"{there} cannot be written"
    return ""


def _mend(folder: Path) -> str:
    if folder.exists() and not folder.is_dir():
        return f"move {folder} out of the way"
    return "give yourself the right to write there, or work in a copy of your own"
