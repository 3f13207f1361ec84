"""What the theme `mspt2` measures, in pixels: the room of a slide, type, gaps, and how wide letters are.

Slides are laid out before any browser has seen them, so these are the theme's numbers, here once. `livedeck fit`
measures what came out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

SIZES = (20, 18, 16, 15, 14)
"""Sizes of a terminal's letters, the largest first."""
DEFAULT_SIZE = 16
SMALLEST = SIZES[-1]

WIDTH = 1184.0
HEIGHT = 600.0
LEAD = 146.0
"""By how much a title slide (`class: lead`) begins lower."""
SLACK = 6.0
"""Room that an estimate leaves unused, because it is one."""

TERMINAL_ROW = 1.25
TERMINAL_FRAME = (32.0, 22.0)
"""Padding and border of a terminal, left and right together, above and below together."""
CELL = 0.6
"""Width of a terminal column in em."""


@dataclass(frozen=True, slots=True)
class Type:
    """Letters of one size, the height of their rows, and the size of inline code beside them in em."""

    size: float
    row: float
    code: float = 0.82


PROSE = Type(22, 32)
QUOTE = Type(17, 26, code=16 / 17)
TABLE = Type(20, 28)
INNER_LIST = Type(20, 29)
FILE = Type(16, 20)
QUOTED_FILE = Type(16, 20)
HEADINGS: Mapping[str, Type] = {"h1": Type(34, 44), "h2": Type(28, 38), "h3": Type(24, 34)}

LIST_INDENT = 33.0
QUOTE_INDENT = 17.0
LIST_GAP = 4.0
CELL_FRAME = (28.0, 13.0)
"""Padding and border of a table cell."""
TALLEST_PICTURE = 600.0
UNKNOWN_PICTURE = (640.0, 320.0)

_GAP = 12.0
_GAPS: Mapping[tuple[str, str], float] = {
    ("text", "pre"): 9,
    ("pre", "quote"): 6,
    ("quote", "text"): 14,
}

CODE_PADDING = 0.75
"""The padding of inline code, in em of the text around it."""
_WIDE, _HANGUL, _NARROW, _BLANK = 1.0, 0.92, 0.56, 0.3


def gap(above: str | None, below: str) -> float:
    """The space between two blocks of a slide: each `text`, `pre`, `quote`, `h1` to `h6` or `other`."""
    if above is None:
        return 0.0
    if above == "h1":
        return 14.0
    if below in ("h2", "h3", "h4"):
        return 18.0
    return _GAPS.get((above, below), _GAP)


def columns(size: int, width: float = WIDTH) -> int:
    """How many columns a terminal of that size has."""
    return int((width - TERMINAL_FRAME[0]) / (CELL * size) + 1e-6)


def cells(text: str) -> int:
    """How many columns a text takes: wide characters two, marks on others none."""
    return sum(map(_cells, text)) if not text.isascii() else len(text)


@cache
def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def advance(text: str) -> float:
    """About how wide a text is, in em; rather too wide than too narrow."""
    return sum(map(_advance, text))


@cache
def _advance(char: str) -> float:
    if char.isspace():
        return _BLANK
    if _cells(char) < 2:  # noqa: PLR2004 (columns of a wide character)
        return _NARROW * _cells(char)
    return _HANGUL if "\uac00" <= char <= "\ud7a3" else _WIDE


def code_advance(text: str, letters: Type) -> float:
    """The same of inline code beside such letters, without its padding."""
    return cells(text) * CELL * letters.code
