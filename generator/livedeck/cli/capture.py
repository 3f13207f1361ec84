"""The command `livedeck capture`."""

from __future__ import annotations

import click

from livedeck.cli.app import App
from livedeck.cli.options import decks_argument, engines_option, host_options, jobs_option
from livedeck.flow.open_host import HostChoice
from livedeck.flow.side_by_side import capture_editions


@click.command()
@decks_argument
@engines_option
@jobs_option
@host_options
@click.pass_obj
def capture(app: App, names: tuple[str, ...], engine: str | None, jobs: int, choice: HostChoice) -> None:
    """Run the steps of decks on a disposable Docker host and replace their records."""
    capture_editions(app.editions(names, engine), choice, jobs, app.run)
