"""Bytes to lines: what a screen shows once everything on it has happened (avt, the engine of asciinema's player)."""

from __future__ import annotations

import codecs
import unicodedata
from collections import deque
from dataclasses import dataclass

from avt import Vt  # type: ignore[attr-defined]

FEED = 64 * 1024
"""Bytes handed to the emulator at a time."""
EMULATED_LINES = 5_000
EMULATED_BYTES = 4 * 1024 * 1024
"""Beyond either, lines are only counted: the emulator needs about 2.8 kB a line."""
KEPT_LINES = 2_000
"""How many lines of an overlong output are kept at each end."""
LONGEST_OUTPUT = 64 * 1024 * 1024
"""Bytes after which a command is stopped."""
LONGEST_LINE = 20_000
"""Characters of a logical line that are kept; a longer one ends in an ellipsis."""
_TAIL_BYTES = 1024 * 1024
_INVISIBLE = frozenset(
    [*range(0x200B, 0x200D), 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0x061C]
)


@dataclass(frozen=True, slots=True)
class Output:
    """The logical lines of a screen; `omitted` more stood after the first `omitted_after`."""

    lines: tuple[str, ...]
    omitted: int = 0
    omitted_after: int = 0


class Screen:
    """A terminal that starts empty. Feed it bytes, cut anywhere; ask it for its lines.

    Args:
        columns: its width; soft wraps at this width are joined again in the lines.
        rows: its height; tall enough that a program that redraws never meets the upper edge.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self._size = (columns, rows)
        self._vt = Vt(columns, rows)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rows_fed = 0
        self._tail: deque[str] = deque()
        self._tail_length = 0
        self._counted = 0
        self.bytes = 0

    def feed(self, data: bytes) -> None:
        """Show `data`."""
        self.bytes += len(data)
        for start in range(0, len(data), FEED):
            self._show(self._decoder.decode(data[start : start + FEED]))

    def output(self) -> Output:
        """What the screen shows now, with what scrolled off it; trailing blank lines and blanks do not count."""
        head = _lines(self._vt)
        if not self._tail:
            return Output(_finished(head))
        last = Vt(*self._size)
        last.feed_str(
            "".join(self._tail).partition("\n")[2] if self._counted > len(self._tail) else "".join(self._tail)
        )
        tail = _lines(last)[-KEPT_LINES:]
        total = len(head) + self._counted
        first = head[:KEPT_LINES]
        omitted = max(total - len(first) - len(tail), 0)
        return Output(_finished([*first, *tail]), omitted, len(first) if omitted else 0)

    def _show(self, text: str) -> None:
        self._rows_fed += text.count("\n") + len(text) // self._size[0]
        if not self._tail and self._rows_fed <= EMULATED_LINES and self.bytes <= EMULATED_BYTES:
            self._vt.feed_str(text)
            return
        self._counted += text.count("\n")
        self._tail.append(text)
        self._tail_length += len(text)
        while self._tail_length - len(self._tail[0]) > _TAIL_BYTES:
            self._tail_length -= len(self._tail.popleft())


def clean(line: str) -> str:
    """A line without what nobody sees: control, bidirectional and zero-width characters, trailing blanks."""
    kept = (c for c in line if ord(c) not in _INVISIBLE and unicodedata.category(c) not in ("Cc", "Cs"))
    text = "".join(kept).rstrip()
    if len(text) > LONGEST_LINE:
        text = f"{text[:LONGEST_LINE]}…"
    return text


def one_line(data: bytes, columns: int) -> str:
    """The last line of what `data` draws, trailing blanks included: a prompt."""
    screen = Vt(columns, 24)
    screen.feed_str(data.decode("utf-8", "replace") + "\x1b[m|")
    lines = [line for line in screen.text() if line.strip()]
    text = lines[-1].rpartition("|")[0] if lines else ""
    return "".join(c for c in text if ord(c) not in _INVISIBLE and unicodedata.category(c) != "Cc")


def _lines(screen: Vt) -> list[str]:
    lines = [line.rstrip() for line in screen.text()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _finished(lines: list[str]) -> tuple[str, ...]:
    return tuple(clean(line) for line in lines)
