"""The command line. Only `cli` prints; this module exits."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from livedeck import __version__
from livedeck.cli.app import App, now
from livedeck.cli.console import Console, error_annotations, secrets_of, usage_lines
from livedeck.cli.streams import ReaderGoneError, install
from livedeck.errors import HostError, LivedeckError, UsageError, exit_code
from livedeck.model import Run

_INTERRUPTED = 130
_TERMINATED = 143
_READER_GONE = 141
"""That of a program which the signal SIGPIPE has ended."""
_UNTOUCHED = "records are as they were, but for those said to be written"
_BUG = 70
_SECONDS = re.compile(r"[0-9]{1,10}")
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
    try:
        Path.cwd()
    except OSError:
        raise UsageError("the working directory no longer exists", hint="go to one that does") from None
    if not _SECONDS.fullmatch(epoch := os.environ.get("SOURCE_DATE_EPOCH", "0")):  # fontTools takes it for a number
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is no number of seconds", hint="unset or correct it")
    console: Console = context.obj
    context.obj = App(root, Run(os.environ, now, console.report), console)


class _Terminated(BaseException):
    """SIGTERM has come."""


def _terminate(number: int, frame: object) -> NoReturn:
    del number, frame
    raise _Terminated


def main() -> NoReturn:
    """Run the command line and exit.

    0 ok, 1 content, 2 usage, 3 host or tool, 4 drift, 70 a bug, 130 interrupted, 141 nobody reads the output, 143
    terminated.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    out, err = install()
    console = Console(out, err, err.isatty() and os.environ.get("TERM", "dumb") != "dumb", secrets_of(None))
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = cli.main(standalone_mode=False, obj=console) or 0
        out.flush()
    except ReaderGoneError:
        code = _READER_GONE
    except click.ClickException as error:
        code = _misused(console, error)
    except (click.Abort, KeyboardInterrupt):
        console.line(f"interrupted: {_UNTOUCHED}")
        code = _INTERRUPTED
    except _Terminated:
        console.line(f"terminated: {_UNTOUCHED}")
        code = _TERMINATED
    except LivedeckError as error:
        code = _failed(console, error)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is printed without secrets)
        code = _broke(console, error)
    sys.exit(code)


def _misused(console: Console, error: click.ClickException) -> int:
    """Print what click has found wrong with the command line, and return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    else:
        for line in usage_lines(error):
            console.line(line)
    return error.exit_code


def _failed(console: Console, error: LivedeckError) -> int:
    """Print an error and return its exit code."""
    console.error(error)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for annotation in error_annotations(error):
            console.annotate(annotation)
    return exit_code(error)


def _broke(console: Console, error: Exception) -> int:
    """Print an unexpected error, and return its exit code: that of the machine, or that of a bug."""
    debugging = bool(os.environ.get("LIVEDECK_DEBUG"))
    if debugging:
        console.text("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, OSError | MemoryError):
        where = f"{error.filename}: " if isinstance(error, OSError) and error.filename is not None else ""
        what = (error.strerror if isinstance(error, OSError) else "") or str(error) or "there is not enough memory"
        return _failed(console, HostError(f"{where}{what}", hint=None if debugging else "LIVEDECK_DEBUG=1 shows where"))
    console.line(f"error: Livedeck broke: {type(error).__name__}: {error}")
    console.line("  please report it" if debugging else "  LIVEDECK_DEBUG=1 shows where; please report it")
    return _BUG
