"""Hand over a terminal on a host in the state in which a step of a deck leaves it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC

from livedeck.capture.reporting import StopAfterStep, stop_after
from livedeck.flow import decks
from livedeck.flow.capture import runner_of, shell_on
from livedeck.flow.open_host import operator
from livedeck.model import Channel, DeckView, Edition, Host, Run


def shell(
    edition: Edition,
    *,
    after: str | None,
    open_host: Callable[[], Host],
    attach: Callable[[Channel], None],
    size: tuple[int, int],
    run: Run,
) -> None:
    """Hand the terminal of a fresh host to `attach`, where the deck has run up to and with the step `after`.

    `after` is an id or a number; without it no step runs. `size` is columns and rows of the user's own terminal.
    """
    template = decks.read_template(edition, operator(edition.course))
    last = stop_after(template.steps, after)
    with open_host() as host, shell_on(host, edition) as session:
        if last is not None:
            runner = runner_of(edition, template, session, run, last)
            today = run.now().astimezone(UTC).date().isoformat()
            view = DeckView(edition.deck.slug, edition.engine, today, host.images().source, host.docker.name)
            language = edition.course.file.language
            with suppress(StopAfterStep):
                decks.render_deck(edition.course, template, runner, host.facts, view, language)
        attach(session.hand_over(*size))
