"""Keep commands apart that would change the same files at the same time; captures lock their own edition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from livedeck.model import Course, Edition, Notice, Run
from livedeck.project import bounded, disk

_BUILD, _CATALOGS = "build", "catalogs"
"""No edition has a lock of these names: theirs have a dot."""


@contextmanager
def building(course: Course, run: Run) -> Iterator[None]:
    """Hold `build/` for a build, a check or a measurement; wait while another one does. Raises HostError."""

    def waiting() -> None:
        run.report(Notice("waiting for another livedeck that builds here"))

    with disk.locked(course.root, course.locks / _BUILD, _BUILD, waiting=waiting):
        yield


@contextmanager
def translating(course: Course) -> Iterator[None]:
    """Hold the catalogs and the languages of a course. Raises HostError where another process does."""
    with disk.locked(course.root, course.locks / _CATALOGS, "the catalogs"):
        yield


@contextmanager
def cleaning(course: Course) -> Iterator[None]:
    """Hold everything that others hold for themselves, and remove the locks at the end. Raises HostError."""
    editions = [Edition(course, deck, engine) for deck in course.decks for engine in course.file.engines]
    names = {edition.lock: str(edition) for edition in editions}
    with ExitStack() as held:
        held.callback(disk.remove_empty, course.root, course.locks)
        held.enter_context(disk.locked(course.root, course.locks / _BUILD, "build/", removed=True))
        with bounded.reading(course.locks):
            others = bounded.entries(course.root, course.locks)
        for path in others:
            if path.name != _BUILD:
                held.enter_context(disk.locked(course.root, path, names.get(path, path.name), removed=True))
        yield
