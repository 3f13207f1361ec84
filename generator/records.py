"""Records: what a capture leaves in the repository, and the runner that replays it without executing anything."""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from generator import disk
from generator.errors import HostError, StaleRecordError
from generator.model import Capture, Key, Location, Record, RecordedStep, Step

FORMAT = 1


def dump(record: Record) -> str:
    """The record as JSON, one line of screen per line of file."""
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=1) + "\n"


def write(path: Path, record: Record) -> None:
    """Put the record in place of the old one, whole or not at all. Raises HostError where the disk does not let us."""
    disk.replace(path, dump(record))


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
            typed = capture.command.replace("\n", "").replace("\t", "")
            if any(
                unicodedata.category(c) in ("Cc", "Cs")
                for text in (capture.prompt, typed, *capture.output)
                for c in text
            ):
                raise StaleRecordError(f"the record of `{capture.command}` holds control characters", at=at, hint=again)
    return record


def _hidden(text: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cs") for c in text)


def collect(captures: Sequence[tuple[Key, Capture]]) -> tuple[RecordedStep, ...]:
    """Captures in the order they were made, grouped by execution of a fence."""
    steps: dict[tuple[int, int], list[Capture]] = {}
    for key, capture in captures:
        steps.setdefault((key.fence, key.execution), []).append(capture)
    return tuple(RecordedStep(fence, execution, tuple(done)) for (fence, execution), done in steps.items())


class Replay:
    """Answers with what a record holds; the same commands in the same order, or the record is stale.

    Commands are compared as they were recorded, that is after `redact`; `split` cuts a text into bash's commands.
    """

    def __init__(
        self, record: Record, split: Callable[[str], tuple[str, ...]], redact: Callable[[str], str] = str
    ) -> None:
        self._split = split
        self._redact = redact
        self._pending = [
            (Key(step.fence, step.execution, number), capture)
            for step in record.steps
            for number, capture in enumerate(step.captures)
        ]
        self._pending.reverse()
        self._deck = record.deck

    def split(self, text: str) -> tuple[str, ...]:
        """The commands of a step: lines where the record has them typed into a program."""
        if self._pending and self._pending[-1][1].program:
            return tuple(line for line in text.split("\n") if line.strip())
        return self._split(text)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """The next capture. Raises StaleRecordError where the template asks for another command."""
        if not self._pending:
            raise self._stale(f"`{command.splitlines()[0]}` is not in the record", step.at)
        recorded, capture = self._pending[-1]
        if capture.command != self._redact(command):
            text = f"`{command.splitlines()[0]}` is not what was captured here: `{capture.command.splitlines()[0]}`"
            raise self._stale(text, step.at)
        if recorded != key:
            raise self._stale(f"`{command.splitlines()[0]}` was captured as part of another step", step.at)
        if capture.input != self._redact(step.input or ""):
            raise self._stale(f"`{command.splitlines()[0]}` was captured with other input", step.at)
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


def differences(steps: Sequence[Step], commands: Sequence[Sequence[str]], record: Record) -> list[str]:
    """What the commands of a template and of a record have not in common, as lines, step by step."""
    asked = [(step.at, command) for step, own in zip(steps, commands, strict=True) for command in own]
    had = [capture.command for step in record.steps for capture in step.captures]
    lines: list[str] = []
    matcher = difflib.SequenceMatcher(None, had, [command for _, command in asked], autojunk=False)
    for _, first, last, start, end in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        lines += [f"- {command.splitlines()[0]}   (in the record)" for command in had[first:last]]
        lines += [f"+ {command.splitlines()[0]}   ({at})" for at, command in asked[start:end]]
    return lines
