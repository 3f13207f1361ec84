"""The rows of avt, the engine of asciinema's player, and the logical lines that they are parts of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from avt import Vt  # type: ignore[attr-defined]
from avt.util import TextUnwrapper  # type: ignore[attr-defined]

BLOCK = 8 * 1024
"""Characters given to avt at a time. Until it is done it holds 2.8 kB for each row that scrolls."""
_ESCAPED_BLOCK = 256
"""The same if there are escape sequences, five characters of which can scroll the whole screen."""
_ESCAPED_ROWS = 500
"""Rows of a screen above which there are fewer characters to a block."""
STAND_IN = "\ufdd0"
"""Written instead of blanks where there may be wide characters, to tell them from cells in which nothing is written."""

Row = Any  # an avt.Line


class Grid:
    """A terminal of avt that counts the rows that leave its top."""

    def __init__(self, columns: int, rows: int) -> None:
        self.vt = Vt(columns, rows, 0)
        self.columns = columns
        self.rows = rows
        self.scrolled = 0

    @property
    def cursor(self) -> tuple[int, int]:
        """The cursor's row and column, from 0. Behind a full row it stands in the last column."""
        cursor = self.vt.cursor
        return cursor.row, min(cursor.col, self.columns - 1)

    def feed(self, text: str) -> Iterator[Row]:
        """Show `text` while the rows that leave the top are taken."""
        step = BLOCK
        if "\x1b" in text:
            step = _ESCAPED_BLOCK * _ESCAPED_ROWS // max(self.rows, _ESCAPED_ROWS)
        for start in range(0, len(text), step):
            _, rows = self.vt.feed_str(text[start : start + step])
            self.scrolled += len(rows)
            yield from rows

    def drawn(self) -> list[Row]:
        """Return the rows of the screen down to the cursor or to the last that is not blank."""
        rows: list[Row] = self.vt.view()
        while len(rows) > self.vt.cursor.row and not rows[-1].text.strip():
            rows.pop()
        return rows

    def cursor_line(self, above: Sequence[str]) -> str:
        """Return the logical line on which the cursor stands, up to the cursor, or to its end if that is further.

        Args:
            above: the parts of a line that begins above the screen.
        """
        vt, at = self.vt, self.vt.cursor
        first = at.row
        while first and _is_wrapped(vt[first - 1]):
            first -= 1
        joiner = Joiner(() if first else above)
        for position in range(first, at.row):
            joiner.push(vt[position])
        joiner.close_gap(vt[at.row])
        until = sum(map(len, joiner.parts)) + _characters(vt[at.row], at.col)
        ended = (line for position in range(at.row, self.rows) if (line := joiner.push(vt[position])) is not None)
        line = next(ended, None)
        return (joiner.rest() if line is None else line).rstrip().ljust(until)


class Joiner:
    """Rows, joined to logical lines.

    A wide character for which there is no room in the last column leaves that empty, and begins the next row.

    Args:
        parts: the rows of a line that has not ended.
    """

    def __init__(self, parts: Iterable[str] = ()) -> None:
        self.parts = list(parts)
        self._unwrapper = TextUnwrapper()

    def push(self, row: Row) -> str | None:
        """Take the next row; return the line that ends with it, if one does."""
        text: str | None = self._unwrapper.push(row)
        if text is not None and not self.parts:
            return text.replace(STAND_IN, " ")
        self.close_gap(row)
        if text is None:
            self.parts.append(self._unwrapper.flush() or "")
            return None
        self.parts.append(text)
        return self.rest()

    def close_gap(self, row: Row) -> None:
        """Drop the cell that was left empty because a wide character begins `row`, the next one."""
        if self.parts and self.parts[-1].endswith(" ") and row[0].width > 1:
            self.parts[-1] = self.parts[-1][:-1]

    def rest(self) -> str:
        """Return the line that has not ended, and begin another."""
        text = "".join(self.parts).replace(STAND_IN, " ")
        self.parts = []
        return text


def _is_wrapped(row: Row) -> bool:
    return TextUnwrapper().push(row) is None


def _characters(row: Row, columns: int) -> int:
    """Return how many characters are in the first columns; the second cell of a wide one holds none."""
    return columns if len(row.text) == len(row) else sum(cell.width > 0 for cell in row.cells[:columns])
