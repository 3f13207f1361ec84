"""The command `livedeck drift`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli_options import decks_argument, engine_option, host_options
from generator.errors import DriftError, UsageError, raise_all
from generator.invocation import Invocation, engine_of
from generator.messages import drift_notes, error_lines, printable
from generator.model import Wrote

if TYPE_CHECKING:
    from generator.comparison import Found
    from generator.model import Course, Deck, ImageSource, Suits
    from generator.opening import HostChoice

_SUFFIXES = {"": "text", ".txt": "text", ".md": "md", ".json": "json", ".html": "html"}


@click.command()
@decks_argument
@engine_option
@click.option("--against", metavar="ENGINE", help="Compare with the record of that engine; nothing is executed.")
@click.option("--from", "revision", metavar="REV", help="Compare with the record in a git revision, likewise.")
@click.option("--across", is_flag=True, help="Compare Docker Hub with stand-ins, and one architecture with another.")
@click.option("--format", "form", type=click.Choice(["text", "md", "json", "html"]), help="Of the report; text.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there; its suffix says how."
)
@host_options
@click.pass_obj
def drift(
    session: Invocation,
    names: tuple[str, ...],
    engine: str | None,
    choice: HostChoice,
    against: str | None,
    revision: str | None,
    form: str | None,
    output: Path | None,
    *,
    across: bool,
) -> None:
    """Capture afresh, and say what Docker changed since the committed records; exit code 4 if anything."""
    from generator import comparison, disk
    from generator import drift as drifts

    if against is not None and revision is not None:
        raise UsageError("--against and --from name two earlier records", hint="leave one of them out")
    if choice.given and (against or revision):
        raise UsageError("nothing is captured with --against or --from", hint="leave the options of the host out")
    course, decks = session.decks(names)
    chosen = engine_of(course, engine)
    earlier = comparison.Against(None if against is None else engine_of(course, against), revision, across)

    form = form or _format_of(output)
    if output is not None:
        disk.need_replaceable(output)

    def capture(wanted: Sequence[Deck], suits: Suits) -> None:
        session.capture_afresh(course, wanted, chosen, choice, suits)

    fresh = comparison.Fresh(capture, _images(course, choice))
    found = comparison.drift_of(
        course, decks, chosen, earlier, fresh=fresh, environ=session.environ, report=session.console.report
    )
    report = drifts.report(found.comparisons, form, missing=found.missing, columns=_columns(output))
    if output is not None:
        disk.replace(output, report)
        session.console.report(Wrote(output.absolute()))
    elif found.comparisons or form != "text":
        click.echo("\n".join(printable(line) for line in report.split("\n")), nl=False)
    _conclude(session, found, None if against or revision else ["--engine", chosen] if engine else [])


def _format_of(output: Path | None) -> str:
    """The format of a report by the suffix of its file. Raises UsageError for one that is none."""
    suffix = output.suffix.lower() if output is not None else ""
    if suffix not in _SUFFIXES:
        known = ", ".join(suffix for suffix in _SUFFIXES if suffix)
        raise UsageError(f"a report is no {suffix} file", hint=f"name it {known}, or say --format")
    return _SUFFIXES[suffix]


def _images(course: Course, choice: HostChoice) -> ImageSource | None:
    """Where the images of a fresh capture come from, as far as that was said."""
    policy = (choice.images or course.file.images) if choice.address == "sandbox" else "auto"
    return None if policy == "auto" else policy


def _columns(output: Path | None) -> int | None:
    """The width of the terminal that shows the report; None where none does."""
    return shutil.get_terminal_size().columns if output is None and sys.stdout.isatty() else None


def _conclude(session: Invocation, found: Found, options: Sequence[str] | None) -> None:
    """Raise what kept decks from being compared, else DriftError where something drifted; return if nothing did.

    `options` are those of the capture that takes the changes over; None where there is nothing to take over.
    """
    if session.environ.get("GITHUB_ACTIONS") == "true":
        for comparison in found.comparisons:
            for note in drift_notes(comparison):
                session.console.line(note)
    if drifted := [comparison.deck for comparison in found.comparisons if comparison.drifted]:
        hint = "the slides still build"
        if options is not None:
            hint += f"; take the changes over with: {' '.join(['livedeck capture', *drifted, *options])}"
        error = DriftError(f"{' and '.join(drifted)} drifted", hint=hint)
        if not found.errors:
            raise error
        for line in error_lines(error, actions=False):
            session.console.line(line)
    raise_all(found.errors)
