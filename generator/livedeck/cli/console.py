"""What the command line prints: events and errors as lines, reports and documents, and annotations for GitHub."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from livedeck.cli.streams import Stream, harmless, harmless_json
from livedeck.errors import LivedeckError, cut, first_line, parts
from livedeck.model import (
    AnyEvent,
    Comparison,
    Course,
    Failed,
    JobEvent,
    Location,
    Notice,
    Replaced,
    StepFinished,
    StepStarted,
    Wrote,
)

if TYPE_CHECKING:
    from livedeck.records.redaction import Redactor


def secrets_of(course: Course | None) -> Callable[[str], str]:
    """Return what takes secrets out of all that is printed: by the rules of records, with those of the course.

    They are loaded when something is printed. Who runs Livedeck may be named: it is their own terminal.
    """

    @cache
    def redactor(*, own: bool) -> Redactor:
        from livedeck.records.redaction import Operator, redactor  # noqa: PLC0415 (`--help` needs none)

        if course is None or not own:
            return redactor({}, (), Operator())
        return redactor(course.file.redact.rules, course.file.redact.allowed, Operator())

    def clean(text: str) -> str:
        with suppress(LivedeckError):  # a rule of the course is wrong or takes too long, and that is what is printed
            return redactor(own=True).text(text)
        return redactor(own=False).text(text)

    return clean


@dataclass(frozen=True, slots=True)
class Annotation:
    """What GitHub shows at a line of a file; without `at`, at the run."""

    kind: Literal["error", "warning"]
    message: str
    at: Location | None = None
    title: str = ""


@dataclass
class Console:
    """Prints messages on standard error, without secrets, and results on standard output.

    `redact` is what takes the secrets out. On a terminal (`live`) it shows what is running until that is done.
    """

    out: Stream
    err: Stream
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
        """Print a message: one line, whatever is in it."""
        self._clear()
        self.err.write(harmless(self.redact(text)) + "\n")
        self._show_running()

    def text(self, text: str) -> None:
        """Print a message of several lines."""
        for line in self.redact(text).split("\n"):
            self.line(line)

    def error(self, error: LivedeckError) -> None:
        """Print an error. A secret in its details may have several lines."""
        for part in parts(error):
            detail = self.redact("\n".join(part.detail)).split("\n") if part.detail else ()
            for line in error_lines(LivedeckError(part.message, at=part.at, hint=part.hint, detail=detail)):
                self.line(line)

    def clean(self, value: object) -> object:
        """Return a value of JSON without secrets in its texts."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list | tuple):
            return [self.clean(item) for item in value]
        return {key: self.clean(item) for key, item in value.items()} if isinstance(value, dict) else value

    def annotate(self, annotation: Annotation) -> None:
        """Let GitHub show a message at its file and line."""
        place = f"file={_property(annotation.at.path)},line={annotation.at.line}" if annotation.at else ""
        title = f"title={_property(annotation.title)}" if annotation.title else ""
        properties = ",".join(filter(None, (place, title)))
        start = f"::{annotation.kind} {properties}".rstrip()
        self.err.steer(f"{start}::{_escaped(self.redact(annotation.message))}\n")

    def result(self, lines: Iterable[str]) -> None:
        """Print lines for people on standard output. Raises HostError where they do not arrive."""
        self.out.write("".join(f"{harmless(line)}\n" for line in lines))
        self.out.flush()

    def document(self, text: str) -> None:
        """Print a document for programs on standard output, exactly. Raises HostError where it does not arrive."""
        self.out.document(text)

    def json(self, value: object) -> None:
        """Print a value as a JSON document on standard output. Raises HostError where it does not arrive."""
        self.document(harmless_json(json.dumps(value, ensure_ascii=False, indent=1)) + "\n")

    def _show_running(self) -> None:
        if self.running:
            text = harmless(self.redact(" | ".join(self.running.values())))
            self.err.write(text if len(self.running) == 1 else cut(text, shutil.get_terminal_size().columns - 1))
            self.pending = True
        self.err.flush()

    def _clear(self) -> None:
        if self.pending:
            self.err.steer("\r\x1b[2K")
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


def error_lines(error: LivedeckError) -> Iterator[str]:
    """Yield an error as lines: what is wrong and where, the details, what to do; one by one for `Problems`."""
    for part in parts(error):
        yield f"{part.at}: {part.message}" if part.at else f"error: {part.message}"
        yield from (f"    | {line}" for line in part.detail)
        yield from (f"  {line}" for line in (part.hint or "").split("\n") if line)


def error_annotations(error: LivedeckError) -> Iterator[Annotation]:
    """Yield what GitHub shows of an error."""
    for part in parts(error):
        yield Annotation("error", part.message, part.at)


def usage_lines(error: click.ClickException) -> Iterator[str]:
    """Yield what is wrong with the command line, which click has found, as lines."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        yield from context.get_usage().split("\n")
        yield f"Try '{context.command_path} --help' for help."
        yield ""
    yield f"Error: {error.format_message()}"


def drift_annotations(comparison: Comparison, *, several: bool) -> Iterator[Annotation]:
    """Yield what GitHub shows of what drifted; it names the engine if there are several."""
    title = f"drift on {comparison.new.engine}" if several else "drift"
    for claim in comparison.claims:
        if claim.at:
            says = f": now {claim.new.sentence}" if claim.new and claim.new.sentence else ""
            message = f"claim {claim.number} holds by another branch{says}"
            yield Annotation("warning", message, claim.at, title)
    for command in comparison.commands:
        if command.verdict == "drift" and command.at:
            message = f"{first_line(command.command)}: {'; '.join(command.reasons)}"
            yield Annotation("warning", message, command.at, title)


def _escaped(text: str) -> str:
    """Return the message of an annotation as GitHub reads it: newlines are escaped, and the rest is `harmless`."""
    return "%0A".join(harmless(line.replace("%", "%25")) for line in text.split("\n"))


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
