"""Records: what a capture leaves in the repository, and the runner that replays it without executing anything."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from livedeck.errors import HostError, LivedeckError, StaleRecordError, parts
from livedeck.model import Capture, DeckView, Failure, Key, Location, Record, RecordedStep, Step
from livedeck.project import disk

FORMAT = 1
LARGEST = 64 * 1024 * 1024
"""Bytes of a record; a terminal keeps 4,000 lines of a command."""
_EXITS = range(256)
# Control characters, and those that turn the direction of what stands beside them.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# A command has lines, and its author may write in any direction.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def dump(record: Record) -> str:
    """The record as JSON, one line of screen per line of file."""
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=1) + "\n"


def write(path: Path, record: Record) -> None:
    """Put the record in place of the old one, whole or not at all. Raises HostError where the disk does not let us."""
    disk.replace(path, dump(record))


def load(path: Path, shown: str, deck: str, engine: str, arguments: str = "") -> Record:
    """The record at `path`, called `shown` in messages.

    Raises:
        StaleRecordError: it is missing, damaged, of another deck or engine, or of another format.
        HostError: it cannot be read.
    """
    at = Location(shown, 1)
    again = f"capture it: livedeck capture {arguments or deck}"
    try:
        data = _read(path)
    except FileNotFoundError:
        raise StaleRecordError(f"there is no record of {deck} on {engine}", at=at, hint=again) from None
    except OSError as error:
        raise HostError(f"cannot read {shown}: {error.strerror}") from None
    except ValueError as error:
        raise StaleRecordError(f"the record is damaged: {error}", at=at, hint=again) from None
    return parse(data, shown, deck, engine)


def parse(data: bytes, shown: str, deck: str, engine: str) -> Record:
    """The record in `data`, called `shown` in messages. Raises StaleRecordError as `load` does."""
    at = Location(shown, 1)
    again = f"capture it: livedeck capture {deck}"
    try:
        record = msgspec.json.decode(data, type=Record)
        json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise StaleRecordError(f"the record is damaged: {error}", at=at, hint=again) from None
    if record.format != FORMAT:
        raise StaleRecordError(
            f"the record has format {record.format}, this Livedeck reads {FORMAT}", at=at, hint=again
        )
    if (record.deck, record.engine) != (deck, engine):
        raise StaleRecordError(f"the record is of {record.deck} on {record.engine}", at=at, hint=again)
    if (wrong := _wrong(record)) is not None:
        raise StaleRecordError(wrong, at=at, hint=again)
    return record


def failure(error: LivedeckError) -> Failure:
    """What a record of an attempt says: the first error, with the words of any others below it."""
    first, *others = parts(error)
    path, line = (first.at.path, first.at.line) if first.at else ("", 0)
    return Failure(first.message, path, line, (*first.detail, *(other.message for other in others)))


def view(record: Record) -> DeckView:
    """What templates see of a record as `deck`; the same while it is made and when it is replayed."""
    day = record.captured[: len("2026-11-22")]
    return DeckView(record.deck, record.engine, day, record.images.source, record.docker_source.name)


def _read(path: Path) -> bytes:
    """The bytes of a file that can be a record. Raises ValueError for what is none: a pipe or a device never ends."""
    if not stat.S_ISREG((found := path.stat()).st_mode):
        raise ValueError("it is no file")
    if found.st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST // 1024 // 1024} MiB")
    return path.read_bytes()


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object; ValueError for a key that is there twice: readers would not agree which one holds."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _wrong(record: Record) -> str | None:
    """What no capture can have left behind, though its types are right."""
    for step in record.steps:
        for capture in step.captures:
            shown = any(_HIDDEN.search(line) for line in (capture.prompt, *capture.output))
            if shown or _CONTROL.search(capture.command) or _CONTROL.search(capture.input):
                return f"the record of `{first_line(capture.command)}` holds control characters"
            if not capture.command:
                return "the record holds a command without words"
            kept = 0 <= capture.omitted_after <= len(capture.output)
            if not kept or min(capture.omitted, capture.seconds) < 0 or capture.exit not in _EXITS:
                return f"the record of `{first_line(capture.command)}` holds numbers that cannot be"
    told = (record.captured, record.host, record.images, record.docker, record.files)
    texts = msgspec.to_builtins((*told, record.redacted, record.machine_lines))
    failure = record.failure or Failure("", "", 0)
    if any(_HIDDEN.search(text) for text in (*_texts(texts), *failure.message.split("\n"), *failure.detail)):
        return "the record holds control characters"
    numbers = [(step.fence, step.execution) for step in record.steps]
    numbers += [(claim.claim, claim.execution) for claim in record.claims]
    if record.columns < 1 or min((min(pair) for pair in numbers), default=0) < 0:
        return "the record holds numbers that cannot be"
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _texts(pair)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def first_line(command: str) -> str:
    """The first line of a command, for messages."""
    return command.split("\n", 1)[0]


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
        self,
        record: Record,
        split: Callable[[str], tuple[str, ...]],
        redact: Callable[[str], str] = str,
        arguments: str = "",
    ) -> None:
        self._split = split
        self._redact = redact
        self._pending = [
            (Key(step.fence, step.execution, number), capture)
            for step in record.steps
            for number, capture in enumerate(step.captures)
        ]
        self._pending.reverse()
        self._arguments = arguments or record.deck

    def split(self, text: str) -> tuple[str, ...]:
        """The commands of a step: lines where the record has them typed into a program."""
        if self._pending and self._pending[-1][1].program:
            return tuple(line for line in text.split("\n") if line.strip())
        return self._split(text)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """The next capture. Raises StaleRecordError where the template asks for another command."""
        if not self._pending:
            raise self._stale(f"`{first_line(command)}` is not in the record", step.at)
        recorded, capture = self._pending[-1]
        if capture.command != self._redact(command):
            text = f"`{first_line(command)}` is not what was captured here: `{first_line(capture.command)}`"
            raise self._stale(text, step.at)
        if recorded != key:
            raise self._stale(f"`{first_line(command)}` was captured as part of another step", step.at)
        if capture.input != self._redact(step.input or ""):
            raise self._stale(f"`{first_line(command)}` was captured with other input", step.at)
        self._pending.pop()
        return capture

    def finish(self, template: str) -> None:
        """Raise StaleRecordError if the template left captures unused."""
        if self._pending:
            command = first_line(self._pending[-1][1].command)
            number = len(self._pending)
            raise self._stale(
                f"the record has {number} commands more than the template, from `{command}` on", Location(template, 1)
            )

    def _stale(self, message: str, at: Location) -> StaleRecordError:
        return StaleRecordError(message, at=at, hint=f"the record is stale: livedeck capture {self._arguments}")


def differences(steps: Sequence[Step], commands: Sequence[Sequence[str]], record: Record) -> list[str]:
    """What the commands of a template and of a record have not in common, as lines, step by step."""
    from difflib import SequenceMatcher  # noqa: PLC0415 (a record that is of its deck needs none)

    asked = [(step.at, command) for step, own in zip(steps, commands, strict=True) for command in own]
    had = [capture.command for step in record.steps for capture in step.captures]
    lines: list[str] = []
    matcher = SequenceMatcher(None, had, [command for _, command in asked], autojunk=False)
    for _, first, last, start, end in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        lines += [f"- {first_line(command)}   (in the record)" for command in had[first:last]]
        lines += [f"+ {first_line(command)}   ({at})" for at, command in asked[start:end]]
    return lines
