"""What is kept of an output: its first and last lines, however much a command prints."""

from __future__ import annotations

import copy
import re
from collections import deque
from dataclasses import dataclass

KEPT_LINES = 2_000
"""Lines of an overlong output that are kept at each end."""
LONGEST_LINE = 1_000_000
"""Characters of a logical line that are kept; a longer one ends in an ellipsis."""
_TAIL = 1024 * 1024
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
    # A joiner between two pictographs is part of an emoji, and invisible anywhere else.
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)


@dataclass(frozen=True, slots=True)
class Output:
    """The logical lines of a screen; `omitted` more were after the first `omitted_after`."""

    lines: tuple[str, ...]
    omitted: int = 0
    omitted_after: int = 0


class Kept:
    """The first and the last lines of an output, and their number. Blank lines count once a line follows.

    The very first line is the prompt's, and does not count unless something was drawn there.
    """

    def __init__(self) -> None:
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=KEPT_LINES)
        self._blank = -1
        self._total = 0
        self._gap = False

    def add(self, line: str) -> None:
        """Add the next line."""
        cleaned = clean(line)
        if not cleaned:
            self._blank += 1
            return
        for text in (*[""] * self._blank, cleaned):
            (self._last if self._gap or len(self._first) == KEPT_LINES else self._first).append(text)
        self._total += max(self._blank, 0) + 1
        self._blank = 0

    def skip(self, lines: int) -> None:
        """Count dropped lines; only what follows them is kept as the tail."""
        self._total += max(self._blank, 0) + lines
        self._blank = 0
        self._gap = True
        self._last.clear()

    def copy(self) -> Kept:
        """Return a copy, which can go on by itself."""
        return copy.deepcopy(self)

    def output(self) -> Output:
        """Return what was kept."""
        lines = (*self._first, *self._last)
        omitted = self._total - len(lines)
        return Output(lines, omitted, len(self._first) if omitted else 0)


class Tail:
    """The end of an output too long to emulate, from the start of a line. Dropped lines are counted by newlines."""

    def __init__(self) -> None:
        self._blocks: deque[str] = deque()
        self._open: list[str] = []
        self._length = 0
        self._dropped: int | None = None

    def append(self, text: str) -> None:
        """Add text to the last block."""
        self._open.append(text)

    def end_block(self) -> None:
        """Begin another block, and drop blocks of which there are too many."""
        self._blocks.append("".join(self._open))
        self._open = []
        self._length += len(self._blocks[-1])
        while self._length - len(self._blocks[0]) > _TAIL:
            block = self._blocks.popleft()
            self._length -= len(block)
            self._dropped = (self._dropped or 0) + block.count("\n")

    def lines(self, kept: Kept) -> str:
        """Return the text of the last lines; make `kept` skip those before them."""
        lines = "".join((*self._blocks, *self._open)).split("\n")
        more = max(len(lines) - 2 * KEPT_LINES, 0 if self._dropped is None else 1)  # the first may have lost its start
        if more:
            kept.skip((self._dropped or 0) + more)
        return "\n".join(lines[more:])

    def end(self, length: int) -> str:
        """Return the last characters, at most `length`, from the start of a line if one starts there."""
        text = "".join(self._open)
        for block in reversed(self._blocks):
            if len(text) >= length:
                break
            text = block + text
        if len(text) <= length and self._dropped is None:
            return text
        _, newline, rest = text[-length:].partition("\n")
        return rest if newline else text[-length:]


def clean(line: str) -> str:
    """Return a line without control, bidirectional and zero-width characters and trailing spaces, and not too long."""
    text = INVISIBLE.sub("", line[: 2 * LONGEST_LINE]).rstrip()
    return f"{text[:LONGEST_LINE]}…" if len(text) > LONGEST_LINE else text
