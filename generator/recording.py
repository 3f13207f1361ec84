"""One deck on a live host: its steps run and their captures kept, or the host handed over in the state they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from generator import packing, project, records
from generator.capture import Session
from generator.errors import LivedeckError
from generator.model import (
    Channel,
    Course,
    Deck,
    DeckView,
    Failure,
    Host,
    Images,
    Notice,
    Record,
    Rendered,
    Report,
    Suits,
)
from generator.observation import Observed, Reached, stop_after
from generator.redaction import Operator, Redactor
from generator.template import Template, split


def record(
    course: Course,
    deck: Deck,
    template: Template,
    engine: str,
    open_host: Callable[[], Host],
    redactor: Redactor,
    now: Callable[[], datetime],
    report: Report,
    suits: Suits,
) -> Record:
    """Run the deck on a host of its own; what it left behind.

    Where it fails, what was captured until then goes to `build/attempts/`, and the error says how to come back there.
    Raises what `template.render` and `suits` raise, and HostError.
    """
    with open_host() as host, _session(host, course, deck) as session:
        again = project.arguments(course, deck.slug, engine)
        runner = Observed(session, deck.slug, len(template.steps), redactor, report, again)
        started = now().astimezone(UTC)
        first = host.images()
        suits(deck.slug, host.facts, first)

        def taken(rendered: Rendered | None, images: Images, failure: Failure | None) -> Record:
            return Record(
                format=records.FORMAT,
                deck=deck.slug,
                engine=engine,
                captured=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
                columns=course.file.terminal.columns,
                host=host.facts,
                images=images,
                claims=rendered.claims if rendered else (),
                steps=records.collect(runner.captures),
                files=packing.digest(deck),
                redacted=dict(sorted(redactor.counts.items())),
                failure=failure,
            )

        try:
            view = records.view(taken(None, first, None))
            rendered = project.render_deck(course, template, runner, host.facts, view, course.file.language)
            last = host.images()
            if runner.catch_up():
                replay = records.Replay(taken(rendered, last, None), split, runner.text)
                rendered = project.render_deck(course, template, replay, host.facts, view, course.file.language)
        except LivedeckError as error:
            shown = runner.without_secrets(error)
            try:
                records.write(project.attempt_path(course, deck, engine), taken(None, first, records.failure(shown)))
            except LivedeckError as lost:
                report(Notice(f"what was captured until then is lost: {lost.message}"))
            raise runner.with_way_back(shown) from None
        return taken(rendered, last, None)


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
            runner = Observed(session, deck.slug, len(template.steps), redactor, report, last=last)
            with suppress(Reached):
                view = DeckView(deck.slug, engine, now().astimezone(UTC).date().isoformat(), host.images().source)
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
