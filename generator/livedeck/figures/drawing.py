"""A layout as SVG. Colour never tells anything alone: what it tells is also a shape or a word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import drawsvg as dw

from livedeck.figures.layout import DETAIL, Band, FigureBlock, FigureBox, Head, Layout
from livedeck.figures.lettering import FAMILIES, Family, fitted, folded, plain, width
from livedeck.figures.stacks import Layer
from livedeck.model import Drawing, FigureLabels

# The colours of the theme (themes/mspt2.css); all text on them has a contrast of 4.5:1 or more.
_INK, _QUIET, _ACCENT, _RULE = "#27343a", "#4f5e65", "#0d5f82", "#9fb0b6"
_NEW_INK, _WRITTEN_EDGE = "#2f6135", "#8a4a0b"
_PADDING = 14
_BAR = 6
_LEAST_COMMAND = 80
_BASELINE = 5.4
_TIMES_SIGN = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class _Letters:
    """How a text looks; the size in px of a slide."""

    size: int
    family: Family
    colour: str
    bold: bool = False


_TITLE = _Letters(18, "prose", _INK, bold=True)
_BELOW = _Letters(15, "mono", _QUIET)
_NAME = _Letters(15, "mono", _INK, bold=True)
_WORDS = _Letters(15, "prose", _INK, bold=True)
_FOLDED = _Letters(15, "prose", _INK)
_FRESH = _Letters(15, "prose", _NEW_INK, bold=True)
_TIMES = _Letters(15, "mono", _ACCENT, bold=True)
_SIZE = _Letters(14, "mono", _INK)
_COMMAND = _Letters(14, "mono", _QUIET)
_BAND = _Letters(16, "prose", _INK, bold=True)
_KIND = _Letters(15, "prose", _QUIET)
_COUNT = _Letters(15, "mono", _QUIET)
_BAND_LINE = 22


@dataclass(frozen=True, slots=True)
class _Look:
    """How a block looks."""

    fill: str
    edge: str
    strong: float
    dashes: str | None = None
    bar: bool = False


_OWN = _Look("#e3e9ea", _RULE, 1)
_SHARED = _Look("#d3e5ee", _ACCENT, 1.5, bar=True)
_WRITTEN = _Look("#fff4d9", _WRITTEN_EDGE, 2, dashes="7 4")
_NEW = _Look("#dff0dc", _NEW_INK, 2, bar=True)


def draw(kind: str, layout: Layout, labels: FigureLabels) -> Drawing:
    """The drawing of a layout; equal layouts make equal bytes. Its name begins with `kind`."""
    svg = dw.Drawing(layout.width, layout.height)
    svg.append_css("".join(f".{name}{{font-family:{family}}}" for name, family in FAMILIES.items()))
    for block in layout.blocks:
        svg.append(_block(block, len(layout.heads), labels))
    for head in layout.heads:
        svg.append(_head(head))
    if layout.band is not None:
        svg.append(_band(layout.band, len(layout.heads), labels))
    text = svg.as_svg()
    return Drawing(f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.svg", text)


def _head(head: Head) -> dw.Group:
    group = dw.Group()
    box, details = head.box, head.stack.details
    base = box.top + box.height - 14 - DETAIL * len(details)
    _write(group, head.stack.name, box.left, base, _TITLE, box.width)
    for number, line in enumerate(details, 1):
        _write(group, line, box.left, base + DETAIL * number, _BELOW, box.width)
    return group


def _look(block: FigureBlock) -> _Look:
    layer = block.layers[0]
    if layer.kind == "read-write":
        return _WRITTEN
    if layer.kind == "new":
        return _NEW
    return _SHARED if block.columns > 1 else _OWN


def _block(block: FigureBlock, stacks: int, labels: FigureLabels) -> dw.Group:
    box, look = block.box, _look(block)
    folded = len(block.layers) > 1
    group = dw.Group()
    group.append(_frame(box, look, "2 5" if folded else look.dashes))
    if look.bar:
        group.append(dw.Rectangle(box.left, box.top, _BAR, box.height, rx=2, fill=look.edge))
    base = box.top + box.height / 2 + _BASELINE
    if folded:
        line = labels.folded.replace("{n}", str(len(block.layers)))
        _write(group, line, box.left + box.width / 2, base, _FOLDED, box.width, "middle")
        return group
    left = box.left + _PADDING + (_BAR if look.bar else 0)
    times = block.columns if 1 < block.columns < stacks else None
    _line(group, block.layers[0], times, labels, base, left, box.left + box.width - _PADDING)
    return group


def _line(
    group: dw.Group, layer: Layer, times: int | None, labels: FigureLabels, base: float, left: float, right: float
) -> None:
    """A layer's name, what is to be said of it, its command as far as there is room, and its size.

    `times` is how many stacks have it, where that is to be said.
    """
    unnamed = layer.kind == "read-write" and not layer.command
    left += _write(group, layer.name, left, base, _WORDS if unnamed else _NAME, right - left) + _PADDING
    if layer.kind == "new":
        left += _write(group, labels.new, left, base, _FRESH, right - left) + _PADDING
    elif times:
        left += _write(group, f"{_TIMES_SIGN}{times}", left, base, _TIMES, right - left) + _PADDING
    size = plain(layer.size)
    taken = width(size, _SIZE.size, _SIZE.family)
    if size and taken <= right - left:
        _write(group, size, right, base, _SIZE, right - left, "end")
        right -= taken + _PADDING
    if right - left >= _LEAST_COMMAND:
        _write(group, layer.command, left, base, _COMMAND, right - left)


def _frame(box: FigureBox, look: _Look, dashes: str | None) -> dw.Rectangle:
    strong = look.strong
    return dw.Rectangle(
        box.left + strong / 2,
        box.top + strong / 2,
        box.width - strong,
        box.height - strong,
        rx=4,
        fill=look.fill,
        stroke=look.edge,
        stroke_width=strong,
        stroke_dasharray=dashes,
    )


def _band(band: Band, stacks: int, labels: FigureLabels) -> dw.Group:
    """A bracket beside the rows, and what they are."""
    group = dw.Group()
    box = band.box
    left, base = box.left + 12, box.top + box.height
    path = dw.Path(fill="none", stroke=_ACCENT if stacks > 1 else _QUIET, stroke_width=2)
    group.append(path.M(left, box.top + 1).L(left + 8, box.top + 1).L(left + 8, base - 1).L(left, base - 1))
    text = left + 20
    room = box.left + box.width - text
    named = [(labels.shared, _BAND)] if stacks > 1 else [(labels.read_only, _BAND)]
    if stacks > 1 and band.contrast:
        named.append((labels.read_only, _KIND))
    most = 2 if box.height >= _BAND_LINE * (2 * len(named) + 1) else 1
    words = [
        (line, letters)
        for label, letters in named
        for line in folded(plain(label), letters.size, letters.family, room, most)
    ]
    words.append((f"{_TIMES_SIGN}{len(band.layers)}", _COUNT))
    first = box.top + box.height / 2 + _BASELINE - _BAND_LINE * (len(words) - 1) / 2
    for number, (line, letters) in enumerate(words):
        _write(group, line, text, first + _BAND_LINE * number, letters, room)
    return group


def _write(
    group: dw.Group,
    text: str,
    x: float,
    y: float,
    letters: _Letters,
    room: float,
    anchor: Literal["middle", "end"] | None = None,
) -> float:
    """Put one line of text into the group, cut to `room` px, and return about how wide it is."""
    shown = fitted(plain(text), letters.size, letters.family, room)
    if shown:
        group.append(
            dw.Text(
                shown,
                letters.size,
                round(x, 1),
                round(y, 1),
                fill=letters.colour,
                class_=letters.family,
                font_weight=700 if letters.bold else None,
                text_anchor=anchor,
            )
        )
    return width(shown, letters.size, letters.family)
