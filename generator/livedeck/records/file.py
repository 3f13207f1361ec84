"""The record file: what a capture leaves in the repository. Write it, read it, and reject what no capture wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

import msgspec
from msgspec import structs

from livedeck.characters import hidden, name
from livedeck.errors import HostError, LivedeckError, StaleRecordError, named, parts, refusing
from livedeck.model import Capture, DeckView, Edition, Failure, Key, Location, Record, RecordedStep
from livedeck.project import bounded

FORMAT = 2
_FORMER_ROWS = 500
"""The height of the terminal where records of format 1 were captured."""
_EXITS = range(256)
_ROWS = range(1, 1001)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_NUMBER = r"(?:0|[1-9]\d{0,6})"
_BYTE = r"(?:1?\d?\d|2[0-4]\d|25[0-5])"
# Bold, underlined ...; 8 and 16 colours of text and ground; one of 256, or red, green and blue; overlined.
_SGR = rf"(?:[1-9]|21|53|[39][0-7]|(?:4|10)[0-7]|[34]8;(?:5;{_BYTE}|2;{_BYTE};{_BYTE};{_BYTE}))"
_STYLE = re.compile(rf"(?P<start>{_NUMBER})-(?P<end>{_NUMBER}) {_SGR}(?:;{_SGR})*", re.ASCII)
# Control characters, and those that change the direction of the text next to them.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# A text may have several lines.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def dump(record: Record) -> str:
    """Return the record as JSON, one line of screen per line of file."""
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False, indent=1) + "\n"


def load(edition: Edition) -> Record:
    """Return the record of an edition.

    Raises:
        StaleRecordError: it is missing, damaged, of another deck or engine, or of another format.
        HostError: it cannot be read.
    """
    path, shown = edition.record, edition.shown(edition.record)
    at, again = Location(shown, 1), f"capture it: livedeck capture {edition.arguments}"
    try:
        data = bounded.read(edition.course.root, path, bounded.RECORD)
    except FileNotFoundError:
        raise StaleRecordError(f"there is no record of {edition}", at=at, hint=again) from None
    except bounded.RefusedError as error:
        raise StaleRecordError(f"the record is damaged: {error.strerror}", at=at, hint=again) from None
    except OSError as error:
        raise HostError(f"cannot read {shown}: {error.strerror}") from None
    return parse(data, shown, edition)


def parse(data: bytes, shown: str, edition: Edition) -> Record:
    """Return the record in `data`, which messages call `shown`. Raises StaleRecordError as `load` does."""

    def stale(wrong: str) -> StaleRecordError:
        return StaleRecordError(wrong, at=Location(shown, 1), hint=f"capture it: livedeck capture {edition.arguments}")

    with refusing(lambda reason: stale(f"the record is damaged: {reason}")):
        try:
            record = _decoded(data)
        except _UnknownFormatError as error:
            raise stale(str(error)) from None
        if (record.deck, record.engine) != (edition.deck.slug, edition.engine):
            raise stale(f"the record is of {record.deck} on {record.engine}")
        if wrong := _impossible(record):
            raise stale(wrong)
    return record


def failure(error: LivedeckError) -> Failure:
    """Return what the record of a failed capture says: the first error, with the messages of any others below it."""
    first, *others = parts(error)
    path, line = (first.at.path, first.at.line) if first.at else ("", 0)
    return Failure(first.message, path, line, (*first.detail, *(other.message for other in others)))


def view(record: Record) -> DeckView:
    """Return what templates see of a record as `deck`: the same while it is captured and when it is replayed."""
    day = record.captured[: len("2026-11-22")]
    return DeckView(record.deck, record.engine, day, record.images.source, record.docker_source.name)


def collect(captures: Sequence[tuple[Key, Capture]], rows: Mapping[int, int]) -> tuple[RecordedStep, ...]:
    """Group captures by execution of a fence, in the order they were made; `rows` are those that fences have."""
    steps: dict[tuple[int, int], list[Capture]] = {}
    for key, capture in captures:
        steps.setdefault((key.fence, key.execution), []).append(capture)
    return tuple(
        RecordedStep(fence, execution, tuple(done), rows.get(fence)) for (fence, execution), done in steps.items()
    )


def keyed(record: Record) -> list[tuple[Key, Capture]]:
    """Return the captures of a record with their keys, in the order they were made: the reverse of `collect`."""
    return [
        (Key(step.fence, step.execution, number), capture)
        for step in record.steps
        for number, capture in enumerate(step.captures)
    ]


class _UnknownFormatError(ValueError):
    """The record has a format that this Livedeck does not read."""


def _decoded(data: bytes) -> Record:
    """Return the record in `data`, in the present format. Raises ValueError where there is none."""
    read = msgspec.json.decode(data)
    json.loads(data, object_pairs_hook=_without_duplicates)
    number = read.get("format") if isinstance(read, dict) else None
    if type(number) is int and number not in (1, FORMAT):
        raise _UnknownFormatError(f"the record has format {number}, this Livedeck reads 1 and {FORMAT}")
    if number != 1:
        return msgspec.convert(read, Record, str_keys=True)
    record = msgspec.convert({**read, "format": FORMAT, "rows": _FORMER_ROWS}, Record, str_keys=True)
    captures = [capture for _, capture in keyed(record)]
    exits = iter(_former_exits(captures))
    steps = [
        structs.replace(step, captures=tuple(structs.replace(capture, exit=next(exits)) for capture in step.captures))
        for step in record.steps
    ]
    return structs.replace(record, steps=tuple(steps))


def _former_exits(captures: Sequence[Capture]) -> Iterator[int | None]:
    """Yield the exit codes in a record of format 1: it says 0 also where nobody knows, at a program that went on."""
    for capture, following in zip_longest(captures, captures[1:]):
        goes_on = following.program if following else capture.program and capture.exit == 0
        yield None if goes_on else capture.exit


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object. Raises ValueError for a duplicate key: readers disagree about which of the two counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _impossible(record: Record) -> str | None:
    """Return what no capture can have written although its types are right; None if there is no such thing."""
    for _, capture in keyed(record):
        if wrong := _impossible_part(capture):
            return (
                f"the record of {named(capture.command)} holds {wrong}"
                if capture.command
                else f"the record holds {wrong}"
            )
    failure = record.failure or Failure("", "", 0)
    # The message of a failure may have several lines.
    checked = (record.captured, record.host, record.images, record.docker, record.files, record.redacted)
    more = (record.machine_lines, record.stand_ins, failure.message.split("\n"), failure.detail)
    texts = _texts(msgspec.to_builtins((*checked, *more)))
    profile = _texts(msgspec.to_builtins(record.profile))
    if any(_HIDDEN.search(text) for text in texts) or any(_CONTROL.search(text) for text in profile):
        return "the record holds control characters"
    names = [name for step in record.steps for name in (step.window, step.machine) if name]
    if not all(_NAME.fullmatch(name) for name in names):
        return "the record holds the name of a window or a machine that cannot be one"
    numbers = [number for step in record.steps for number in (step.fence, step.execution)]
    numbers += [number for claim in record.claims for number in (claim.claim, claim.execution)]
    rows = [record.rows, *(step.rows for step in record.steps if step.rows is not None)]
    if record.columns < 1 or min(numbers, default=0) < 0 or not all(number in _ROWS for number in rows):
        return "the record holds impossible numbers"
    return None


def _impossible_part(capture: Capture) -> str | None:
    """Return what is impossible in a capture; None if there is no such thing."""
    # A prompt may have several lines.
    controls = any(_HIDDEN.search(line) for line in (*capture.prompt.split("\n"), *capture.output))
    if controls or _CONTROL.search(capture.command) or _CONTROL.search(capture.input):
        return "control characters"
    unseen = next((typed[place] for typed in (capture.command, capture.input) for place in hidden(typed)), "")
    if unseen or not (capture.command or capture.program):
        return name(unseen) if unseen else "an empty command"
    kept = 0 <= capture.omitted_after <= len(capture.output)
    if not kept or min(capture.omitted, capture.seconds) < 0 or capture.exit not in (None, *_EXITS):
        return "impossible numbers"
    if capture.failed and not (capture.program and capture.failed in capture.output):
        return "a failure that no line says"
    if not all(_is_styled(capture.output, index, runs) for index, runs in capture.styles.items()):
        return "impossible styles"
    return None


def _is_styled(output: Sequence[str], index: int, runs: str) -> bool:
    """Return whether these can be the styles of an output line: in order, inside the line, of known parameters."""
    if not 0 <= index < len(output):
        return False
    last = 0
    for run in runs.split(", "):
        match = _STYLE.fullmatch(run)
        if match is None or not last <= int(match["start"]) < int(match["end"]) <= len(output[index]):
            return False
        last = int(match["end"])
    return True


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.items()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
