"""The command `livedeck shell`."""

from __future__ import annotations

import shutil

import click

from livedeck.capture.attach import attach, need_terminal
from livedeck.cli.app import App
from livedeck.cli.options import engine_option, host_options
from livedeck.flow import shell as flow
from livedeck.flow.open_host import HostChoice, opener
from livedeck.model import Host

_KEYBOARD, _SCREEN = 0, 1
"""Descriptors. What a shell shows goes to the terminal as it is: that is what it is for."""


@click.command()
@click.argument("name", metavar="DECK")
@click.option("--after", metavar="STEP", help="Run the deck up to and with this step first: its id, or its number.")
@engine_option
@host_options
@click.pass_obj
def shell(app: App, name: str, after: str | None, engine: str | None, choice: HostChoice) -> None:
    """Open a terminal on a fresh host, in the state in which a step leaves it. A sandbox is gone when you leave."""
    edition = app.edition(name, engine)
    size = shutil.get_terminal_size()
    start = opener([edition], choice, app.run)

    def open_host() -> Host:
        need_terminal(_KEYBOARD)
        return start()

    flow.shell(
        edition,
        after=after,
        open_host=open_host,
        attach=lambda channel: attach(channel, _KEYBOARD, _SCREEN),
        size=(size.columns, size.lines),
        run=app.run,
    )
