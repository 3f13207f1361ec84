"""Find the command of one record that is a command of the other."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

from livedeck.drift.compare.rows import command_row
from livedeck.model import Capture, Key
from livedeck.records.volatile import Vocabulary

Keyed = tuple[Key, Capture]
Couple = tuple[Keyed | None, Keyed | None]


def couples(
    old: Sequence[Keyed], new: Sequence[Keyed], mine: Vocabulary, other: Vocabulary, *, same_steps: bool
) -> Iterator[Couple]:
    """Yield each command with what it was before; None where there is no such command.

    With `same_steps` both records are of one template, so equal keys mean the same command. Otherwise commands between
    the same neighbours are taken for the old ones in another form, provided that there are as many as before.
    """
    before: Sequence[Hashable] = [key for key, _ in old]
    after: Sequence[Hashable] = [key for key, _ in new]
    if not same_steps:
        before = [command_row(capture.command, mine).shape for _, capture in old]
        after = [command_row(capture.command, other).shape for _, capture in new]
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" or (last - first == end - start and not same_steps):
            yield from zip(old[first:last], new[start:end], strict=True)
        else:
            yield from ((item, None) for item in old[first:last])
            yield from ((None, item) for item in new[start:end])
