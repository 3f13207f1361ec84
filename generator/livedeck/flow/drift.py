"""Compare records of decks: with a fresh capture, with another engine's, or with an earlier revision's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from msgspec import structs

from livedeck import drift as drifts
from livedeck import records
from livedeck.errors import DriftError, LivedeckError, UsageError, parts
from livedeck.flow import decks
from livedeck.flow.jobs import FailedEdition, merged
from livedeck.flow.locate import in_revision, locate
from livedeck.flow.open_host import operator
from livedeck.flow.worlds import Comparable, Rule, capture_line, differences, needed_to_replace
from livedeck.model import (
    AnyEvent,
    Capture,
    Comparison,
    Course,
    Edition,
    Key,
    Missing,
    Notice,
    Record,
    Replaced,
    Run,
    World,
)
from livedeck.project import disk, git
from livedeck.project.validation import ALL_ENGINES
from livedeck.template import Template, read


@dataclass(frozen=True, slots=True)
class Against:
    """What records are compared with: another engine's, those of a revision, or else fresh captures."""

    engine: str | None = None
    revision: str | None = None
    across: bool = False


@dataclass(frozen=True, slots=True)
class FreshCaptures:
    """How fresh captures are made. `foreseen` is the world of one, as far as it is known in advance."""

    make: Callable[[Sequence[Edition], Rule], Sequence[FailedEdition]]
    foreseen: Callable[[Edition], World] = lambda _: World()


@dataclass(frozen=True, slots=True)
class DriftedEdition:
    """An edition that drifted, and the options without which `livedeck capture` would not replace its record."""

    edition: Edition
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DriftResult:
    """The comparisons of several editions, which ones could not be made, and all errors, each once.

    `drifted` are those whose fresh captures can take the place of their records.
    """

    comparisons: list[Comparison] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    errors: list[LivedeckError] = field(default_factory=list)
    drifted: list[DriftedEdition] = field(default_factory=list)

    @contextmanager
    def collecting(self, edition: Edition) -> Iterator[None]:
        """Keep an error, so that the next edition gets its turn."""
        try:
            yield
        except LivedeckError as error:
            known = {(one.message, one.at) for one in self.errors}
            self.errors.extend(part for part in parts(error) if (part.message, part.at) not in known)
            self.lack(edition, error)

    def lack(self, edition: Edition, error: LivedeckError) -> None:
        """Note that an error is why an edition cannot be compared."""
        slug, engine = edition.deck.slug, edition.engine
        self.missing.extend(Missing(slug, engine, part.message, part.at) for part in parts(error))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two records of an edition and their names; `then` is a revision and its template, where `old` is of another."""

    edition: Edition
    old: Record
    new: Record
    names: tuple[str, str]
    then: tuple[str, Template] | None = None


def drift(editions: Sequence[Edition], against: Against, fresh: FreshCaptures, run: Run) -> DriftResult:
    """Say what changed in each edition, and why some could not be compared. Committed records stay as they are.

    Two records of different worlds are not compared unless `against.across` is set. Nothing is executed unless fresh
    captures are asked for.
    """
    result = DriftResult()
    is_fresh = against.engine is None and against.revision is None
    pairs = _captured(editions, against, fresh, result) if is_fresh else _recorded(editions, against, run, result)
    for pair in pairs:
        with result.collecting(pair.edition):
            comparison = _compare(pair)
            result.comparisons.append(comparison)
            if is_fresh and comparison.drifted:
                options = needed_to_replace(pair.old, drifts.world_of(pair.new))
                result.drifted.append(DriftedEdition(pair.edition, options))
    masks = {name for edition in editions for name in edition.course.file.masks}
    for name in sorted(masks - {name for one in result.comparisons for name in one.masks}):
        run.report(Notice(f"the mask {name} in decks/course.toml matches nothing in these records"))
    return result


def conclusion(course: Course, result: DriftResult, given: Mapping[str, str], *, several: bool) -> DriftError | None:
    """Return what drifted as an error, with the line that captures it again; None where nothing did.

    `given` are the options that chose the host, `several` says whether engines have to be named.
    """
    slugs: dict[str, list[str]] = {}
    for comparison in result.comparisons:
        if comparison.drifted:
            slugs.setdefault(comparison.new.engine, []).append(comparison.deck)
    if not slugs:
        return None
    named = [f"{' and '.join(own)}{f' on {engine}' if several else ''}" for engine, own in slugs.items()]
    hint = "the slides still build"
    if result.drifted:
        hint += f"; to accept the changes: {_capture_lines(course, result.drifted, given)}"
    return DriftError(f"{', '.join(named)} drifted", hint=hint)


def committed_record(edition: Edition) -> Record | None:
    """Return the committed record, before another one takes its place; None where none can be read."""
    try:
        return records.load(edition.from_source("committed"))
    except LivedeckError:
        return None


def replaced(edition: Edition, old: Record, new: Record) -> AnyEvent:
    """Return what a capture changed in the committed record; a notice where the two are of different worlds."""
    if apart := drifts.apart(old, drifts.world_of(new)):
        return Notice(f"not compared with the record that was there: {differences(apart)}")
    return Replaced(_compare(_Pair(edition, old, new, ("the record", "this capture"))))


def _captured(
    editions: Sequence[Edition], against: Against, fresh: FreshCaptures, result: DriftResult
) -> Iterator[_Pair]:
    """Capture editions, then pair each committed record with its fresh capture, as far as that came.

    A deck without a record or with a wrong template is not captured, nor one whose record is of another world than the
    machine that it would run on.
    """
    rule = Comparable(against.across)
    old: dict[Edition, Record] = {}
    for edition in editions:
        with result.collecting(edition):
            record = records.load(edition)
            rule.check(record, fresh.foreseen(edition))
            decks.read_template(edition, operator(edition.course))
            disk.remove(edition.course.root, edition.from_source("live").record)
            decks.forget_attempt(edition)
            old[edition] = record
    failures = fresh.make(list(old), rule) if old else ()
    failed = [(edition.from_source("committed"), error) for edition, error in failures]
    result.errors.extend(merged(failed, several=len({edition.engine for edition in editions}) > 1))
    for edition, record in old.items():
        possible = (edition.from_source("live"), edition.from_source("attempt"))
        made = next((one for one in possible if one.record.exists()), None)
        if made is None:
            for error in [error for other, error in failed if other == edition]:
                result.lack(edition, error)
            continue
        with result.collecting(edition):
            yield _Pair(edition, record, records.load(made), ("the record", "a fresh capture"))


def _recorded(editions: Sequence[Edition], against: Against, run: Run, result: DriftResult) -> Iterator[_Pair]:
    """Pair each committed record with that of another engine, or with its own in a revision."""
    rule = Comparable(against.across)
    for edition in editions:
        with result.collecting(edition):
            new = records.load(edition)
            then = None
            if against.engine is not None:
                old = records.load(dataclasses.replace(edition, engine=against.engine))
                names = (f"the record on {against.engine}", f"that on {edition.engine}")
            else:
                revision = against.revision or ""
                old, then = _record_in(edition, revision, run), _template_in(edition, revision, run)
                names = (f"the record in {revision}", "that of now")
            rule.check(old, drifts.world_of(new))
            yield _Pair(edition, old, new, names, then)


def _record_in(edition: Edition, revision: str, run: Run) -> Record:
    shown = edition.shown(edition.record)
    data = git.show(edition.course.root, shown, revision, run.environ)
    if data is None:
        raise UsageError(f"{revision} has no record of {edition}", hint=f"git log -- {shown}")
    return records.parse(data, f"{shown} in {revision}", edition)


def _template_in(edition: Edition, revision: str, run: Run) -> tuple[str, Template] | None:
    """Return a revision and its template of a deck; None where it had none that can be read."""
    path = edition.deck.template
    data = git.show(edition.course.root, path, revision, run.environ)
    try:
        return None if data is None else (revision, read(data.decode("utf-8-sig"), path))
    except (LivedeckError, UnicodeDecodeError):
        return None


def _compare(pair: _Pair) -> Comparison:
    course = pair.edition.course
    new = _without_secrets(pair.new, course, pair.old)
    old = _without_secrets(pair.old, course, pair.new)
    template = decks.read_template(pair.edition)
    now, where = locate(course, new, template)
    earlier, before = locate(course, old, template)
    if pair.then is not None and not before.slides:
        revision, then = pair.then
        earlier, found = locate(course, old, then)
        before = in_revision(found, revision)
    if where.slides and before.slides:  # else the claims of one would be those of another template
        old, new = earlier, now
    if before.steps:
        before = dataclasses.replace(before, another=before.another or not where.steps)
        slides = where.slides or (() if before.another else before.slides)
        where = dataclasses.replace(where, before=before, slides=slides)
    masks = decks.expressions(course, course.file.masks, "masks")
    return drifts.compare(old, new, names=pair.names, masks=masks, places=where)


def _without_secrets(record: Record, course: Course, other: Record) -> Record:
    """Return a record by the rules of today: one that is older may show what they remove, and a report must not.

    Where the other record hides what was typed, this one does.
    """
    redactor = decks.redactor(course, decks.NOBODY)
    inputs = {key: capture.input for key, capture in records.keyed(other)}

    def clean(key: Key, capture: Capture) -> Capture:
        hidden = inputs.get(key, "")
        return redactor.capture(
            structs.replace(capture, input=hidden) if records.is_typed(capture.input, hidden) else capture
        )

    steps = [
        structs.replace(
            step,
            captures=tuple(clean(Key(step.fence, step.execution, n), each) for n, each in enumerate(step.captures)),
        )
        for step in record.steps
    ]
    return structs.replace(record, steps=tuple(steps))


def _capture_lines(course: Course, drifted: Sequence[DriftedEdition], given: Mapping[str, str]) -> str:
    """Return the line that captures again what drifted: a command for each engine, or one for all of them."""
    slugs: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for one in drifted:
        options = tuple({**given, **one.options}.items())
        slugs.setdefault((one.edition.engine, options), []).append(one.edition.deck.slug)
    alike = {(options, tuple(own)) for (_, options), own in slugs.items()}
    if len(alike) == 1 and 1 < len(slugs) == len(course.file.engines):
        slugs = {(ALL_ENGINES, options): list(own) for options, own in alike}
    return " && ".join(capture_line(course, own, engine, dict(options)) for (engine, options), own in slugs.items())
