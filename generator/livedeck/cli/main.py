"""The command line. Only `cli` prints; this module exits."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from livedeck import __version__
from livedeck.cli.app import App, now
from livedeck.cli.console import Console, error_lines
from livedeck.errors import LivedeckError, exit_code
from livedeck.model import Run

_INTERRUPTED = 130
_TERMINATED = 143
_UNTOUCHED = "records are as they were, but for those said to be written"
_BUG = 70
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 cost a tenth of a build, which makes many small values and next to no cycles."""
_COMMANDS = {
    "build": ("build", "Make Marp Markdown, HTML and PDF from records."),
    "capture": ("capture", "Run the steps of decks and replace their records."),
    "check": ("check", "Say everything that is wrong with decks."),
    "clean": ("clean", "Remove what was built, and sandboxes of earlier runs."),
    "doctor": ("doctor", "Say what is missing on this machine, and what fixes it."),
    "drift": ("drift", "Capture again, and say what Docker has changed."),
    "fit": ("check", "Measure every slide in a browser; say what does not fit."),
    "i18n": ("i18n", "Translate decks: catalogs, and how complete they are."),
    "shell": ("shell", "Open a terminal on a host as a step leaves it."),
    "steps": ("steps", "List the steps of a deck: what would run."),
}
"""The module of each command, and what `--help` says of it: no command is loaded but the one that is called."""


class _Commands(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        del context
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        del context
        if name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"livedeck.cli.{_COMMANDS[name][0]}"), name)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        del context
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="livedeck")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    help="The project; by default the one around the working directory.",
)
@click.pass_context
def cli(context: click.Context, root: Path | None) -> None:
    """Marp slide decks for hands-on classes whose terminal output is always live."""
    console = Console(sys.stderr, sys.stderr.isatty(), _without_secrets)
    context.obj = App(root, Run(os.environ, now, console.report), console)


def _without_secrets(text: str) -> str:
    """Return what is printed, redacted by the built-in rules; no course rule has seen what Docker, ssh or Marp said."""
    from livedeck.records.redaction import Operator, redactor  # noqa: PLC0415 (`--help` needs none)

    return redactor({}, (), Operator()).text(text)


class _Terminated(BaseException):
    """SIGTERM has come."""


def _terminate(number: int, frame: object) -> NoReturn:
    del number, frame
    raise _Terminated


def main() -> NoReturn:
    """Run the command line and exit: 0 ok, 1 content, 2 usage, 3 host or tool, 4 drift, 130 interrupted."""
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
