"""Turn bytes into the lines that a screen shows in the end."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from avt import Vt  # type: ignore[attr-defined]

from livedeck.capture.emulator import INCOMPLETE, LONGEST_INCOMPLETE, Emulator
from livedeck.capture.output import INVISIBLE, KEPT_LINES, LONGEST_LINE, Kept, Output, Tail
from livedeck.capture.queries import QUESTION
from livedeck.capture.rows import BLOCK

__all__ = [
    "EMULATED_ROWS",
    "KEPT_LINES",
    "LONGEST_LINE",
    "LONGEST_OUTPUT",
    "CursorLine",
    "Output",
    "Screen",
    "plain",
    "prompt_text",
    "without_echo",
]

EMULATED_ROWS = 20_000
"""Rows that may leave the top of the screen; later lines are only counted, as emulating them takes too long."""
LONGEST_OUTPUT = 64 * 1024 * 1024
"""Bytes after which a command is stopped."""
_RECENT = 1024
"""Characters that are looked at for what the line at the cursor is like."""
_ANSWERED = 1_000
"""Questions that are answered when lines are only counted; each then costs an emulator."""
_C1 = {"\x9b": "\x1b[", "\x9d": "\x1b]", "\x8d": "\x1bM"}
_PASTING = "\x1b[?2004"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
_BACK = re.compile(r"[\r\b]|\x1b(?:\[\d*[DG`]|\[[\d;]*[Hf]|\[[12]K|8)")
_REDRAWN = re.compile("[^\\s\x00-\x1f\x7f]\\s*\r.*[^\\s\x00-\x1f\x7f]", re.DOTALL)
_CURSOR = "\ufdd1"


@dataclass(frozen=True, slots=True)
class CursorLine:
    """The logical line on which the cursor stands.

    Attributes:
        text: up to the cursor with its blanks, or up to its last character if that is further.
        redrawn: since the line began, something was written over or in place of what had been written: a progress bar.
    """

    text: str
    redrawn: bool

    @property
    def fresh(self) -> bool:
        """Whether nothing is on it."""
        return not self.text


class Screen:
    """A terminal with nothing but a prompt. Feed it bytes, cut anywhere; ask it for its lines at any time.

    The prompt's row is not a line, but programs know that it is there (docker build goes up to it and down again).

    Args:
        columns: its width; lines wrapped at it are joined again.
        rows: its height.
        tabs: the columns of its tab stops, from 0, if they are not every eight columns.
    """

    def __init__(self, columns: int, rows: int, tabs: Sequence[int] | None = None) -> None:
        self._size = (columns, rows)
        self._default_tabs = tuple(range(8, columns - 1, 8))
        self._emulator = Emulator(columns, rows, Kept())
        if tabs is not None:
            self._emulator.feed("\x1b[3g" + "".join(f"\x1b[{column + 1}G\x1bH" for column in tabs) + "\r")
        self._emulator.feed("\r\n")
        self._tail: Tail | None = None
        self._is_full = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._incomplete = ""
        self._shown = 0
        self._block_end = BLOCK
        self._unanswered = _ANSWERED
        self._line = ""
        self.bytes = 0
        self.pasting = False
        """Whether a line editor waits: a program has asked for bracketed paste, and not taken that back."""

    @property
    def cursor_keys(self) -> bool:
        """Whether the cursor keys send `ESC O A` instead of `ESC [ A`, as a program asked for."""
        return self._now().cursor_keys

    @property
    def is_alternate(self) -> bool:
        """Whether a program has the whole screen for itself, as editors and pagers do."""
        return self._now().is_alternate

    @property
    def cursor_line(self) -> CursorLine:
        """The line on which the cursor stands now."""
        drawn = _ESCAPES.sub("", _BACK.sub("\r", self._line))
        return CursorLine(self._now().cursor_line, _REDRAWN.search(drawn) is not None)

    @property
    def tabs(self) -> tuple[int, ...] | None:
        """The columns of the tab stops, None if they are every eight columns."""
        tabs = self._emulator.tabs
        return None if tabs == self._default_tabs else tabs

    def feed(self, data: bytes) -> bytes:
        """Show `data`; return what the terminal answers to questions in it."""
        self.bytes += len(data)
        text = self._decoder.decode(data)
        if not text.isascii():
            for control, sequence in _C1.items():
                text = text.replace(control, sequence)
        text = self._incomplete + text
        at = _whole(text)
        self._incomplete = text[at:]
        return self._show(text[:at]).encode()

    def output(self) -> Output:
        """Return what the screen shows now, with what scrolled off it, without blank lines at its end."""
        if self._tail is None:
            return self._emulator.output()
        kept = self._emulator.kept()
        text = self._tail.lines(kept)
        emulator = Emulator(*self._size, kept)
        emulator.feed(text)
        return emulator.output()

    def _now(self) -> Emulator:
        """Return an emulator in the present state, as far as its last line goes."""
        if self._tail is None:
            return self._emulator
        emulator = Emulator(*self._size, Kept())
        emulator.feed(self._tail.end(_RECENT))
        return emulator

    def _show(self, text: str) -> str:
        """Show whole sequences. The same blocks are counted, however the bytes were cut."""
        if (newline := text.rfind("\n")) >= 0:
            self._line = ""
        self._line = (self._line + text[newline + 1 :])[-_RECENT:]
        if (at := text.rfind(_PASTING)) >= 0:
            self.pasting = text.startswith("h", at + len(_PASTING))
        answers = ""
        while self._shown + len(text) >= self._block_end:
            room = self._block_end - self._shown
            at = _whole(text[:room])
            answers += self._add(text[:at])
            self._end_block()
            text = text[at:]
        return answers + self._add(text)

    def _add(self, text: str) -> str:
        self._shown += len(text)
        answers = ""
        if self._is_full and self._tail is None:
            line, newline, text = text.partition("\n")
            answers = self._emulator.feed(line + newline)
            if newline:
                self._tail = Tail()
        if self._tail is None:
            return answers + self._emulator.feed(text)
        return answers + self._follow(self._tail, text)

    def _end_block(self) -> None:
        self._block_end += BLOCK
        self._is_full = self._emulator.scrolled > EMULATED_ROWS
        if self._tail is not None:
            self._tail.end_block()
        elif self._emulator.scrolled > 2 * EMULATED_ROWS:
            self._tail = Tail()

    def _follow(self, tail: Tail, text: str) -> str:
        """Add `text` to the tail; return the answers to it."""
        answers, done = "", 0
        if "\x1b" in text:
            for match in islice(QUESTION.finditer(text), self._unanswered):
                tail.append(text[done : match.start()])
                done = match.start()
                answers += self._now().feed(match.group())
                self._unanswered -= 1
        tail.append(text[done:])
        return answers


def _whole(text: str) -> int:
    """Return where the sequence begins that is not complete at the end of `text`; that end if there is none."""
    found = INCOMPLETE.search(text, max(len(text) - LONGEST_INCOMPLETE, 0))
    return found.start() if found else len(text)


def prompt_text(data: bytes, columns: int) -> str:
    """Return what `data` draws down to the cursor, with the blanks before that: a prompt, perhaps of several lines."""
    screen = Vt(columns, 24)
    screen.feed_str(f"{data.decode('utf-8', 'replace')}\x1b[m{_CURSOR}")
    drawn = "\n".join(screen.text()).rpartition(_CURSOR)[0]
    return "\n".join(INVISIBLE.sub("", line) for line in drawn.split("\n")).lstrip("\n")


def plain(data: bytes) -> str:
    """Return bytes of a terminal as text, without escape sequences and carriage returns."""
    return _ESCAPES.sub("", data.decode(errors="replace")).replace("\r", "")


def _echoed(lines: Sequence[str], text: str) -> int:
    """Return how many of the first lines are the typed text.

    Line editors fill a row with a blank where a wide character does not fit, and some end it with a backslash.
    """
    typed, shown = "".join(text.split()), ""
    for number, line in enumerate(lines, 1):
        shown += "".join(line.split())
        if shown == typed:
            return number
        if not (shown.endswith("\\") and typed.startswith(shown[:-1])):
            break
        shown = shown[:-1]
    return 0


def without_echo(lines: Sequence[str], at: str | None, text: str, prompt: str | None) -> tuple[str, ...]:
    """Return what a program printed for `text` typed at its prompt `at`, without text and prompts."""
    shown = list(lines)
    if at is not None and shown and shown[0].startswith(at.rstrip()):
        shown[0] = shown[0].removeprefix(at.rstrip()).strip()
        del shown[: _echoed(shown, text) if shown[0] else 1]
    if prompt is not None and shown and shown[-1].rstrip() == prompt.rstrip():
        shown.pop()
    return tuple(shown)
