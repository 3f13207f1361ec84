"""The command `livedeck drift`."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import click

from livedeck import drift as drifts
from livedeck.cli.app import App, engine_of
from livedeck.cli.console import drift_annotations
from livedeck.cli.options import decks_argument, engines_option, host_options, jobs_option
from livedeck.cli.streams import harmless_json, harmless_text
from livedeck.errors import UsageError, raise_all
from livedeck.flow import drift as flow
from livedeck.flow.open_host import HostChoice
from livedeck.flow.side_by_side import fresh_captures
from livedeck.model import Edition, Wrote
from livedeck.project import disk
from livedeck.project.validation import ALL_ENGINES

_SUFFIXES = {"": "text", ".txt": "text", ".md": "md", ".json": "json", ".html": "html"}


@click.command()
@decks_argument
@engines_option
@jobs_option
@click.option("--against", metavar="ENGINE", help="Compare with the record of that engine; nothing is executed.")
@click.option(
    "--from", "revision", metavar="REV", help="Compare with the record in a git revision; nothing is executed."
)
@click.option("--across", is_flag=True, help="Compare also across sources of Docker or images, and architectures.")
@click.option(
    "--format", "form", type=click.Choice(["text", "md", "json", "html"]), help="Format of the report; by default text."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report to a file; its suffix sets the format.",
)
@host_options
@click.pass_obj
def drift(
    app: App,
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
    """Capture again, and say what Docker changed since the committed records; exit code 4 if anything."""
    if against is not None and revision is not None:
        raise UsageError("--against and --from name two earlier records", hint="leave one of them out")
    if (against is not None or revision is not None) and (choice.given or jobs > 1):
        hint = "leave --jobs and the options of the host out"
        raise UsageError("nothing is captured with --against or --from", hint=hint)
    editions = _editions(app, names, engine, against)
    form = form or _format_of(output)
    if output is not None:
        output = output.absolute()
        base = disk.base(editions[0].course.root, output)
        disk.need_replaceable(base, output)
    fresh = fresh_captures(editions, choice, jobs, app.run)
    result = flow.drift(editions, flow.Against(against, revision, across), fresh, app.run)
    columns = shutil.get_terminal_size().columns if output is None and app.console.out.isatty() else None
    missing = [replace(each, message=app.console.redact(each.message)) for each in result.missing]
    report = drifts.report(result.comparisons, form, missing=missing, columns=columns)
    report = harmless_json(report) if form == "json" else harmless_text(report)  # the same in a file as on a terminal
    if output is not None:
        disk.replace(base, output, report)
        app.run.report(Wrote(output))
    elif result.comparisons or form != "text":
        app.console.document(report)
    _conclude(app, editions, result, choice)


def _editions(app: App, names: tuple[str, ...], engine: str | None, against: str | None) -> tuple[Edition, ...]:
    """Return each deck on each engine; `all` means all but the one they are compared with."""
    editions = app.editions(names, engine)
    if against is not None:
        engine_of(editions[0].course, against)
        if engine == ALL_ENGINES:
            editions = tuple(edition for edition in editions if edition.engine != against)
    if not editions:
        raise UsageError(f"the course has no engine but {against}", hint="leave --against out, or name another engine")
    return editions


def _format_of(output: Path | None) -> str:
    """Return the format of a report by the suffix of its file. Raises UsageError for an unknown suffix."""
    suffix = output.suffix.lower() if output is not None else ""
    if suffix not in _SUFFIXES:
        known = ", ".join(suffix for suffix in _SUFFIXES if suffix)
        raise UsageError(f"a report cannot be a {suffix} file", hint=f"name it {known}, or say --format")
    return _SUFFIXES[suffix]


def _conclude(app: App, editions: tuple[Edition, ...], result: flow.DriftResult, choice: HostChoice) -> None:
    """Raise what kept decks from being compared, else DriftError where something drifted; return if nothing did."""
    several = len({edition.engine for edition in editions}) > 1
    if app.run.environ.get("GITHUB_ACTIONS") == "true":
        for comparison in result.comparisons:
            for annotation in drift_annotations(comparison, several=several):
                app.console.annotate(annotation)
    drifted = flow.conclusion(editions[0].course, result, choice.options, several=several)
    if drifted and not result.errors:
        raise drifted
    if drifted:
        app.console.error(drifted)
    raise_all(result.errors)
