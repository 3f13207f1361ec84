"""A terminal that shows programs as a person would have seen them, and answers them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from io import StringIO

from avt import Vt  # type: ignore[attr-defined]

from livedeck.capture.output import Kept, Output
from livedeck.capture.queries import answer
from livedeck.capture.rows import STAND_IN, Grid, Joiner

_TALL = 500
_TALLEST = 2_000
_FAR = 500
"""Rows. A program that moves as far as that wants to reach the edge of the screen."""
_REMEMBERED = 4 * 1024 * 1024
_ALTERNATE = {"47", "1047", "1049"}
_UP = {"A", "F", "\x1bM"}
_DOWN = {"B", "E"}
_ADDRESSES = {"H", "f", "d", "r", "u", "\x1b8"}
_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<private>[?>]?)(?P<numbers>[\d;]{0,32}+)(?P<final>[AFHJcdfhlnrtu]|\$p|(?<=\d{3})[BE])"
    r"|(?P<escape>[8Mc])"
    r"|\](?P<colour>1[01]);\?(?P<end>\x07|\x1b\\))"
)
"""What matters here. Most sequences (colours, erasing, moves within the screen) avt shows as they are."""
INCOMPLETE = re.compile(r"\x1b(?:\[[?>]?[\d;]{0,32}[ $]?|\](?:1(?:[01](?:;(?:\?\x1b?)?)?)?)?| )?\Z")
"""The beginning of a sequence, at the end of a text."""
LONGEST_INCOMPLETE = 40
_MAYBE_WIDE = re.compile("[\u1100-\U0010ffff]")
_INTERMEDIATE = re.compile(f"(\x1b(?:\\[[0-?]*)?){STAND_IN}")


class Emulator:
    """A terminal with its alternate screen, and the lines that have left its top.

    A program that redraws more lines than the screen has (docker pull) moves up beyond the upper edge, where a real
    terminal stops it, and garbles its lines. Here each line shows its last state: everything is emulated once more on
    a screen that is tall enough. The real one goes on beside it; it tells where rows with a number are, and answers.

    Args:
        columns: its width; lines wrapped at it are joined again.
        rows: its height.
        kept: the lines before.
    """

    def __init__(self, columns: int, rows: int, kept: Kept) -> None:
        self._size = (columns, rows)
        self._before = kept
        self._history: StringIO | None = StringIO()
        self._start()

    def _start(self, tall: int = 0) -> None:
        columns, rows = self._size
        self._kept = self._before.copy()
        self._joiner = Joiner()
        self._real = Grid(columns, rows)
        self._tall = Grid(columns, tall) if tall else None
        self._is_alternate = False
        self._has_addressed = False
        self._tells_blanks = False
        self.scrolled = 0
        """Rows that have left the top of the screen."""

    @property
    def cursor_keys(self) -> bool:
        """Whether the cursor keys send `ESC O A` instead of `ESC [ A`, as a program asked for."""
        return bool(self._real.vt.cursor_key_app_mode)

    @property
    def is_alternate(self) -> bool:
        """Whether a program has the whole screen for itself."""
        return self._is_alternate

    @property
    def cursor_line(self) -> str:
        """The logical line on which the cursor stands, up to the cursor, or to its end if that is further."""
        above = () if self._is_alternate else self._joiner.parts[-self._size[1] :]
        return self._shown.cursor_line(above)

    @property
    def tabs(self) -> tuple[int, ...]:
        """The columns of the tab stops, from 0."""
        columns, rows = self._size
        copied = Vt(columns, rows, 0)
        copied.feed_str(self._real.vt.dump() + "\x18\r\t")
        stops = []
        while copied.cursor.col < columns - 1:
            stops.append(copied.cursor.col)
            copied.feed_str("\t")
        return tuple(stops)

    @property
    def _shown(self) -> Grid:
        return self._real if self._tall is None or self._is_alternate else self._tall

    def feed(self, text: str) -> str:
        """Show `text`, which must not end within a sequence; return what the terminal answers."""
        if not self._tells_blanks and not text.isascii() and (wide := _MAYBE_WIDE.search(text)):
            answers = self._feed(text[: wide.start()])
            self._tell_blanks()
            return answers + self._feed(text[wide.start() :])
        return self._feed(text)

    def kept(self) -> Kept:
        """Return all lines there are now. The alternate screen is shown instead of the main one."""
        kept, joiner = self._kept.copy(), Joiner(self._joiner.parts)
        if self._is_alternate and joiner.parts:
            kept.add(joiner.rest())
        for row in self._shown.drawn():
            if (line := joiner.push(row)) is not None:
                kept.add(line)
        if joiner.parts:
            kept.add(joiner.rest())
        return kept

    def output(self) -> Output:
        """Return all lines there are now, without blank ones at their end."""
        return self.kept().output()

    def _feed(self, text: str) -> str:
        answers, done = "", 0
        if "\x1b" in text:
            for match in _SEQUENCE.finditer(text):
                self._write(text[done : match.start()])
                done = match.start()
                kind, numbers = _parsed(match)
                if kind in _UP and _number(numbers) < _FAR:
                    self._make_room(kind, _number(numbers))
                else:
                    answers += self._obey(match.group(), kind, numbers)
                    done = match.end()
        self._write(text[done:])
        return answers

    def _obey(self, sequence: str, kind: str, numbers: str) -> str:
        """Show a sequence; return the answer to it."""
        is_far = kind in _UP | _DOWN and _number(numbers) >= _FAR
        if kind == "\x1bc":
            self._reset()
        elif is_far or kind in _ADDRESSES or (kind, numbers) == ("J", "2"):
            self._place(sequence, kind, numbers)
        else:
            self._write(sequence)
        if kind in {"?h", "?l"} and _ALTERNATE.intersection(numbers.split(";")):
            self._is_alternate = kind == "?h"
        elif (kind, numbers) == ("J", "3") and not self._is_alternate:
            self._go_on_after(Kept())
        row, column = self._real.cursor
        return answer(kind, numbers, (row + 1, column + 1), self._size)

    def _write(self, text: str, on_tall: Callable[[Grid], str] | None = None) -> None:
        """Show `text`; the tall screen shows what `on_tall` returns for it, if that is given."""
        if not text:
            return
        if self._history is not None:
            self._history.write(text)
            if self._history.tell() > _REMEMBERED:
                self._history = None
        if self._tells_blanks:
            text = text.replace(" ", STAND_IN)
            text = _INTERMEDIATE.sub(r"\1 ", text) if "\x1b" in text else text
        before = self._real.scrolled
        rows = self._real.feed(text)
        if self._tall is not None:
            deque(rows, maxlen=0)
            rows = self._tall.feed(text if on_tall is None else on_tall(self._tall))
        for row in rows:
            if (line := self._joiner.push(row)) is not None:
                self._kept.add(line)
        self.scrolled += self._real.scrolled - before

    def _tell_blanks(self) -> None:
        """From now on write stand-ins for blanks, and for the one that was written in the last column just now."""
        self._tells_blanks = True
        columns, vt = self._size[0], self._real.vt
        if vt.cursor.col == columns and vt[vt.cursor.row].text[-1] == " ":
            self._write(f"\x1b[{columns}G ")

    def _make_room(self, kind: str, rows: int) -> None:
        """See to it that the cursor can move up so many rows, if a program has drawn as many and wants to go there."""
        is_meant = self._is_alternate or (kind == "\x1bM" and self._has_addressed)
        while not is_meant and self._shown.scrolled and rows > self._shown.vt.cursor.row and self._grow():
            pass

    def _grow(self) -> bool:
        """Emulate everything once more on a taller screen; return whether that is possible."""
        rows = 2 * self._tall.rows if self._tall else _TALL
        if self._history is None or rows > _TALLEST:
            return False
        text, scrolled = self._history.getvalue(), self.scrolled
        self._history = StringIO()
        self._start(rows)
        self.feed(text)
        self.scrolled = scrolled
        return True

    def _place(self, sequence: str, kind: str, numbers: str) -> None:
        """Show a sequence that means rows of the real screen, which are further down on the tall one."""

        def on_tall(tall: Grid) -> str:
            top = self._real.scrolled - tall.scrolled
            row, column = self._real.cursor
            shown = sequence if kind in {"u", "\x1b8"} else ""
            if kind == "J":
                shown = f"\x1b[{top + 1};1H\x1b[J"
            elif kind == "r":
                shown = self._region(numbers, top)
            return f"{shown}\x1b[{top + row + 1};{column + 1}H"

        self._has_addressed = True
        self._write(sequence, None if self._is_alternate else on_tall)

    def _region(self, numbers: str, top: int) -> str:
        """Return the sequence that makes a scrolling region of the tall screen; one from the top is from its top."""
        first, last = (*numbers.split(";"), "")[:2]
        begin, end = _number(first), _number(last, self._size[1])
        if begin == 1:
            return "\x1b[r" if end >= self._size[1] else f"\x1b[1;{end + top}r"
        return f"\x1b[{begin + top};{end + top}r"

    def _reset(self) -> None:
        """Reset the terminal; of its lines only those above the screen are left."""
        if self._is_alternate:
            self._write("\x1b[?1049l")
            self._is_alternate = False
        above = self._tall.vt.view()[: self._real.scrolled - self._tall.scrolled] if self._tall else []
        for row in above:
            if (line := self._joiner.push(row)) is not None:
                self._kept.add(line)
        if self._joiner.parts:
            self._kept.add(self._joiner.rest())
        self._write("\x1bc")
        self._go_on_after(self._kept)

    def _go_on_after(self, kept: Kept) -> None:
        """Let the screen as it is be the beginning, with these lines above it."""
        self._before, self._kept = kept, kept.copy()
        self._joiner = Joiner()
        self._tall = None
        self._real.scrolled = 0
        self._history = StringIO()
        self._history.write(self._real.vt.dump())


def _parsed(match: re.Match[str]) -> tuple[str, str]:
    """Return what a sequence is (`?h`, `ESC M`, `OSC 11`), and its numbers, for a colour how it ends."""
    if match["final"]:
        return match["private"] + match["final"], match["numbers"]
    return ("\x1b" + match["escape"], "") if match["escape"] else (match["colour"], match["end"])


def _number(text: str, absent: int = 1) -> int:
    """Return the first of a sequence's numbers; 0 and none mean the same."""
    return int(text.partition(";")[0] or 0) or absent
