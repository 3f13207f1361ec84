"""The command `livedeck drift`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livedeck.cli.app import App, engine_of, engines_of
from livedeck.cli.console import drift_notes, error_lines, printable
from livedeck.cli.options import decks_argument, engines_option, host_options, jobs_option
from livedeck.errors import DriftError, UsageError, raise_all
from livedeck.model import Job, Wrote

if TYPE_CHECKING:
    from livedeck.flow.drift import Drifted, DriftResult
    from livedeck.flow.open_host import HostChoice
    from livedeck.model import Course, Deck

_SUFFIXES = {"": "text", ".txt": "text", ".md": "md", ".json": "json", ".html": "html"}


@click.command()
@decks_argument
@engines_option
@jobs_option
@click.option("--against", metavar="ENGINE", help="Compare with the record of that engine; nothing is executed.")
@click.option("--from", "revision", metavar="REV", help="Compare with the record in a git revision, likewise.")
@click.option("--across", is_flag=True, help="Compare other sources of Docker or images, and other architectures.")
@click.option("--format", "form", type=click.Choice(["text", "md", "json", "html"]), help="Of the report; text.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there; its suffix says how."
)
@host_options
@click.pass_obj
def drift(
    session: App,
    names: tuple[str, ...],
    engine: str | None,
    jobs: int,
    choice: HostChoice,
    against: str | None,
    revision: str | None,
    form: str | None,
    output: Path | None,
    *,
    across: bool,
) -> None:
    """Capture afresh, and say what Docker changed since the committed records; exit code 4 if anything."""
    from livedeck import drift as drifts
    from livedeck.flow import drift as comparison
    from livedeck.project import disk

    if against is not None and revision is not None:
        raise UsageError("--against and --from name two earlier records", hint="leave one of them out")
    offline = against is not None or revision is not None
    if offline and (choice.given or jobs > 1):
        hint = "leave --jobs and the options of the host out"
        raise UsageError("nothing is captured with --against or --from", hint=hint)
    course, decks = session.decks(names)
    wanted = _wanted(course, decks, engine, against)

    form = form or _format_of(output)
    if output is not None:
        disk.need_replaceable(output)

    found = comparison.drift_of(
        course,
        wanted,
        comparison.Against(against, revision, across),
        fresh=session.afresh(course, wanted, choice, jobs),
        environ=session.environ,
        report=session.console.report,
    )
    report = drifts.report(found.comparisons, form, missing=found.missing, columns=_columns(output))
    if output is not None:
        disk.replace(output, report)
        session.console.report(Wrote(output.absolute()))
    elif found.comparisons or form != "text":
        click.echo("\n".join(printable(line) for line in report.split("\n")), nl=False)
    _conclude(session, found, course, choice, several=len({job.engine for job in wanted}) > 1)


def _wanted(course: Course, decks: Sequence[Deck], engine: str | None, against: str | None) -> list[Job]:
    """Each deck on each engine, engine by engine; with `all` that means all but the one they are compared with."""
    engines = engines_of(course, engine)
    if against is not None:
        engine_of(course, against)
        others = tuple(name for name in engines if name != against)
        engines = others if engine == "all" else engines
    if not engines:
        raise UsageError(f"the course has no engine but {against}", hint="leave --against out, or name another engine")
    return [Job(deck, name) for name in engines for deck in decks]


def _format_of(output: Path | None) -> str:
    """The format of a report by the suffix of its file. Raises UsageError for one that is none."""
    suffix = output.suffix.lower() if output is not None else ""
    if suffix not in _SUFFIXES:
        known = ", ".join(suffix for suffix in _SUFFIXES if suffix)
        raise UsageError(f"a report is no {suffix} file", hint=f"name it {known}, or say --format")
    return _SUFFIXES[suffix]


def _columns(output: Path | None) -> int | None:
    """The width of the terminal that shows the report; None where none does."""
    return shutil.get_terminal_size().columns if output is None and sys.stdout.isatty() else None


def _conclude(session: App, found: DriftResult, course: Course, choice: HostChoice, *, several: bool) -> None:
    """Raise what kept decks from being compared, else DriftError where something drifted; return if nothing did."""
    if session.environ.get("GITHUB_ACTIONS") == "true":
        for comparison in found.comparisons:
            for note in drift_notes(comparison, several=several):
                session.console.line(note)
    decks: dict[str, list[str]] = {}
    for comparison in found.comparisons:
        if comparison.drifted:
            decks.setdefault(comparison.new.engine, []).append(comparison.deck)
    if decks:
        words = [f"{' and '.join(own)}{f' on {engine}' if several else ''}" for engine, own in decks.items()]
        hint = "the slides still build"
        if found.drifted:
            hint += f"; take the changes over with: {_taking_over(course, found.drifted, choice)}"
        error = DriftError(f"{', '.join(words)} drifted", hint=hint)
        if not found.errors:
            raise error
        for line in error_lines(error, actions=False):
            session.console.line(line)
    raise_all(found.errors)


def _taking_over(course: Course, drifted: Sequence[Drifted], choice: HostChoice) -> str:
    """The line that captures anew what drifted: a command for each engine, or one for all of them."""
    from livedeck.flow.drift import capture_line

    decks: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for one in drifted:
        options = tuple({**choice.options, **one.options}.items())
        decks.setdefault((one.job.engine, options), []).append(one.job.deck.slug)
    alike = {(options, tuple(slugs)) for (_, options), slugs in decks.items()}
    if len(alike) == 1 and 1 < len(decks) == len(course.file.engines):
        decks = {("all", options): list(slugs) for options, slugs in alike}
    return " && ".join(capture_line(course, slugs, engine, dict(options)) for (engine, options), slugs in decks.items())
