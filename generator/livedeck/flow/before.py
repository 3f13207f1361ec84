"""Keep what the user has not committed yet before a command replaces it."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path

from livedeck.model import Course, Notice, Run
from livedeck.model.course import BEFORE
from livedeck.project import bounded, disk, git

_MOST = 20
"""How many earlier contents of a file are kept."""
_KEPT = re.compile(r"\.\d{8}T\d{6}\.\d{6}Z")
_UNFINISHED = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{8}")
"""What a killed Livedeck left of a file that it kept."""


def keep(course: Course, path: Path, content: bytes, run: Run) -> None:
    """Keep the `content` of a file that is about to be replaced, unless git has it, and report where it is.

    It goes to `build/before/`, with the time in its name; the last 20 of a file are kept. Raises HostError if it
    cannot be kept.
    """
    shown = path.relative_to(course.root).as_posix()
    if git.is_committed(course.root, shown, content, run.environ):
        return
    deck = path.relative_to(course.root / "decks").parts[:-1][:1]
    folder = course.root.joinpath("build", BEFORE, *deck)
    kept = folder / f"{path.stem}.{run.now().astimezone(UTC):%Y%m%dT%H%M%S.%fZ}{path.suffix}"
    disk.replace(course.root, kept, content)
    run.report(Notice(f"{shown} was not committed: the one before is kept as {kept.relative_to(course.root)}"))
    with bounded.reading(folder):
        entries = bounded.entries(course.root, folder)
    there = [each for each in entries if _is_of(each.name, path)]
    killed = [each for each in entries if (of := _UNFINISHED.fullmatch(each.name)) and _is_of(of["name"], path)]
    # Their names are in the order of time; a time that is still to come was never one of this file.
    there.sort(key=lambda each: (each.name <= kept.name, each.name))
    for each in [*there[:-_MOST], *killed]:
        disk.remove(course.root, each)


def kept(course: Course) -> Path | None:
    """Return the folder of what is kept; None where there is nothing."""
    folder = course.root / "build" / BEFORE
    return folder if folder.is_dir() and not folder.is_symlink() and any(folder.iterdir()) else None


def _is_of(name: str, path: Path) -> bool:
    """Return whether this is the name that `keep` gives to a content of the file at `path`."""
    middle = name.removeprefix(path.stem).removesuffix(path.suffix)
    return f"{path.stem}{middle}{path.suffix}" == name and _KEPT.fullmatch(middle) is not None
