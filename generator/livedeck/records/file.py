"""The record file: what a capture leaves in the repository. Write it, read it, and reject what no capture wrote."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from livedeck.errors import HostError, LivedeckError, StaleRecordError, named, parts
from livedeck.model import Capture, DeckView, Edition, Failure, Key, Location, Record, RecordedStep
from livedeck.project import disk

FORMAT = 1
LARGEST = 64 * 1024 * 1024
"""The largest record in bytes; a terminal keeps 4,000 lines of a command."""
_EXITS = range(256)
# Control characters, and those that change the direction of the text next to them.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# A command may have several lines, and its author may write in any direction.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def dump(record: Record) -> str:
    """Return the record as JSON, one line of screen per line of file."""
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=1) + "\n"


def write(path: Path, record: Record) -> None:
    """Replace the file with the record, as a whole or not at all. Raises HostError if it cannot be written."""
    disk.replace(path, dump(record))


def load(edition: Edition) -> Record:
    """Return the record of an edition.

    Raises:
        StaleRecordError: it is missing, damaged, of another deck or engine, or of another format.
        HostError: it cannot be read.
    """
    path, shown = edition.record, edition.shown(edition.record)
    at, again = Location(shown, 1), f"capture it: livedeck capture {edition.arguments}"
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:  # reading a pipe or a device would never end
            wrong = f"it is not a file, or has more than {LARGEST // 1024 // 1024} MiB"
            raise StaleRecordError(f"the record is damaged: {wrong}", at=at, hint=again)
        data = path.read_bytes()
    except FileNotFoundError:
        raise StaleRecordError(f"there is no record of {edition}", at=at, hint=again) from None
    except OSError as error:
        raise HostError(f"cannot read {shown}: {error.strerror}") from None
    return parse(data, shown, edition)


def parse(data: bytes, shown: str, edition: Edition) -> Record:
    """Return the record in `data`, which messages call `shown`. Raises StaleRecordError as `load` does."""
    try:
        record = msgspec.json.decode(data, type=Record)
        json.loads(data, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        wrong: str | None = f"the record is damaged: {error}"
    else:
        if record.format != FORMAT:
            wrong = f"the record has format {record.format}, this Livedeck reads {FORMAT}"
        elif (record.deck, record.engine) != (edition.deck.slug, edition.engine):
            wrong = f"the record is of {record.deck} on {record.engine}"
        else:
            wrong = _impossible(record)
    if wrong is None:
        return record
    raise StaleRecordError(wrong, at=Location(shown, 1), hint=f"capture it: livedeck capture {edition.arguments}")


def failure(error: LivedeckError) -> Failure:
    """Return what the record of a failed capture says: the first error, with the messages of any others below it."""
    first, *others = parts(error)
    path, line = (first.at.path, first.at.line) if first.at else ("", 0)
    return Failure(first.message, path, line, (*first.detail, *(other.message for other in others)))


def view(record: Record) -> DeckView:
    """Return what templates see of a record as `deck`: the same while it is captured and when it is replayed."""
    day = record.captured[: len("2026-11-22")]
    return DeckView(record.deck, record.engine, day, record.images.source, record.docker_source.name)


def collect(captures: Sequence[tuple[Key, Capture]]) -> tuple[RecordedStep, ...]:
    """Group captures by execution of a fence, in the order they were made."""
    steps: dict[tuple[int, int], list[Capture]] = {}
    for key, capture in captures:
        steps.setdefault((key.fence, key.execution), []).append(capture)
    return tuple(RecordedStep(fence, execution, tuple(done)) for (fence, execution), done in steps.items())


def keyed(record: Record) -> list[tuple[Key, Capture]]:
    """Return the captures of a record with their keys, in the order they were made: the reverse of `collect`."""
    return [
        (Key(step.fence, step.execution, number), capture)
        for step in record.steps
        for number, capture in enumerate(step.captures)
    ]


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object. Raises ValueError for a duplicate key: readers disagree about which of the two counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _impossible(record: Record) -> str | None:
    """Return what no capture can have written although its types are right; None if there is no such thing."""
    for step in record.steps:
        for capture in step.captures:
            hidden = any(_HIDDEN.search(line) for line in (capture.prompt, *capture.output))
            if hidden or _CONTROL.search(capture.command) or _CONTROL.search(capture.input):
                return f"the record of {named(capture.command)} holds control characters"
            if not capture.command:
                return "the record holds an empty command"
            kept = 0 <= capture.omitted_after <= len(capture.output)
            if not kept or min(capture.omitted, capture.seconds) < 0 or capture.exit not in _EXITS:
                return f"the record of {named(capture.command)} holds impossible numbers"
    failure = record.failure or Failure("", "", 0)
    # The message of a failure may have several lines.
    checked = (record.captured, record.host, record.images, record.docker, record.files, record.redacted)
    texts = _texts(msgspec.to_builtins((*checked, record.machine_lines, failure.message.split("\n"), failure.detail)))
    if any(_HIDDEN.search(text) for text in texts):
        return "the record holds control characters"
    numbers = [number for step in record.steps for number in (step.fence, step.execution)]
    numbers += [number for claim in record.claims for number in (claim.claim, claim.execution)]
    if record.columns < 1 or min(numbers, default=0) < 0:
        return "the record holds impossible numbers"
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.items()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
