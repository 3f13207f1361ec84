"""The course and its folders: whether its file, templates and records can be read and match, and room to write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from livedeck.doctor.probe import Case, Finding, Probe
from livedeck.errors import LivedeckError, number
from livedeck.flow import decks as flow
from livedeck.model import Course, Deck, Edition
from livedeck.project import course as courses
from livedeck.records.redaction import Operator

_FROM_RECORDS = ("build", "check", "fit")
_SPACE_TO_BUILD = 200_000_000


def load(root: Path) -> Course | None:
    """Return the course at `root`; None where `course` finds out what is wrong with it."""
    with suppress(LivedeckError, OSError):
        return courses.load(root)
    return None


def course(probe: Probe, case: Case) -> Iterator[Finding]:
    """Check the course file, and the theme and the rules it names."""
    try:
        loaded = courses.load(case.root)
        flow.step_look(loaded)
        flow.redactor(loaded, Operator())
    except LivedeckError as error:
        yield from probe.wrong(error, "broken" if (case.root / courses.FILE).is_file() else "missing")
        return
    file = loaded.file
    yield probe.ok(f"{file.title} ({courses.FILE}), engines {', '.join(sorted(file.engines))}")


def decks(probe: Probe, case: Case) -> Iterator[Finding]:
    """Check templates and records: one finding for all that are well, one for each that is not."""
    if case.course is None:
        return
    if not case.course.decks:
        yield probe.gap("missing", "the course has no decks", "write decks/<name>/deck.md")
    others = ("all of it for other decks, by their names",) if len(case.course.decks) > 1 else ()
    steps: dict[Deck, int] = {}
    for deck in case.course.decks:
        try:
            steps[deck] = len(flow.read_template(Edition(case.course, deck, case.course.file.engine)).steps)
        except LivedeckError as error:
            yield from replace(probe, name=f"deck {deck.slug}", works=others).wrong(error)
    if steps:
        yield probe.ok(f"{number(len(steps), 'template')}, {number(sum(steps.values()), 'step')}")
    own = case.course.file.engine
    for engine in sorted(case.course.file.engines, key=lambda name: (name != own, name)):
        affects = _FROM_RECORDS if engine == own else tuple(f"{each} --engine {engine}" for each in _FROM_RECORDS)
        records = Probe(f"records on {engine}", decks, affects, ("build --live", "capture", *others))
        yield from _records(records, [Edition(case.course, deck, engine) for deck in steps])


def _records(probe: Probe, editions: Sequence[Edition]) -> Iterator[Finding]:
    """Render each deck from its record as a build does. Records may be missing, but not on the course's own engine."""
    well = 0
    for edition in editions:
        course, there = edition.course, edition.record.exists()
        if not there and edition.engine != course.file.engine:
            continue
        try:
            template = flow.read_template(edition)
            flow.replay(course, flow.read_record(edition), course.file.language, template)
        except LivedeckError as error:
            name = f"record {edition.arguments}"
            yield from replace(probe, name=name).wrong(error, "broken" if there else "missing")
        else:
            well += 1
    if well:
        templates = "template as it is" if well == 1 else "templates as they are"
        yield probe.ok(f"{number(well, 'record')}, of the {templates}")


def folders(probe: Probe, case: Case) -> Iterator[Finding]:
    """Check that `build/` and each deck's `records/` can be written."""
    build = case.root / "build"
    if trouble := _trouble(build):
        yield probe.gap("broken", *trouble)
    else:
        yield probe.ok("can be written" if build.exists() else "will be made")
    for deck in case.course.decks if case.course else ():
        if trouble := _trouble(deck.folder / "records"):
            records = Probe(f"records of {deck.slug}", folders, ("capture",), ("build", "build --live", "drift"))
            yield records.gap("broken", *trouble)


def disk(probe: Probe, case: Case) -> Iterator[Finding]:
    """Check the space where `build/` is."""
    yield room(probe, case.root, _SPACE_TO_BUILD, "make room there; `livedeck clean` removes what was built")


def room(probe: Probe, folder: Path, needed: int, fix: str) -> Finding:
    """Return whether the disk of a folder has as many bytes free as are needed."""
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free in {folder}"
    return probe.ok(found) if free >= needed else probe.gap("broken", f"{found}, {needed / 1e9:.1f} GB needed", fix)


def _trouble(folder: Path) -> tuple[str, str] | None:
    """Return why nothing can be written into a folder that may not exist yet, and how to fix that."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        return f"{there} is not a folder", f"move {there} out of the way"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} cannot be written", "give yourself the right to write there, or work in a copy of your own"
    return None
