"""Draw a layout as SVG. What a colour says is always said by a shape or a word, too."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import drawsvg as dw

from livedeck.figures.lettering import FAMILIES, Family, fitted, folded, plain, width
from livedeck.figures.stack_layout import DETAIL, Band, LayerRow, Layout, Rectangle
from livedeck.figures.stacks import Layer, Stack
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
    """How a row looks."""

    fill: str
    edge: str
    strong: float
    dashes: str | None = None
    bar: bool = False


_OWN = _Look("#e3e9ea", _RULE, 1)
_SHARED = _Look("#d3e5ee", _ACCENT, 1.5, bar=True)
_KINDS = {
    "read-write": _Look("#fff4d9", _WRITTEN_EDGE, 2, dashes="7 4"),
    "new": _Look("#dff0dc", _NEW_INK, 2, bar=True),
}


def draw(kind: str, layout: Layout, labels: FigureLabels) -> Drawing:
    """Draw a layout; equal layouts give equal bytes. The name of the drawing begins with `kind`."""
    svg = dw.Drawing(layout.width, layout.height)
    svg.append_css("".join(f".{name}{{font-family:{family}}}" for name, family in FAMILIES.items()))
    svg.extend(_row(row, len(layout.heads), labels) for row in layout.rows)
    svg.extend(_head(area, stack) for area, stack in layout.heads)
    if layout.band is not None:
        svg.append(_band(layout.band, len(layout.heads), labels))
    text = svg.as_svg()
    return Drawing(f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.svg", text)


def _head(area: Rectangle, stack: Stack) -> dw.Group:
    group = dw.Group()
    base = area.bottom - 14 - DETAIL * len(stack.details)
    _write(group, stack.name, area.left, base, _TITLE, area.width)
    for number, line in enumerate(stack.details, 1):
        _write(group, line, area.left, base + DETAIL * number, _BELOW, area.width)
    return group


def _row(row: LayerRow, stacks: int, labels: FigureLabels) -> dw.Group:
    area, folded = row.area, len(row.layers) > 1
    look = _KINDS.get(row.layers[0].kind) or (_SHARED if row.columns > 1 else _OWN)
    group = dw.Group()
    strong, dashes = look.strong, "2 5" if folded else look.dashes
    edge = {"stroke": look.edge, "stroke_width": strong, "stroke_dasharray": dashes}
    inner = (area.left + strong / 2, area.top + strong / 2, area.width - strong, area.height - strong)
    group.append(dw.Rectangle(*inner, rx=4, fill=look.fill, **edge))
    if look.bar:
        group.append(dw.Rectangle(area.left, area.top, _BAR, area.height, rx=2, fill=look.edge))
    base = area.top + area.height / 2 + _BASELINE
    if folded:
        line = labels.folded.replace("{n}", str(len(row.layers)))
        _write(group, line, area.left + area.width / 2, base, _FOLDED, area.width, "middle")
        return group
    left = area.left + _PADDING + (_BAR if look.bar else 0)
    times = row.columns if 1 < row.columns < stacks else None
    _line(group, row.layers[0], times, labels, base, left, area.right - _PADDING)
    return group


def _line(
    group: dw.Group, layer: Layer, times: int | None, labels: FigureLabels, base: float, left: float, right: float
) -> None:
    """Write a layer's name, whether it is new or how many stacks have it, its command if there is room, its size."""
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


def _band(band: Band, stacks: int, labels: FigureLabels) -> dw.Group:
    """Draw a bracket beside the rows, and write what they are."""
    group = dw.Group()
    area = band.area
    left, top, base = area.left + 12, area.top + 1, area.bottom - 1
    path = dw.Path(fill="none", stroke=_ACCENT if stacks > 1 else _QUIET, stroke_width=2)
    group.append(path.M(left, top).L(left + 8, top).L(left + 8, base).L(left, base))
    named = [(labels.shared if stacks > 1 else labels.read_only, _BAND)]
    if stacks > 1 and band.contrast:
        named.append((labels.read_only, _KIND))
    room = area.right - left - 20
    most = 2 if area.height >= _BAND_LINE * (2 * len(named) + 1) else 1
    words = [
        (line, letters)
        for label, letters in named
        for line in folded(plain(label), letters.size, letters.family, room, most)
    ]
    words.append((f"{_TIMES_SIGN}{len(band.layers)}", _COUNT))
    first = area.top + area.height / 2 + _BASELINE - _BAND_LINE * (len(words) - 1) / 2
    for number, (line, letters) in enumerate(words):
        _write(group, line, left + 20, first + _BAND_LINE * number, letters, room)
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
    """Write one line of text, cut to `room` px, and return about how wide it is."""
    shown = fitted(plain(text), letters.size, letters.family, room)
    look = {"fill": letters.colour, "class_": letters.family, "font_weight": 700 if letters.bold else None}
    if shown:
        group.append(dw.Text(shown, letters.size, round(x, 1), round(y, 1), **look, text_anchor=anchor))
    return width(shown, letters.size, letters.family)
