"""Arguments and options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import get_args

import click

from livedeck.errors import UsageError
from livedeck.flow.open_host import SANDBOX, HostChoice
from livedeck.model import ImagePolicy

_SOURCES = ("debian", "docker.com", "archive")

decks_argument = click.argument("names", nargs=-1, metavar="[DECK]...")
engine_option = click.option("--engine", metavar="NAME", help="Docker host profile; by default the course's own.")
engines_option = click.option(
    "--engine", metavar="NAME", help="Docker host profile, or all; by default the course's own."
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1, 16), default=1, show_default=True, help="How many sandboxes run at a time."
)


def _source(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Return a source of Docker. Raises UsageError for anything else."""
    del context, option
    if value is None or value in _SOURCES or value.startswith(("https://", "http://")):
        return value
    raise UsageError(f"there is no source {value}", hint=f"write {', '.join(_SOURCES)} or an address: https://...")


def host_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every command that runs steps; they reach it as one `HostChoice`, called `choice`."""
    options = (
        click.option(
            "--host",
            "address",
            default=SANDBOX,
            show_default=True,
            metavar="HOST",
            help="sandbox, ssh://user@host or local.",
        ),
        click.option("--disposable", is_flag=True, help="Confirm that the machine named by --host may be destroyed."),
        click.option(
            "--images",
            type=click.Choice(get_args(ImagePolicy)),
            help="Where a sandbox gets images; by default as the course says.",
        ),
        click.option(
            "--source",
            metavar="NAME",
            callback=_source,
            help="Where a sandbox's Docker comes from: debian, docker.com, archive or https://...; by default as the"
            " engine says.",
        ),
        click.option("--fresh", is_flag=True, help="Rebuild the sandbox image, even if this week's exists."),
    )

    @functools.wraps(command)
    def gathered(
        *arguments: object,
        address: str,
        images: ImagePolicy | None,
        source: str | None,
        disposable: bool,
        fresh: bool,
        **others: object,
    ) -> None:
        command(*arguments, choice=HostChoice(address, disposable, images, source, fresh), **others)

    for option in reversed(options):
        gathered = option(gathered)
    return gathered
