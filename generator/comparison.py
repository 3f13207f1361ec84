"""Which two records of a deck are compared, and where their commands stand in its template and on its slides."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from generator import disk, drift, places, project, records, revisions
from generator.errors import LivedeckError, UsageError, WorldError, parts
from generator.model import (
    Comparison,
    Course,
    Deck,
    Event,
    HostFacts,
    Images,
    ImageSource,
    Location,
    Missing,
    Notice,
    Record,
    Replaced,
    Report,
    Suits,
    WorldChange,
)
from generator.template import Template, read


@dataclass(frozen=True, slots=True)
class Against:
    """What the newer record is compared with: another engine's, or that of a revision; else a fresh capture is made."""

    engine: str | None = None
    revision: str | None = None
    across: bool = False


@dataclass(frozen=True, slots=True)
class Fresh:
    """How fresh captures are made. `images` is where their images will come from, None while that is not known."""

    capture: Callable[[Sequence[Deck], Suits], None]
    images: ImageSource | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The comparisons of several decks, which ones could not be made, and all errors."""

    comparisons: list[Comparison] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    errors: list[LivedeckError] = field(default_factory=list)

    @contextmanager
    def collecting(self, deck: Deck) -> Iterator[None]:
        """Keep an error, so that the next deck gets its turn."""
        try:
            yield
        except LivedeckError as error:
            self.errors.append(error)
            self.lack(deck, error)

    def lack(self, deck: Deck, error: LivedeckError) -> None:
        """Note that an error is why a deck cannot be compared."""
        self.missing.extend(Missing(deck.slug, part.message, part.at) for part in parts(error))


def earlier(course: Course, deck: Deck, engine: str) -> Record | None:
    """The committed record, before another one takes its place; None where there is none that can be read."""
    try:
        return _committed(course, deck, engine)
    except LivedeckError:
        return None


def replaced(course: Course, deck: Deck, old: Record, new: Record) -> Event:
    """What a capture changed in the committed record; a notice where the two are not of one world."""
    if apart := drift.apart(old, new.host.architecture, new.images.source):
        return Notice(f"not compared with the record that was there: {_differences(apart)}")
    return Replaced(_compared(course, deck, old, new, ("the record", "this capture")))


def drift_of(
    course: Course,
    decks: Sequence[Deck],
    engine: str,
    against: Against,
    *,
    fresh: Fresh,
    environ: Mapping[str, str],
    report: Report,
) -> Found:
    """What changed in each deck, and why some could not be compared. Committed records stay as they are.

    `fresh` makes the fresh captures, where they are asked for.
    """
    if against.engine is None and against.revision is None:
        found = _live(course, decks, engine, fresh, across=against.across)
    else:
        found = _offline(course, decks, engine, against, environ)
    for name in sorted(course.file.masks.keys() - {name for one in found.comparisons for name in one.masks}):
        report(Notice(f"the mask {name} in decks/course.toml matches nothing in these records"))
    return found


def _live(course: Course, decks: Sequence[Deck], engine: str, fresh: Fresh, *, across: bool) -> Found:
    """Each committed record against what is captured now, and for a deck that fails, as far as it came.

    A deck without a record is not captured, nor one whose record is of another world than the machine that is there for
    it. The errors of the captures are among the errors.
    """
    found = Found()
    old: dict[str, Record] = {}
    for deck in decks:
        with found.collecting(deck):
            record = _committed(course, deck, engine)
            _one_world(record, record.host.architecture, fresh.images or record.images.source, across=across)
            disk.remove(project.record_path(course, deck, engine, committed=False))
            project.forget_attempt(course, deck, engine)
            old[deck.slug] = record
    known = [deck for deck in decks if deck.slug in old]
    failed = _captured(known, old, fresh, across=across)
    found.errors.extend(failed)
    for deck in known:
        done = project.record_path(course, deck, engine, committed=False)
        path = next((path for path in (done, project.attempt_path(course, deck, engine)) if path.exists()), None)
        if path is None:
            own = [error for error in failed if error.at and error.at.path.startswith(f"decks/{deck.slug}/")]
            for error in own or failed:
                found.lack(deck, error)
            continue
        with found.collecting(deck):
            new = project.load_record(course, deck, engine, path)
            names = ("the record", "a fresh capture")
            found.comparisons.append(_compared(course, deck, old[deck.slug], new, names))
    return found


def _captured(
    decks: Sequence[Deck], old: Mapping[str, Record], fresh: Fresh, *, across: bool
) -> tuple[LivedeckError, ...]:
    """Capture decks, each on a machine of the world that its record is of; what went wrong."""

    def suits(deck: str, facts: HostFacts, images: Images) -> None:
        _one_world(old[deck], facts.architecture, images.source, across=across)

    try:
        if decks:
            fresh.capture(decks, suits)
    except LivedeckError as error:
        return parts(error)
    return ()


def _offline(course: Course, decks: Sequence[Deck], engine: str, against: Against, environ: Mapping[str, str]) -> Found:
    """Each committed record of `engine` against that of another engine, or its own in a revision."""
    found = Found()
    for deck in decks:
        with found.collecting(deck):
            new = _committed(course, deck, engine)
            then = None
            if against.engine is not None:
                old, name = _committed(course, deck, against.engine), f"the record on {against.engine}"
            else:
                revision = against.revision or ""
                old, name = _revision(course, deck, engine, revision, environ), f"the record in {revision}"
                then = _template(course, deck, revision, environ)
            _one_world(old, new.host.architecture, new.images.source, across=against.across)
            now = f"that on {engine}" if against.engine else "that of now"
            found.comparisons.append(_compared(course, deck, old, new, (name, now), then))
    return found


def _committed(course: Course, deck: Deck, engine: str) -> Record:
    return project.load_record(course, deck, engine, project.record_path(course, deck, engine, committed=True))


def _revision(course: Course, deck: Deck, engine: str, revision: str, environ: Mapping[str, str]) -> Record:
    path = project.record_path(course, deck, engine, committed=True).relative_to(course.root)
    data = revisions.show(course.root, str(path), revision, environ)
    if data is None:
        raise UsageError(f"{revision} has no record of {deck.slug} on {engine}", hint=f"git log -- {path}")
    return records.parse(data, f"{path} in {revision}", deck.slug, engine)


def _template(course: Course, deck: Deck, revision: str, environ: Mapping[str, str]) -> tuple[str, Template] | None:
    """A revision and its template of a deck; None where it had none that can be read."""
    data = revisions.show(course.root, deck.template, revision, environ)
    try:
        return None if data is None else (revision, read(data.decode("utf-8-sig"), deck.template))
    except (LivedeckError, UnicodeDecodeError):
        return None


def _one_world(old: Record, architecture: str, source: ImageSource, *, across: bool) -> None:
    """Raise WorldError where a record is of another world than that, and this is not to be overlooked."""
    if not across and (apart := drift.apart(old, architecture, source)):
        hint = "what differs may come from that alone; --across compares them all the same"
        at = Location(f"decks/{old.deck}/records/{old.engine}.json", 1)
        raise WorldError(f"the records of {old.deck} are not of one world: {_differences(apart)}", at=at, hint=hint)


def _differences(changes: Sequence[WorldChange]) -> str:
    return ", ".join(f"{change.what} {change.old} -> {change.new}" for change in changes)


def _compared(
    course: Course,
    deck: Deck,
    old: Record,
    new: Record,
    names: tuple[str, str],
    then: tuple[str, Template] | None = None,
) -> Comparison:
    """The two compared; `then` is a revision and its template, for an older record that is not of the one of now."""
    masks = {name: re.compile(rule) for name, rule in course.file.masks.items()}
    template = project.read_template(course, deck)
    now, where = places.located(course, new, template)
    earlier, before = places.located(course, old, template)
    if then is not None and not before.slides:
        earlier, found = places.located(course, old, then[1])
        before = places.in_revision(found, then[0])
    if where.slides and before.slides:  # else the claims of one would be those of another template
        old, new = earlier, now
    if before.steps:
        before = dataclasses.replace(before, another=before.another or not where.steps)
        slides = where.slides or (() if before.another else before.slides)
        where = dataclasses.replace(where, before=before, slides=slides)
    return drift.compare(old, new, names=names, masks=masks, places=where)
