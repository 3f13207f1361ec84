"""The course: whether its file, its templates and its records can be read, and whether they are of each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from livedeck import records
from livedeck.doctor.finding import EVERYTHING, FROM_RECORDS, PAGES, WITHOUT_PAGES, Case, Finding, State
from livedeck.errors import LivedeckError, StaleRecordError, parts
from livedeck.flow import decks as project
from livedeck.model import Course, Deck, Record
from livedeck.project import course as courses
from livedeck.records import redaction
from livedeck.records.redaction import Operator
from livedeck.template import Template, split

_TEMPLATE_READERS = (*PAGES, "capture", "drift", "shell", "steps", "i18n")


def load(root: Path) -> Course | None:
    """The course at `root`; None where `course` finds out what is wrong with it."""
    try:
        return courses.load(root)
    except (LivedeckError, OSError):
        return None


def course(case: Case) -> Iterator[Finding]:
    """The course file, and the theme and the rules it names."""
    try:
        loaded = courses.load(case.root)
        project.step_look(loaded)
        redaction.redactor(loaded.file.redact.rules, loaded.file.redact.allowed, Operator())
    except LivedeckError as error:
        missing = not (case.root / courses.FILE).is_file()
        mend = error.hint or "correct it"
        yield Finding("course", "missing" if missing else "broken", _sentence(error), EVERYTHING, mend)
        return
    file = loaded.file
    engines = ", ".join(sorted(file.engines))
    yield Finding("course", "ok", f"{file.title} ({courses.FILE}), engines {engines}", EVERYTHING)
    css = case.root / "themes" / f"{file.theme}.css"
    if not css.is_file():
        mend = f"add that file, or change `theme` in {courses.FILE}"
        found = f"there is no themes/{file.theme}.css"
        yield Finding("theme", "missing", found, PAGES, mend, WITHOUT_PAGES)


def decks(case: Case) -> Iterator[Finding]:
    """Templates and records: one finding for all that are well, one for each that is not."""
    if case.course is None:
        return
    if not case.course.decks:
        mend = "write decks/<name>/deck.md"
        yield Finding("decks", "missing", "the course has no decks", _TEMPLATE_READERS, mend)
        return
    read: list[tuple[Deck, Template]] = []
    problems: list[Finding] = []
    for deck in case.course.decks:
        try:
            read.append((deck, project.read_template(case.course, deck)))
        except LivedeckError as error:
            problems += _wrong(f"deck {deck.slug}", error, _TEMPLATE_READERS, _others(case.course))
    number = sum(len(template.steps) for _, template in read)
    if read:
        found = f"{_count(len(read), 'template')}, {_count(number, 'step')}"
        yield Finding("decks", "ok", found, _TEMPLATE_READERS)
    yield from problems
    yield from _records(case.course, read)


def _records(course: Course, read: list[tuple[Deck, Template]]) -> Iterator[Finding]:
    for engine in sorted(course.file.engines, key=lambda name: (name != course.file.engine, name)):
        yield from _records_on(course, engine, read)


def _records_on(course: Course, engine: str, read: list[tuple[Deck, Template]]) -> Iterator[Finding]:
    """What is to be said of the records on an engine; only of the course's own it matters that some are missing."""
    is_own = engine == course.file.engine
    affects = FROM_RECORDS if is_own else tuple(f"{command} --engine {engine}" for command in FROM_RECORDS)
    others = _others(course)
    well = 0
    problems: list[Finding] = []
    for deck, template in read:
        path = project.record_path(course, deck, engine, committed=True)
        if not is_own and not path.exists():
            continue
        try:
            _replay(course, deck, template, project.load_record(course, deck, engine, path))
        except LivedeckError as error:
            state: State = "broken" if path.exists() else "missing"
            name = f"record {project.arguments(course, deck.slug, engine)}"
            problems += _wrong(name, error, affects, ("build --live", "capture", *others), state)
        else:
            well += 1
    if well:
        found = f"{_count(well, 'record')}, of the {'template as it is' if well == 1 else 'templates as they are'}"
        yield Finding(f"records on {engine}", "ok", found, affects)
    yield from problems


def _replay(course: Course, deck: Deck, template: Template, record: Record) -> None:
    """Render a deck from its record, as a build does, and keep nothing. Raises what the build would raise."""
    redactor = redaction.redactor(course.file.redact.rules, course.file.redact.allowed, Operator())
    replay = records.Replay(record, split, redactor.text)
    project.render_deck(course, template, replay, record.host, records.view(record), course.file.language)
    replay.finish(deck.template)


def _others(course: Course) -> tuple[str, ...]:
    """What works while something is wrong with a single deck."""
    return ("all of it for other decks, by their names",) if len(course.decks) > 1 else ()


def _wrong(
    name: str, error: LivedeckError, affects: tuple[str, ...], works: tuple[str, ...], state: State = "broken"
) -> tuple[Finding, ...]:
    return tuple(Finding(name, state, _sentence(part), affects, _mend(part), works) for part in parts(error))


def _sentence(error: LivedeckError) -> str:
    return f"{error.at}: {error.message}" if error.at else error.message


def _mend(error: LivedeckError) -> str:
    if isinstance(error, StaleRecordError) and error.hint:
        return error.hint.partition(": ")[2] or error.hint
    return error.hint or "correct it there"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
