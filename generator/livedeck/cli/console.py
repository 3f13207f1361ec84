"""What the command line prints: events and errors as lines, for a terminal, a log or GitHub Actions.

Lines of a captured terminal get a bar in front: GitHub Actions would obey one that begins with `::`, even if indented.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from livedeck.errors import LivedeckError, Problems, cut, first_line
from livedeck.model import (
    AnyEvent,
    Comparison,
    Failed,
    JobEvent,
    Location,
    Notice,
    Replaced,
    StepFinished,
    StepStarted,
    Wrote,
)

_OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass
class Console:
    """Prints lines to a stream, without secrets; on a terminal it shows what is running until that is done."""

    stream: TextIO
    live: bool
    redact: Callable[[str], str]
    running: dict[str, str] = field(default_factory=dict)
    pending: bool = False

    def report(self, event: AnyEvent) -> None:
        """Show an event."""
        job, happened = (event.job, event.event) if isinstance(event, JobEvent) else ("", event)
        if isinstance(happened, StepStarted):
            if self.live:
                self.running[job] = running_line(happened, job)
                self._clear()
                self._show_running()
        elif isinstance(happened, Replaced):
            from livedeck.drift import as_lines  # noqa: PLC0415 (only a capture needs it)

            columns = shutil.get_terminal_size().columns if self.live and not job else None
            for row in as_lines(happened.comparison, short=True, columns=columns):
                self.line(f"{job}: {row}" if job else row)
        elif line := event_line(event, Path.cwd()):
            if not isinstance(happened, Notice):
                self.running.pop(job, None)
            self.line(line)

    def line(self, text: str) -> None:
        """Print one line."""
        self._clear()
        self.stream.write(printable(self.redact(text)) + "\n")
        self._show_running()

    def _show_running(self) -> None:
        if self.running:
            text = printable(self.redact(" | ".join(self.running.values())))
            self.stream.write(text if len(self.running) == 1 else cut(text, shutil.get_terminal_size().columns - 1))
            self.pending = True
        self.stream.flush()

    def _clear(self) -> None:
        if self.pending:
            self.stream.write("\r\x1b[2K")
            self.pending = False


def event_line(event: AnyEvent, here: Path) -> str | None:
    """Return an event as a line; None for one that gets no line. Paths are shown relative to `here`."""
    match event:
        case JobEvent(job, happened):
            line = event_line(replace(happened, deck=job) if isinstance(happened, StepFinished) else happened, here)
            return line if line is None or isinstance(happened, StepFinished) else f"{job}: {line}"
        case Notice():
            return event.text
        case Failed():
            return f"failed: {event.text}"
        case StepStarted() | Replaced():
            return None
        case StepFinished():
            code = f"  exit {event.capture.exit}" if event.capture.exit else ""
            code += "  failed" if event.capture.failed else ""
            command = first_line(event.capture.command)
            return f"{event.deck} {event.number}/{event.total}  {command}  {event.capture.seconds:.1f} s{code}"
        case Wrote():
            path = event.path.relative_to(here) if event.path.is_relative_to(here) else event.path
            return f"wrote {path}"


def running_line(event: StepStarted, job: str = "") -> str:
    """Return the command that is being typed; for one of several jobs only its progress, so that all fit on a line."""
    done = f"{job or event.deck} {event.number}/{event.total}"
    return done if job else f"{done}  {first_line(event.command)}"


def error_lines(error: LivedeckError, *, actions: bool) -> Iterator[str]:
    """Yield an error as lines: what is wrong and where, the details, what to do; one by one for `Problems`."""
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


def drift_notes(comparison: Comparison, *, several: bool) -> Iterator[str]:
    """Yield GitHub's annotations for what drifted; they name the engine if there are several."""
    title = f"drift on {comparison.new.engine}" if several else "drift"
    for claim in comparison.claims:
        if claim.at:
            says = f": now {claim.new.sentence}" if claim.new and claim.new.sentence else ""
            yield _note(title, claim.at, f"claim {claim.number} holds by another branch{says}")
    for command in comparison.commands:
        if command.verdict == "drift" and command.at:
            yield _note(title, command.at, f"{first_line(command.command)}: {'; '.join(command.reasons)}")


def _note(title: str, at: Location, message: str) -> str:
    return f"::warning file={_property(at.path)},line={at.line},title={_property(title)}::{_escaped(message)}"


def printable(text: str) -> str:
    """Return a line without what a terminal or a CI log (`::error::`, `##[...]`) would obey."""
    kept = "".join("\ufffd" if unicodedata.category(c) in _OBEYED and c != "\t" else c for c in text)
    return kept.replace("##[", "# #[")


def _escaped(text: str) -> str:
    """Escape the message of a workflow command for GitHub."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
