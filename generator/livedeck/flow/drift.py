"""Which two records of a deck are compared, and where their commands stand in its template and on its slides."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from livedeck import drift, records
from livedeck.errors import LivedeckError, UsageError, WorldError, parts
from livedeck.flow import decks as project
from livedeck.flow import locate as places
from livedeck.flow.jobs import Failure, told
from livedeck.model import (
    AnyEvent,
    Comparison,
    Course,
    Deck,
    Job,
    Location,
    Missing,
    Notice,
    Record,
    Replaced,
    Report,
    World,
    WorldChange,
)
from livedeck.project import disk
from livedeck.project import git as revisions
from livedeck.template import Template, read


@dataclass(frozen=True, slots=True)
class Against:
    """What the newer record is compared with: another engine's, or that of a revision; else a fresh capture is made."""

    engine: str | None = None
    revision: str | None = None
    across: bool = False


@dataclass(frozen=True, slots=True)
class Comparable:
    """The rule for a capture that is compared with a record: both are of one world, unless `across` is asked for."""

    across: bool = False

    def check(self, old: Record, new: World) -> None:
        """Raise WorldError where the rule forbids a capture in that world."""
        if not self.across and (apart := drift.apart(old, new)):
            message = f"the records of {old.deck} are not of one world: {_differences(apart)}"
            hint = "what differs may come from that alone; --across compares them all the same"
            raise WorldError(message, at=_place(old), hint=hint)


@dataclass(frozen=True, slots=True)
class Replaceable:
    """The rule for a capture that replaces a committed record.

    Docker comes from the same source, and images of Docker Hub do not give way to stand-ins, unless options of the
    command line say so; `given` are those that choose the host.
    """

    course: Course
    given: Mapping[str, str]

    def check(self, old: Record, new: World) -> None:
        """Raise WorldError where the rule forbids a capture in that world, with the line that makes it all the same."""
        needed = needed_to_replace(old, new)
        if needed.items() - self.given.items():
            differences = _differences(drift.apart(old, new))
            line = capture_line(self.course, [old.deck], old.engine, {**self.given, **needed})
            message = f"a capture of {old.deck} would replace a record of another world: {differences}"
            raise WorldError(message, at=_place(old), hint=f"to replace it all the same: {line}")


Rule = Comparable | Replaceable
"""Which records a capture may be compared with, or replace. A value that other processes can be given."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """How fresh captures are made. `foreseen` is the world of one on an engine, as far as it is known before."""

    capture: Callable[[Sequence[Job], Rule], Sequence[Failure]]
    foreseen: Callable[[str], World] = lambda _: World()


@dataclass(frozen=True, slots=True)
class Drifted:
    """A deck that drifted from its record, and the options without which `livedeck capture` would not replace that."""

    job: Job
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DriftResult:
    """The comparisons of several decks, which ones could not be made, and all errors, each once.

    `drifted` are those whose fresh captures can take the place of their records.
    """

    comparisons: list[Comparison] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    errors: list[LivedeckError] = field(default_factory=list)
    drifted: list[Drifted] = field(default_factory=list)

    @contextmanager
    def collecting(self, job: Job) -> Iterator[None]:
        """Keep an error, so that the next deck gets its turn."""
        try:
            yield
        except LivedeckError as error:
            known = {(one.message, one.at) for one in self.errors}
            self.errors.extend(part for part in parts(error) if (part.message, part.at) not in known)
            self.lack(job, error)

    def lack(self, job: Job, error: LivedeckError) -> None:
        """Note that an error is why a deck cannot be compared on an engine."""
        self.missing.extend(Missing(job.deck.slug, job.engine, part.message, part.at) for part in parts(error))


def earlier(course: Course, deck: Deck, engine: str) -> Record | None:
    """The committed record, before another one takes its place; None where there is none that can be read."""
    try:
        return _committed(course, deck, engine)
    except LivedeckError:
        return None


def replaced(course: Course, deck: Deck, old: Record, new: Record) -> AnyEvent:
    """What a capture changed in the committed record; a notice where the two are not of one world."""
    if apart := drift.apart(old, drift.world_of(new)):
        return Notice(f"not compared with the record that was there: {_differences(apart)}")
    return Replaced(_compared(course, deck, old, new, ("the record", "this capture")))


def needed_to_replace(old: Record, new: World) -> dict[str, str]:
    """The options that a capture has to be given to replace a record by one of that world."""
    needed = {}
    if new.docker and drift.another_docker(old, new):
        needed["--source"] = new.docker.name
    if (old.images.source, new.images) == ("hub", "stand-in"):
        needed["--images"] = "stand-in"
    return needed


def capture_line(course: Course, decks: Sequence[str], engine: str, options: Mapping[str, str]) -> str:
    """The command line that captures decks on an engine, or on `all`; the value of a flag is empty."""
    own = {} if engine == course.file.engine else {"--engine": engine}
    words = [word for option in {**own, **options}.items() for word in option if word]
    return shlex.join(["livedeck", "capture", *decks, *words])


def drift_of(
    course: Course,
    wanted: Sequence[Job],
    against: Against,
    *,
    fresh: Fresh,
    environ: Mapping[str, str],
    report: Report,
) -> DriftResult:
    """What changed in each deck on its engine, and why some could not be compared. Committed records stay as they are.

    `fresh` makes the fresh captures, where they are asked for.
    """
    if against.engine is None and against.revision is None:
        found = _live(course, wanted, fresh, Comparable(against.across))
    else:
        found = _offline(course, wanted, against, environ)
    for name in sorted(course.file.masks.keys() - {name for one in found.comparisons for name in one.masks}):
        report(Notice(f"the mask {name} in decks/course.toml matches nothing in these records"))
    return found


def _live(course: Course, wanted: Sequence[Job], fresh: Fresh, rule: Rule) -> DriftResult:
    """Each committed record against what is captured now, and for a deck that fails, as far as it came.

    A deck without a record or with a wrong template is not captured, nor one whose record is of another world than the
    machine that is there for it. The errors of the captures are among the errors.
    """
    found = DriftResult()
    old: dict[Job, Record] = {}
    for job in wanted:
        with found.collecting(job):
            record = _committed(course, job.deck, job.engine)
            rule.check(record, fresh.foreseen(job.engine))
            project.read_template(course, job.deck)
            disk.remove(project.record_path(course, job.deck, job.engine, committed=False))
            project.forget_attempt(course, job.deck, job.engine)
            old[job] = record
    failed = fresh.capture(list(old), rule) if old else ()
    found.errors.extend(told(failed, several=len({job.engine for job in wanted}) > 1))
    for job, record in old.items():
        done = project.record_path(course, job.deck, job.engine, committed=False)
        attempt = project.attempt_path(course, job.deck, job.engine)
        path = next((path for path in (done, attempt) if path.exists()), None)
        if path is None:
            for error in [error for other, error in failed if other == job]:
                found.lack(job, error)
            continue
        with found.collecting(job):
            new = project.load_record(course, job.deck, job.engine, path)
            compared = _compared(course, job.deck, record, new, ("the record", "a fresh capture"))
            found.comparisons.append(compared)
            if compared.drifted:
                found.drifted.append(Drifted(job, needed_to_replace(record, drift.world_of(new))))
    return found


def _offline(course: Course, wanted: Sequence[Job], against: Against, environ: Mapping[str, str]) -> DriftResult:
    """Each committed record against that of another engine, or its own in a revision."""
    found = DriftResult()
    rule = Comparable(against.across)
    for job in wanted:
        with found.collecting(job):
            deck, engine = job.deck, job.engine
            new = _committed(course, deck, engine)
            then = None
            if against.engine is not None:
                old, name = _committed(course, deck, against.engine), f"the record on {against.engine}"
            else:
                revision = against.revision or ""
                old, name = _revision(course, deck, engine, revision, environ), f"the record in {revision}"
                then = _template(course, deck, revision, environ)
            rule.check(old, drift.world_of(new))
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


def _place(record: Record) -> Location:
    return Location(f"decks/{record.deck}/records/{record.engine}.json", 1)


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
