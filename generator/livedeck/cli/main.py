"""The command line: this module and its siblings `cli_*` are the only ones that print; this one exits."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from livedeck import __version__
from livedeck.cli.app import DEFAULT_FORMATS, App, engine_of, engines_of, formats_of, languages_of, now
from livedeck.cli.check import check, fit
from livedeck.cli.console import Console, error_lines
from livedeck.cli.drift import drift
from livedeck.cli.i18n import i18n
from livedeck.cli.options import decks_argument, engine_option, engines_option, host_options, jobs_option
from livedeck.errors import HostError, LivedeckError, UsageError, exit_code, raise_all
from livedeck.model import FORMATS

if TYPE_CHECKING:
    from livedeck.flow.open_host import HostChoice
    from livedeck.flow.translate import Source
    from livedeck.model import Host

_INTERRUPTED = 130
_TERMINATED = 143
_UNTOUCHED = "records are as they were, but for those said to be written"
_BUG = 70
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 cost a tenth of a build, which makes many small values and next to no cycles."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="livedeck")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    help="The project, instead of the one the working directory lies in.",
)
@click.pass_context
def cli(context: click.Context, root: Path | None) -> None:
    """Marp slide decks for hands-on classes whose terminal output is always live."""
    context.obj = App(root, os.environ, Console(sys.stderr, sys.stderr.isatty(), _without_secrets))


@cli.command()
@decks_argument
@engines_option
@jobs_option
@host_options
@click.pass_obj
def capture(session: App, names: tuple[str, ...], engine: str | None, jobs: int, choice: HostChoice) -> None:
    """Run the steps of decks on a disposable Docker host and replace their records."""
    course, decks = session.decks(names)
    session.capture(course, decks, engines_of(course, engine), choice, jobs, committed=True)


@cli.command()
@decks_argument
@engines_option
@jobs_option
@host_options
@click.option("--live", is_flag=True, help="Capture into build/records/ first; the committed records stay as they are.")
@click.option("--attempt", is_flag=True, help="Show the last failed capture, as far as it came, in build/attempts/.")
@click.option(
    "--format",
    "formats",
    metavar="LIST",
    help=f"What to make, of {','.join(FORMATS)}. Without it {DEFAULT_FORMATS}; no PDF where there is no browser.",
)
@click.option("--lang", metavar="LIST", help="Languages to build, of those of the course; all without this.")
@click.option("--no-fit", is_flag=True, help="Do not measure whether the slides fit.")
@click.option("--strict", is_flag=True, help="Fail where a translation is missing, fuzzy or cannot be used.")
@click.pass_obj
def build(
    session: App,
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
    from livedeck.flow import build as pipeline

    wanted = formats_of(formats or DEFAULT_FORMATS)
    course, decks = session.decks(names)
    engines = engines_of(course, engine)
    languages = languages_of(course, lang)
    if live and attempt:
        raise UsageError("--live and --attempt are two different captures", hint="leave one of them out")
    if live:
        session.capture(course, decks, engines, choice, jobs, committed=False)
    elif choice.given or jobs > 1:
        raise UsageError("a host is chosen for --live only", hint="add --live, or leave the options of the host out")
    source: Source = "attempt" if attempt else "live" if live else "committed"
    built = session.build(course, decks, engines, source, languages, strict=strict)
    if exported := [form for form in wanted if form != "md"]:
        report = session.console.report
        built = pipeline.export(course, built, exported, optional=formats is None, environ=os.environ, report=report)
        if "html" in exported and not (no_fit or attempt):
            findings = pipeline.fit(course, built, optional=True, environ=os.environ, report=report)
            raise_all([finding.error() for finding in findings])


@cli.command()
@click.argument("name", metavar="DECK")
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
@click.pass_obj
def steps(session: App, name: str, *, as_json: bool) -> None:
    """List the steps of a deck: what would run, in the template's order. Nothing is executed."""
    from livedeck.flow import build as pipeline
    from livedeck.template import split

    course, (deck,) = session.decks((name,))
    found = pipeline.steps(course, deck)
    if as_json:
        rows = [
            {
                "file": step.at.path,
                "line": step.at.line,
                "id": step.id,
                "commands": [step.text] if step.expand else list(split(step.text)),
                "show": step.show,
                "exit": "any" if step.exits is None else list(step.exits),
                "timeout": step.timeout,
                "expand": step.expand,
            }
            for step in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for step in found:
        marks = " ".join(
            mark for mark in (step.id and f"id={step.id}", step.show != "both" and f"show={step.show}") if mark
        )
        click.echo(f"{step.at}  {step.index + 1}/{len(found)}  {marks}".rstrip())
        for line in step.text.split("\n"):
            click.echo(f"    {line}")


@cli.command()
@click.argument("name", metavar="DECK")
@click.option("--after", metavar="STEP", help="Run the deck up to and with this step first: its id, or its number.")
@engine_option
@host_options
@click.pass_obj
def shell(session: App, name: str, after: str | None, engine: str | None, choice: HostChoice) -> None:
    """Open a terminal on a fresh host, in the state in which a step leaves it. A sandbox is gone when you leave."""
    from livedeck.capture.attach import attach, need_terminal
    from livedeck.flow import capture as recording
    from livedeck.flow import open_host as opening

    course, (deck,) = session.decks((name,))
    chosen = engine_of(course, engine)
    size = shutil.get_terminal_size()
    start = session.opener(course, (deck,), chosen, choice)

    def open_host() -> Host:
        need_terminal(sys.stdin.fileno())
        return start()

    recording.shell(
        course,
        deck,
        chosen,
        after=after,
        open_host=open_host,
        attach=lambda channel: attach(channel, sys.stdin.fileno(), sys.stdout.fileno()),
        size=(size.columns, size.lines),
        operator=opening.operator(course),
        now=now,
        report=session.console.report,
    )


@cli.command()
@click.option("--images", is_flag=True, help="Also remove the sandbox images; the next capture makes them again.")
@click.pass_obj
def clean(session: App, *, images: bool) -> None:
    """Remove what was built, and sandboxes that an earlier run left behind."""
    from livedeck import hosts
    from livedeck.flow import build as pipeline

    course = session.course()
    for path in pipeline.clean(course):
        session.console.line(f"removed {path.relative_to(course.root)}")
    try:
        hosts.clean(os.environ, session.console.report, now=now(), images=images)
    except HostError as error:
        if images:
            raise
        session.console.line(f"left the sandboxes alone: {error.message}")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
@click.option("--self-test", is_flag=True, help="Boot a sandbox, run a container in it, and say what it gets here.")
@click.pass_obj
def doctor(session: App, *, as_json: bool, self_test: bool) -> None:
    """Say what is there, what is missing, which commands that affects, and what mends it. Nothing is changed."""
    from livedeck import doctor as examination

    folder = session.folder()
    if self_test:
        course = session.course() if (folder / "decks" / "course.toml").is_file() else None
        findings = examination.boot(course, environ=os.environ, now=now, report=session.console.report)
    else:
        findings = examination.examine(folder, environ=os.environ)
    click.echo(examination.as_json(findings) if as_json else "\n".join(examination.as_lines(findings)))
    sys.exit(examination.exit_code(findings))


cli.add_command(drift)
cli.add_command(i18n)
cli.add_command(fit)
cli.add_command(check)


def _without_secrets(text: str) -> str:
    """What is printed, by the built-in rules: also what Docker, ssh or Marp said, which no course rule has seen."""
    from livedeck.records.redaction import Operator, redactor

    return redactor({}, (), Operator()).text(text)


class _Terminated(BaseException):
    """SIGTERM has come."""


def _terminate(number: int, frame: object) -> NoReturn:
    del number, frame
    raise _Terminated


def main() -> NoReturn:
    """Run the command line and exit: 0 ok, 1 content, 2 usage, 3 host or tool, 130 interrupted."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    signal.signal(signal.SIGTERM, _terminate)
    console = Console(sys.stderr, live=False, redact=_without_secrets)
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        console.line(f"interrupted: {_UNTOUCHED}")
        sys.exit(_INTERRUPTED)
    except _Terminated:
        console.line(f"terminated: {_UNTOUCHED}")
        sys.exit(_TERMINATED)
    except LivedeckError as error:
        for line in error_lines(error, actions=os.environ.get("GITHUB_ACTIONS") == "true"):
            console.line(line)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.exit(_INTERRUPTED)
    except Exception as error:
        if os.environ.get("LIVEDECK_DEBUG"):
            raise
        console.line(f"error: Livedeck broke: {type(error).__name__}: {error}")
        console.line("  LIVEDECK_DEBUG=1 shows where; please report it")
        sys.exit(_BUG)
    sys.exit(0)
