"""The command `livedeck build`."""

from __future__ import annotations

import click

from livedeck.cli.app import App, formats_of, languages_of
from livedeck.cli.options import decks_argument, engines_option, host_options, jobs_option
from livedeck.errors import UsageError
from livedeck.flow import build as flow
from livedeck.flow import locks
from livedeck.flow.open_host import HostChoice
from livedeck.model import FORMATS, Source

DEFAULT_FORMATS = "md,html,pdf"


@click.command()
@decks_argument
@engines_option
@jobs_option
@host_options
@click.option("--live", is_flag=True, help="Capture into build/records/ first; the committed records do not change.")
@click.option("--attempt", is_flag=True, help="Build the last failed capture, as far as it came, into build/attempts/.")
@click.option(
    "--format",
    "formats",
    metavar="LIST",
    help=f"Formats, of {','.join(FORMATS)}; by default {DEFAULT_FORMATS}, and no PDF if there is no browser.",
)
@click.option("--lang", metavar="LIST", help="Languages to build; by default all of the course.")
@click.option("--no-fit", is_flag=True, help="Do not measure whether the slides fit.")
@click.option("--strict", is_flag=True, help="Fail where a translation is missing, fuzzy or cannot be used.")
@click.pass_obj
def build(
    app: App,
    names: tuple[str, ...],
    engine: str | None,
    jobs: int,
    choice: HostChoice,
    formats: str | None,
    lang: str | None,
    *,
    strict: bool,
    live: bool,
    attempt: bool,
    no_fit: bool,
) -> None:
    """Make Marp Markdown, HTML and PDF from records. Without --live nothing is executed."""
    wanted = formats_of(formats or DEFAULT_FORMATS)
    source: Source = "attempt" if attempt else "live" if live else "committed"
    editions = app.editions(names, engine, source)
    languages = languages_of(editions[0].course, lang)
    if live and attempt:
        raise UsageError("--live and --attempt are two different captures", hint="leave one of them out")
    if live:
        from livedeck.flow.side_by_side import capture_editions  # noqa: PLC0415 (a rebuild needs no host)

        capture_editions(editions, choice, jobs, app.run)
    elif choice.given or jobs > 1:
        raise UsageError("a host is chosen for --live only", hint="add --live, or leave the options of the host out")
    measured = not (no_fit or attempt)
    with locks.building(editions[0].course, app.run):
        flow.build(editions, languages, wanted, app.run, strict=strict, optional=formats is None, measured=measured)
