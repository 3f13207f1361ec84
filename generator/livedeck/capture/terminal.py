"""Turn bytes into the lines that a screen shows in the end, with avt, the engine of asciinema's player."""

from __future__ import annotations

import codecs
import copy
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from avt import Vt  # type: ignore[attr-defined]
from avt.util import TextUnwrapper  # type: ignore[attr-defined]

EMULATED_ROWS = 20_000
"""Rows that may leave the top of the screen; later lines are only counted, as each costs 2 microseconds."""
KEPT_LINES = 2_000
"""Lines of an overlong output that are kept at each end."""
LONGEST_OUTPUT = 64 * 1024 * 1024
"""Bytes after which a command is stopped."""
LONGEST_LINE = 20_000
"""Characters of a logical line that are kept; a longer one ends in an ellipsis."""
_BLOCK = 8 * 1024
"""Characters given to the emulator at a time. Until it is done it holds 2.8 kB for each row that scrolls."""
_ESCAPED_BLOCK = 256
"""The same if there are escape sequences, five characters of which can scroll the whole screen."""
_TAIL = 1024 * 1024
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
    # A joiner between two pictographs is part of an emoji, and invisible anywhere else.
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")


@dataclass(frozen=True, slots=True)
class Output:
    """The logical lines of a screen; `omitted` more were after the first `omitted_after`."""

    lines: tuple[str, ...]
    omitted: int = 0
    omitted_after: int = 0


class Screen:
    """A terminal with nothing but a prompt. Feed it bytes, cut anywhere; ask it for its lines at any time.

    The prompt's row is not a line, but programs know that it is there (docker build goes up to it and down again).

    Args:
        columns: its width; lines wrapped at it are joined again.
        rows: its height, so tall that a program that redraws never reaches the upper edge.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self._size = (columns, rows)
        self._emulator = _Emulator(columns, rows)
        self._kept = _Kept()
        self._emulator.feed("\r\n", self._kept)
        self._tail: _Tail | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self.bytes = 0

    def feed(self, data: bytes) -> None:
        """Show `data`."""
        self.bytes += len(data)
        text = self._text + self._decoder.decode(data)
        whole = len(text) - len(text) % _BLOCK
        for start in range(0, whole, _BLOCK):  # the same blocks, however the bytes were cut
            self._show(text[start : start + _BLOCK])
        self._text = text[whole:]

    def output(self) -> Output:
        """Return what the screen shows now, with what scrolled off it, without blank lines at its end."""
        self._show(self._text)
        self._text = ""
        kept = copy.deepcopy(self._kept)
        if self._tail is None:
            self._emulator.show(kept)
        else:
            self._tail.replay(_Emulator(*self._size), kept)
        return kept.output()

    def _show(self, text: str) -> None:
        if self._tail is None and self._emulator.rows > EMULATED_ROWS:
            line, newline, text = text.partition("\n")
            self._emulator.feed(line + newline, self._kept)
            if newline or self._emulator.rows > 2 * EMULATED_ROWS:
                self._emulator.show(self._kept)
                self._tail = _Tail()
        if self._tail is not None:
            self._tail.append(text)
        else:
            self._emulator.feed(text, self._kept)


class _Emulator:
    """The emulator; it joins the rows that scroll off it to logical lines."""

    def __init__(self, columns: int, rows: int) -> None:
        self._vt = Vt(columns, rows, 0)
        self._unwrapper = TextUnwrapper()
        self._started = ""
        self.rows = 0

    def feed(self, text: str, kept: _Kept) -> None:
        step = _ESCAPED_BLOCK if "\x1b" in text or "\x9b" in text else _BLOCK
        for start in range(0, len(text), step):
            _, scrolled = self._vt.feed_str(text[start : start + step])
            self.rows += len(scrolled)
            for row in scrolled:
                if (line := self._unwrapper.push(row)) is not None:
                    kept.add(self._started + line)
                    self._started = ""

    def show(self, kept: _Kept) -> None:
        """Keep what is on the screen, at least down to the cursor; a full-screen program has a screen of its own."""
        rows = self._vt.view()
        while len(rows) > self._vt.cursor.row and not rows[-1].text.strip():
            rows.pop()
        self._started += self._unwrapper.flush() or ""  # the line that began above the screen
        unwrapper = TextUnwrapper()
        lines = [line for row in rows if (line := unwrapper.push(row)) is not None]
        rest = unwrapper.flush()
        first, *others = [*lines, *([] if rest is None else [rest])] or [""]
        for line in (self._started + first, *others):
            kept.add(line)


class _Kept:
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

    def output(self) -> Output:
        lines = (*self._first, *self._last)
        omitted = self._total - len(lines)
        return Output(lines, omitted, len(self._first) if omitted else 0)


class _Tail:
    """The end of an output too long to emulate, from the start of a line. Dropped lines are counted by newlines."""

    def __init__(self) -> None:
        self._blocks: deque[str] = deque()
        self._length = 0
        self._dropped: int | None = None

    def append(self, text: str) -> None:
        self._blocks.append(text)
        self._length += len(text)
        while self._length - len(self._blocks[0]) > _TAIL:
            block = self._blocks.popleft()
            self._length -= len(block)
            self._dropped = (self._dropped or 0) + block.count("\n")

    def replay(self, emulator: _Emulator, kept: _Kept) -> None:
        """Show the last lines on `emulator`, a fresh one."""
        lines = "".join(self._blocks).split("\n")
        more = max(len(lines) - 2 * KEPT_LINES, 0 if self._dropped is None else 1)  # the first may have lost its start
        if more:
            kept.skip((self._dropped or 0) + more)
        emulator.feed("\n".join(lines[more:]), kept)
        emulator.show(kept)


def clean(line: str) -> str:
    """Return a line without control, bidirectional and zero-width characters and trailing spaces, and not too long."""
    text = _INVISIBLE.sub("", line[: 2 * LONGEST_LINE]).rstrip()
    return f"{text[:LONGEST_LINE]}…" if len(text) > LONGEST_LINE else text


def one_line(data: bytes, columns: int) -> str:
    """Return the last line that `data` draws, with its trailing spaces: a prompt."""
    screen = Vt(columns, 24)
    screen.feed_str(data.decode("utf-8", "replace") + "\x1b[m|")
    lines = [line for line in screen.text() if line.strip()]
    return _INVISIBLE.sub("", lines[-1].rpartition("|")[0] if lines else "")


def plain(data: bytes) -> str:
    """Return bytes of a terminal as text, without escape sequences and carriage returns."""
    return _ESCAPES.sub(b"", data).replace(b"\r", b"").decode(errors="replace")


def without_echo(lines: Sequence[str], at: str | None, text: str, prompt: str | None) -> tuple[str, ...]:
    """Return what a program printed for `text` typed at its prompt `at`, without text and prompts."""
    shown = list(lines)
    if at is not None and shown and shown[0].startswith(at.rstrip()):
        first = shown[0].removeprefix(at.rstrip()).strip()
        shown[:1] = [] if first in ("", text.strip()) else [first]
    if prompt is not None and shown and shown[-1].rstrip() == prompt.rstrip():
        shown.pop()
    return tuple(shown)
