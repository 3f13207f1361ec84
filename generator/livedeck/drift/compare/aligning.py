"""Which command of one record is which of another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

from livedeck.drift.compare.rows import command_row
from livedeck.model import Capture, Key, Record
from livedeck.records.volatile import Vocabulary

Keyed = tuple[Key, Capture]
Couple = tuple[Keyed | None, Keyed | None]


def captures(record: Record) -> list[Keyed]:
    """The captures of a record with their keys, in the order they were made."""
    return [
        (Key(step.fence, step.execution, number), capture)
        for step in record.steps
        for number, capture in enumerate(step.captures)
    ]


def couples(
    old: Sequence[Keyed], new: Sequence[Keyed], mine: Vocabulary, other: Vocabulary, *, same_steps: bool
) -> Iterator[Couple]:
    """Each command with what it was before; None where there is no such command.

    With `same_steps` both records are of one template, and their keys tell. Without, commands that stand between the
    same others, as many as before, are taken for what they were before in another form.
    """
    before: Sequence[Hashable] = [key for key, _ in old] if same_steps else _words(old, mine)
    after: Sequence[Hashable] = [key for key, _ in new] if same_steps else _words(new, other)
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" or (last - first == end - start and not same_steps):
            yield from zip(old[first:last], new[start:end], strict=True)
        else:
            yield from ((item, None) for item in old[first:last])
            yield from ((None, item) for item in new[start:end])


def _words(items: Sequence[Keyed], known: Vocabulary) -> list[str]:
    return [command_row(capture.command, known).shape for _, capture in items]
