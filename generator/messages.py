"""The words of the command line: events and errors as lines, for a terminal, a log or GitHub Actions.

Lines of a terminal stand behind a bar: GitHub Actions would obey one that begins with `::`, however far it is indented.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from generator.errors import LivedeckError, Problems
from generator.model import Event, Notice, StepFinished, StepStarted, Wrote

_WIDEST = 100
_OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass
class Console:
    """Lines on a stream, without secrets; on a terminal the running command is shown until it is done."""

    stream: TextIO
    live: bool
    redact: Callable[[str], str]
    pending: bool = False

    def report(self, event: Event) -> None:
        """Show an event."""
        if isinstance(event, StepStarted):
            if self.live:
                self._clear()
                self.stream.write(printable(self.redact(running_line(event))))
                self.stream.flush()
                self.pending = True
        elif line := event_line(event, Path.cwd()):
            self.line(line)

    def line(self, text: str) -> None:
        """One line, whole."""
        self._clear()
        self.stream.write(printable(self.redact(text)) + "\n")
        self.stream.flush()

    def _clear(self) -> None:
        if self.pending:
            self.stream.write("\r\x1b[2K")
            self.pending = False


def event_line(event: Event, here: Path) -> str | None:
    """An event as a line; None for what is worth no line of its own. Paths are shown as seen from `here`."""
    match event:
        case Notice():
            return event.text
        case StepStarted():
            return None
        case StepFinished():
            code = f"  exit {event.capture.exit}" if event.capture.exit else ""
            command = first_line(event.capture.command)
            return f"{event.deck} {event.number}/{event.total}  {command}  {event.capture.seconds:.1f} s{code}"
        case Wrote():
            path = event.path.relative_to(here) if event.path.is_relative_to(here) else event.path
            return f"wrote {path}"


def running_line(event: StepStarted) -> str:
    """The command that is being typed."""
    return f"{event.deck} {event.number}/{event.total}  {first_line(event.command)}"


def error_lines(error: LivedeckError, *, actions: bool) -> Iterator[str]:
    """An error as lines: what is wrong and where, the details, what to do, for each error it stands for."""
    if isinstance(error, Problems):
        for part in error.errors:
            yield from error_lines(part, actions=actions)
        return
    yield f"{error.at}: {error.message}" if error.at else f"error: {error.message}"
    yield from (f"    | {line}" for line in error.detail)
    yield from (f"  {line}" for line in (error.hint or "").splitlines())
    if actions:
        place = f" file={_property(error.at.path)},line={error.at.line}" if error.at else ""
        yield f"::error{place}::{_escaped(error.message)}"


def printable(text: str) -> str:
    """A line without what a terminal would obey, or a CI log take for a command of its own (`::error::`, `##[...]`)."""
    kept = "".join("\ufffd" if unicodedata.category(c) in _OBEYED and c != "\t" else c for c in text)
    return kept.replace("##[", "# #[")


def first_line(command: str) -> str:
    """The first line of a command, cut where a terminal would wrap it."""
    line = command.split("\n", 1)[0]
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…"


def _escaped(text: str) -> str:
    """GitHub's escapes for the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
