"""Records: what a capture leaves in the repository, and the runner that replays it without executing anything."""

from __future__ import annotations

import json
import os
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import msgspec

from generator.errors import HostError, StaleRecordError
from generator.model import Capture, Key, Location, Record, RecordedStep, Step

FORMAT = 1


def path_of(folder: Path, engine: str) -> Path:
    """Where the record of an engine lies in a folder of records."""
    return folder / f"{engine}.json"


def dump(record: Record) -> str:
    """The record as JSON, one line of screen per line of file."""
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=1) + "\n"


def write(path: Path, record: Record) -> None:
    """Put the record in place of the old one, whole or not at all. Raises HostError where the disk does not let us."""
    try:
        replace(path, dump(record))
    except OSError as error:
        raise HostError(f"cannot write {path}: {error.strerror}", hint="the old record is untouched") from None


def replace(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old or the new one, also after a crash. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path, shown: str, deck: str, engine: str) -> Record:
    """The record at `path`, called `shown` in messages.

    Raises:
        StaleRecordError: it is missing, damaged, of another deck or engine, or of another format.
        HostError: it cannot be read.
    """
    at = Location(shown, 1)
    again = f"capture it: livedeck capture {deck}"
    try:
        record = msgspec.json.decode(path.read_bytes(), type=Record)
    except FileNotFoundError:
        raise StaleRecordError(f"there is no record of {deck} on {engine}", at=at, hint=again) from None
    except OSError as error:
        raise HostError(f"cannot read {shown}: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise StaleRecordError(f"the record is damaged: {error}", at=at, hint=again) from None
    if record.format != FORMAT:
        raise StaleRecordError(
            f"the record has format {record.format}, this Livedeck reads {FORMAT}", at=at, hint=again
        )
    if (record.deck, record.engine) != (deck, engine):
        raise StaleRecordError(f"the record is of {record.deck} on {record.engine}", at=at, hint=again)
    for step in record.steps:
        for capture in step.captures:
            if any(unicodedata.category(c) in ("Cc", "Cs") for text in (capture.prompt, *capture.output) for c in text):
                raise StaleRecordError(f"the record of `{capture.command}` holds control characters", at=at, hint=again)
    return record


def collect(captures: Sequence[tuple[Key, Capture]]) -> tuple[RecordedStep, ...]:
    """Captures in the order they were made, grouped by execution of a fence."""
    steps: dict[tuple[int, int], list[Capture]] = {}
    for key, capture in captures:
        steps.setdefault((key.fence, key.execution), []).append(capture)
    return tuple(RecordedStep(fence, execution, tuple(done)) for (fence, execution), done in steps.items())


class Replay:
    """Answers with what a record holds; the same commands in the same order, or the record is stale."""

    def __init__(self, record: Record) -> None:
        self._pending = [
            (Key(step.fence, step.execution, number), capture)
            for step in record.steps
            for number, capture in enumerate(step.captures)
        ]
        self._pending.reverse()
        self._deck = record.deck

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """The next capture. Raises StaleRecordError where the template asks for another command."""
        if not self._pending:
            raise self._stale(f"`{command.splitlines()[0]}` is not in the record", step.at)
        recorded, capture = self._pending[-1]
        if capture.command != command:
            text = f"`{command.splitlines()[0]}` is not what was captured here: `{capture.command.splitlines()[0]}`"
            raise self._stale(text, step.at)
        if recorded != key:
            raise self._stale(f"`{command.splitlines()[0]}` was captured as part of another step", step.at)
        self._pending.pop()
        return capture

    def finish(self, template: str) -> None:
        """Raise StaleRecordError if the template left captures unused."""
        if self._pending:
            command = self._pending[-1][1].command.splitlines()[0]
            number = len(self._pending)
            raise self._stale(
                f"the record has {number} commands more than the template, from `{command}` on", Location(template, 1)
            )

    def _stale(self, message: str, at: Location) -> StaleRecordError:
        return StaleRecordError(message, at=at, hint=f"the record is stale: livedeck capture {self._deck}")
