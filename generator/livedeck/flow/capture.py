"""Capture a deck: run its steps on a live host and write its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import structs

from livedeck import records
from livedeck.capture import Session
from livedeck.capture.reporting import MachineLines, ReportingRunner
from livedeck.errors import HostError, LivedeckError
from livedeck.flow import before, decks, drift
from livedeck.flow.open_host import operator
from livedeck.flow.worlds import Rule
from livedeck.model import (
    DeckView,
    Edition,
    Failure,
    Host,
    HostFacts,
    Images,
    Notice,
    Record,
    Rendered,
    Run,
    Runner,
    World,
    Wrote,
)
from livedeck.project import bounded, disk, files
from livedeck.template import Template, commands_of

T = TypeVar("T", HostFacts, Images)


def capture(edition: Edition, open_host: Callable[[], Host], rule: Rule | None, run: Run) -> None:
    """Run a deck on a host of its own and write the edition's record.

    Where the `rule` forbids to replace the committed record by a capture on that host, nothing is typed. Where a step
    or a claim fails, the record stays as it is, what was captured until then goes to `build/attempts/`, and the error
    says how to get there again. Raises TemplateError, StepError, ClaimError, WorldError, HostError ...
    """
    template = decks.read_template(edition, operator(edition.course))
    committed = drift.committed_record(edition)
    _need_replaceable(edition)
    with disk.locked(edition.course.root, edition.lock, str(edition)):
        with open_host() as host, shell_on(host, edition) as session:
            started, images = run.now().astimezone(UTC), host.images()
            if rule and committed:
                rule.check(committed, World(host.facts.architecture, images.source, host.docker))
            runner = runner_of(edition, template, session, run)
            record = _DeckRun(edition, template, host, images, runner, run, started).record()
        _replace(edition, record, run)
    run.report(Wrote(edition.record))
    decks.forget_attempt(edition)
    if committed and edition.source == "committed":
        run.report(drift.replaced(edition, committed, record))


@contextmanager
def shell_on(host: Host, edition: Edition) -> Iterator[Session]:
    """Open a shell on `host` with the deck's files in its home folder."""
    session = Session(host, edition.course.file.terminal, commands_of)
    try:
        archive = files.archive(edition.deck)
        if archive is not None:
            session.unpack(archive)
        yield session
    finally:
        session.close()


def runner_of(
    edition: Edition, template: Template, session: Session, run: Run, last: int | None = None
) -> ReportingRunner:
    """Return the runner that types a deck's commands into a shell, up to the step `last` if that is given."""
    return ReportingRunner(
        session,
        edition.deck.slug,
        len(template.steps),
        decks.redactor(edition.course, operator(edition.course)),
        run.report,
        MachineLines(decks.machine_lines(edition)),
        edition.arguments,
        last=last,
    )


def _need_replaceable(edition: Edition) -> None:
    """Raise HostError early if the record cannot be replaced at the end, or the one before not be kept."""
    root, record = edition.course.root, edition.record
    disk.need_replaceable(root, record)
    if record.is_file() and not record.is_symlink():
        try:
            with bounded.opened(root, record, bounded.RECORD):
                pass
        except OSError as error:
            hint = "move it away: it could not be kept when it is replaced"
            raise HostError(f"cannot read {edition.shown(record)}: {error.strerror}", hint=hint) from None


def _replace(edition: Edition, record: Record, run: Run) -> None:
    """Write the record; the one before is kept if only it is there. Raises HostError."""
    root = edition.course.root
    if edition.source == "committed":
        try:
            old = bounded.read(root, edition.record, bounded.RECORD)
        except (FileNotFoundError, bounded.RefusedError):  # there is nothing of the user's to lose in that place
            pass
        except OSError as error:
            raise HostError(f"cannot read {edition.shown(edition.record)}: {error.strerror}") from None
        else:
            before.keep(edition.course, edition.record, old, run)
    disk.replace(root, edition.record, records.dump(record))


@dataclass(frozen=True)
class _DeckRun:
    """A deck on the host where it runs; `images` are those that were there before."""

    edition: Edition
    template: Template
    host: Host
    images: Images
    runner: ReportingRunner
    run: Run
    started: datetime

    def record(self) -> Record:
        """Run every step and return the record. Where one fails, keep what was captured until then.

        Either way, report what was taken out of the outputs.
        """
        view = records.view(self._record(None, self.images))
        try:
            rendered = self._rendered(self.runner, view)
            last = self.host.images()
            if self.runner.catch_up():
                replay = records.Replay(self._record(rendered, last), commands_of, self.runner.redactor)
                rendered = self._rendered(replay, view)
            return self._record(rendered, last)
        except LivedeckError as error:
            shown = self.runner.without_secrets(error)
            try:
                attempt = records.dump(self._record(None, self.images, records.failure(shown)))
                disk.replace(self.edition.course.root, self.edition.attempt, attempt)
            except LivedeckError as lost:
                self.run.report(Notice(f"what was captured until then is lost: {lost.message}"))
            raise self.runner.with_way_back(shown) from None
        finally:
            for line in self.runner.redactions():
                self.run.report(Notice(line))

    @property
    def _facts(self) -> HostFacts:
        return self._clean(self.host.facts)

    def _clean(self, value: T) -> T:
        """Return what a host says of itself without secrets: a real machine may be called after its operator."""
        texts = {name: _changed(each, self.runner.text) for name, each in structs.asdict(value).items()}
        return structs.replace(value, **texts)

    def _rendered(self, runner: Runner, view: DeckView) -> Rendered:
        course = self.edition.course
        return decks.render_deck(course, self.template, runner, self._facts, view, course.file.language)

    def _record(self, rendered: Rendered | None, images: Images, failure: Failure | None = None) -> Record:
        course = self.edition.course
        rows = {step.index: step.rows for step in self.template.steps if step.rows is not None}
        return Record(
            format=records.FORMAT,
            deck=self.edition.deck.slug,
            engine=self.edition.engine,
            captured=self.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            columns=course.file.terminal.columns,
            rows=course.file.terminal.rows,
            host=self._facts,
            images=self._clean(images),
            claims=rendered.claims if rendered else (),
            steps=records.collect(self.runner.captures, rows),
            docker=self.host.docker,
            files=files.digest(self.edition.deck),
            machine_lines=dict(sorted(self.runner.machine.counts.items())),
            redacted=dict(sorted(self.runner.redactor.counts.items())),
            failure=failure,
            profile=course.engine(self.edition.engine),
            stand_ins=files.stand_ins(course.root) if images.source == "stand-in" else "",
        )


def _changed(value: object, change: Callable[[str], str]) -> object:
    """Return a text, or a table of texts, with each of them changed."""
    if isinstance(value, Mapping):
        return {change(name): change(text) for name, text in value.items()}
    return change(value) if isinstance(value, str) else value
