"""Which two records of a deck are compared, and where their commands stand in its template and on its slides."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from generator import disk, drift, project, records, revisions
from generator.errors import LivedeckError, StaleRecordError, UsageError
from generator.model import (
    Comparison,
    Course,
    Deck,
    Event,
    Location,
    Notice,
    Record,
    Replaced,
    Report,
    Slide,
    WorldChange,
)
from generator.redaction import Operator
from generator.template import Template, split


@dataclass(frozen=True, slots=True)
class Against:
    """What the newer record is compared with: another engine's, or that of a revision; else a fresh capture is made."""

    engine: str | None = None
    revision: str | None = None
    across: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The comparisons of several decks, and why others could not be made."""

    comparisons: list[Comparison] = field(default_factory=list)
    errors: list[LivedeckError] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep an error, so that the next deck gets its turn."""
        try:
            yield
        except LivedeckError as error:
            self.errors.append(error)


def earlier(course: Course, deck: Deck, engine: str) -> Record | None:
    """The committed record, before another one takes its place; None where there is none that can be read."""
    try:
        return _committed(course, deck, engine)
    except LivedeckError:
        return None


def replaced(course: Course, deck: Deck, old: Record, new: Record) -> Event:
    """What a capture changed in the committed record; a notice where the two are not of one world."""
    if apart := drift.apart(old, new):
        return Notice(f"not compared with the record that was there: {_differences(apart)}")
    return Replaced(_compared(course, deck, old, new, ("the record", "this capture")))


def drift_of(
    course: Course,
    decks: Sequence[Deck],
    engine: str,
    against: Against,
    *,
    capture: Callable[[Sequence[Deck]], None],
    environ: Mapping[str, str],
    report: Report,
) -> Found:
    """What changed in each deck, and why some could not be compared. Committed records stay as they are.

    `capture` makes the fresh captures, where they are asked for.
    """
    if against.engine is None and against.revision is None:
        found = _live(course, decks, engine, across=against.across, capture=capture)
    else:
        found = _offline(course, decks, engine, against, environ)
    for name in sorted(course.file.masks.keys() - {name for one in found.comparisons for name in one.masks}):
        report(Notice(f"the mask {name} in decks/course.toml matches nothing in these records"))
    return found


def _live(
    course: Course, decks: Sequence[Deck], engine: str, *, across: bool, capture: Callable[[Sequence[Deck]], None]
) -> Found:
    """Each committed record against what `capture` finds now, and for a deck that fails, as far as it came.

    A deck without a record is not captured. The errors of the captures are among the errors.
    """
    found = Found()
    old: dict[str, Record] = {}
    for deck in decks:
        with found.collecting():
            old[deck.slug] = _committed(course, deck, engine)
            disk.remove(project.record_path(course, deck, engine, committed=False))
            project.forget_attempt(course, deck, engine)
    known = [deck for deck in decks if deck.slug in old]
    if known:
        with found.collecting():
            capture(known)
    for deck in known:
        done = project.record_path(course, deck, engine, committed=False)
        path = next((path for path in (done, project.attempt_path(course, deck, engine)) if path.exists()), None)
        if path is not None:
            with found.collecting():
                new = project.load_record(course, deck, engine, path)
                _one_world(old[deck.slug], new, across=across)
                names = ("the record", "a fresh capture")
                found.comparisons.append(_compared(course, deck, old[deck.slug], new, names))
    return found


def _offline(course: Course, decks: Sequence[Deck], engine: str, against: Against, environ: Mapping[str, str]) -> Found:
    """Each committed record of `engine` against that of another engine, or its own in a revision."""
    found = Found()
    for deck in decks:
        with found.collecting():
            new = _committed(course, deck, engine)
            if against.engine is not None:
                old, name = _committed(course, deck, against.engine), f"the record on {against.engine}"
            else:
                revision = against.revision or ""
                old, name = _revision(course, deck, engine, revision, environ), f"the record in {revision}"
            _one_world(old, new, across=against.across)
            now = f"that on {engine}" if against.engine else "that of now"
            found.comparisons.append(_compared(course, deck, old, new, (name, now)))
    return found


def _committed(course: Course, deck: Deck, engine: str) -> Record:
    return project.load_record(course, deck, engine, project.record_path(course, deck, engine, committed=True))


def _revision(course: Course, deck: Deck, engine: str, revision: str, environ: Mapping[str, str]) -> Record:
    path = project.record_path(course, deck, engine, committed=True).relative_to(course.root)
    data = revisions.show(course.root, str(path), revision, environ)
    if data is None:
        raise UsageError(f"{revision} has no record of {deck.slug} on {engine}", hint=f"git log -- {path}")
    return records.parse(data, f"{path} in {revision}", deck.slug, engine)


def _one_world(old: Record, new: Record, *, across: bool) -> None:
    if not across and (apart := drift.apart(old, new)):
        hint = "what differs may come from that alone; --across compares them all the same"
        raise UsageError(f"the records of {new.deck} are not of one world: {_differences(apart)}", hint=hint)


def _differences(changes: Sequence[WorldChange]) -> str:
    return ", ".join(f"{change.what} {change.old} -> {change.new}" for change in changes)


def _compared(course: Course, deck: Deck, old: Record, new: Record, names: tuple[str, str]) -> Comparison:
    masks = {name: re.compile(rule) for name, rule in course.file.masks.items()}
    places, before = _places(course, deck, new), _places(course, deck, old)
    if places.steps and before.steps:
        places = dataclasses.replace(places, before=before)
    return drift.compare(old, new, names=names, masks=masks, places=places)


def _places(course: Course, deck: Deck, record: Record) -> drift.Places:
    """Where the commands of a record stand; of a stale one nothing is known, and slides only if it can be rendered."""
    template = project.read_template(course, deck)
    replay = records.Replay(record, split, project.redactor(course, Operator()).text)
    view = records.view(record)
    try:
        rendered = project.render_deck(
            course, template, replay, record.host, view, course.file.language, record.failure
        )
        if not record.failure:
            replay.finish(deck.template)
    except StaleRecordError:
        return drift.Places()
    except LivedeckError:
        return _steps(template)
    return _steps(template, rendered.slides)


def _steps(template: Template, slides: tuple[Slide, ...] = ()) -> drift.Places:
    return drift.Places(
        steps={step.index: step.at for step in template.steps},
        rules={step.index: step.drift for step in template.steps if step.drift},
        claims={number: Location(template.path, claim.line) for number, claim in enumerate(template.claims)},
        slides=slides,
    )
