"""What a browser measured of slides, in slide pixels from the top left corner of the slide."""

from __future__ import annotations

from typing import Literal

import msgspec

from livedeck.export.page import Resource


class PixelBox(msgspec.Struct, frozen=True):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float


class TerminalRow(msgspec.Struct, frozen=True):
    """A line of a terminal: how many rows it takes, whether it was typed, whether it says what is cut."""

    rows: int
    typed: bool = False
    cut: bool = False


class TerminalLook(msgspec.Struct, frozen=True):
    """A terminal: the size of its letters, the height of a row, its lines."""

    size: float
    row: float
    rows: tuple[TerminalRow, ...]


class PictureLook(PixelBox, frozen=True):
    """A picture, and the address it has in the page."""

    address: str | None = None


class SlideBlock(PixelBox, frozen=True):
    """A block of a slide with everything in it.

    `text` is the length of its text in characters, `row` the height of the lowest row of a table.
    """

    kind: Literal["terminal", "code", "table", "picture", "prose"]
    text: int
    row: float = 0.0
    heading: bool = False
    terminals: tuple[TerminalLook, ...] = ()
    picture: PictureLook | None = None


class Smallest(msgspec.Struct, frozen=True):
    """The smallest letters on a slide, as large as they are drawn, and some of what they say."""

    size: float
    text: str


class SlideLook(msgspec.Struct, frozen=True):
    """A slide. `row` is the height of a row of its text, `padding` that of its top, right, bottom and left."""

    width: float
    height: float
    row: float
    padding: tuple[float, float, float, float]
    smallest: Smallest
    blocks: tuple[SlideBlock, ...]
    header: PixelBox | None = None
    footer: PixelBox | None = None
    pagination: PixelBox | None = None


class DeckLook(msgspec.Struct, frozen=True):
    """The slides of a deck, and the addresses that it asked for and that were not loaded."""

    slides: tuple[SlideLook, ...]
    refused: tuple[Resource, ...]
