"""One deck on a live host: its steps run and their captures kept, or the host handed over in the state they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from livedeck import records
from livedeck.capture import Session
from livedeck.capture.reporting import MachineLines, ReportingRunner, StopAfterStep, stop_after
from livedeck.errors import LivedeckError
from livedeck.flow import decks as project
from livedeck.model import (
    Channel,
    Course,
    Deck,
    DeckView,
    Failure,
    Host,
    HostCheck,
    Images,
    Notice,
    Record,
    Rendered,
    Report,
    Runner,
    World,
)
from livedeck.project import files as packing
from livedeck.records.redaction import Operator, Redactor
from livedeck.template import Template, split


def record(
    course: Course,
    deck: Deck,
    template: Template,
    engine: str,
    open_host: Callable[[], Host],
    redactor: Redactor,
    now: Callable[[], datetime],
    report: Report,
    suits: HostCheck,
) -> Record:
    """Run the deck on a host of its own; what it left behind.

    Where it fails, what was captured until then goes to `build/attempts/`, and the error says how to come back there.
    Raises what `template.render` and `suits` raise, and HostError.
    """
    with open_host() as host, _session(host, course, deck) as session:
        again = project.arguments(course, deck.slug, engine)
        machine = MachineLines(project.machine_lines(course, engine))
        runner = ReportingRunner(session, deck.slug, len(template.steps), redactor, report, machine, again)
        run = _DeckRun(course, deck, template, engine, host, runner, redactor, now().astimezone(UTC))
        first = host.images()
        suits(World(host.facts.architecture, first.source, host.docker))
        try:
            return run.whole(first)
        except LivedeckError as error:
            shown = runner.without_secrets(error)
            try:
                run.keep(first, shown)
            except LivedeckError as lost:
                report(Notice(f"what was captured until then is lost: {lost.message}"))
            raise runner.with_way_back(shown) from None


@dataclass(frozen=True)
class _DeckRun:
    """A deck on the host where it runs, and since when."""

    course: Course
    deck: Deck
    template: Template
    engine: str
    host: Host
    runner: ReportingRunner
    redactor: Redactor
    started: datetime

    def whole(self, first: Images) -> Record:
        """The record, once every step has run; `first` is the images that were there before."""
        view = records.view(self._record(None, first))
        rendered = self._rendered(self.runner, view)
        last = self.host.images()
        if self.runner.catch_up():
            replay = records.Replay(self._record(rendered, last), split, self.runner.text)
            rendered = self._rendered(replay, view)
        return self._record(rendered, last)

    def keep(self, first: Images, error: LivedeckError) -> None:
        """Write what was captured until the error to `build/attempts/`."""
        path = project.attempt_path(self.course, self.deck, self.engine)
        records.write(path, self._record(None, first, records.failure(error)))

    def _rendered(self, runner: Runner, view: DeckView) -> Rendered:
        language = self.course.file.language
        return project.render_deck(self.course, self.template, runner, self.host.facts, view, language)

    def _record(self, rendered: Rendered | None, images: Images, failure: Failure | None = None) -> Record:
        return Record(
            format=records.FORMAT,
            deck=self.deck.slug,
            engine=self.engine,
            captured=self.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            columns=self.course.file.terminal.columns,
            host=self.host.facts,
            images=images,
            claims=rendered.claims if rendered else (),
            steps=records.collect(self.runner.captures),
            docker=self.host.docker,
            files=packing.digest(self.deck),
            machine_lines=dict(sorted(self.runner.machine.counts.items())),
            redacted=dict(sorted(self.redactor.counts.items())),
            failure=failure,
        )


def shell(
    course: Course,
    deck: Deck,
    engine: str,
    *,
    after: str | None,
    open_host: Callable[[], Host],
    attach: Callable[[Channel], None],
    size: tuple[int, int],
    operator: Operator,
    now: Callable[[], datetime],
    report: Report,
) -> None:
    """Hand the terminal of a fresh host to `attach`, where the deck has run up to and with the step `after`.

    `after` is an id or a number; without it no step runs. `size` is columns and rows of the user's own terminal.
    """
    template = project.read_template(course, deck)
    last = stop_after(template.steps, after)
    with open_host() as host, _session(host, course, deck) as session:
        if last is not None:
            redactor = project.redactor(course, operator)
            machine = MachineLines(project.machine_lines(course, engine))
            runner = ReportingRunner(session, deck.slug, len(template.steps), redactor, report, machine, last=last)
            with suppress(StopAfterStep):
                today = now().astimezone(UTC).date().isoformat()
                view = DeckView(deck.slug, engine, today, host.images().source, host.docker.name)
                project.render_deck(course, template, runner, host.facts, view, course.file.language)
        attach(session.hand_over(*size))


@contextmanager
def _session(host: Host, course: Course, deck: Deck) -> Iterator[Session]:
    """A shell on `host` with the deck's files in its home folder."""
    session = Session(host, course.file.terminal.columns, split)
    try:
        archive = packing.archive(deck)
        if archive is not None:
            session.unpack(archive)
        yield session
    finally:
        session.close()
