"""Lay stacks out: columns side by side, layers upward, shared ones once across all that have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livedeck.errors import TemplateError
from livedeck.figures.stacks import Layer, LayerRun, Stack, joined

_HIGHEST_ROW, _LOWEST_ROW = 40, 26
_BETWEEN = 4
_GAP = 24
_WIDEST = 980
_NARROWEST = 180
_BANDS = 204
DETAIL = 20
"""The height of a line below the name of a stack, in px."""
_NAME, _BELOW_HEAD = 26, 10


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle of the drawing, in px from its top left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One row of a run: a layer, or several that are folded into one line; `columns` is how many stacks have it."""

    area: Rectangle
    layers: tuple[Layer, ...]
    columns: int


@dataclass(frozen=True, slots=True)
class Band:
    """The rows at the bottom that every stack has; `layers` are all of them, folded ones too.

    `contrast` is whether there is a layer above them that can be written to.
    """

    area: Rectangle
    layers: tuple[Layer, ...]
    contrast: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that is drawn, and the size of the drawing. There is no band if the stacks share nothing.

    `heads` are the stacks, each with the place of what is written above it.
    """

    width: float
    height: float
    heads: tuple[tuple[Rectangle, Stack], ...]
    rows: tuple[LayerRow, ...]
    band: Band | None


def lay_out(stacks: Sequence[Stack], width: float, height: float) -> Layout:
    """Lay the stacks out within `width` and at most `height` px.

    Rows become lower if there are many; if that is not enough, the middle of long runs is folded. Raises TemplateError
    for more stacks or layers than there is room for.
    """
    order, bottom = joined(stacks)
    column = min((width - _BANDS - _GAP * (len(order) - 1)) / len(order), _WIDEST)
    if column < _NARROWEST:
        most = int((width - _BANDS + _GAP) // (_NARROWEST + _GAP))
        raise TemplateError(f"{len(order)} stacks do not fit side by side", hint=f"show {most} at most in one figure")
    head = _NAME + DETAIL * max(len(stack.details) for stack in order) + _BELOW_HEAD
    shown, deepest = _fold(bottom, int((height - head + _BETWEEN) // (_LOWEST_ROW + _BETWEEN)))
    row = min(int((height - head + _BETWEEN) / deepest) - _BETWEEN, _HIGHEST_ROW)
    base = head + deepest * (row + _BETWEEN) - _BETWEEN
    lefts = [number * (column + _GAP) for number in range(len(order))]
    tops = [base] * len(order)
    rows = []
    for run, count in shown.items():
        first, last = run.columns[0], run.columns[-1]
        for layers in _rows(run, count):
            top = tops[first] - row
            area = Rectangle(lefts[first], top, lefts[last] + column - lefts[first], row)
            rows.append(LayerRow(area, layers, len(run.columns)))
            for number in run.columns:
                tops[number] = top - _BETWEEN
    areas = (Rectangle(left, top + _BETWEEN - head, column, head) for left, top in zip(lefts, tops, strict=True))
    band = _band(rows, len(order), lefts[-1] + column, width) if len(bottom) == 1 else None
    return Layout(width, base, tuple(zip(areas, order, strict=True)), tuple(rows), band)


def _band(rows: Sequence[LayerRow], columns: int, left: float, right: float) -> Band | None:
    """Return the band beside what all stacks have, if they share anything that cannot be written to."""
    shared = [row for row in rows if row.columns == columns and row.layers[0].kind == "read-only"]
    if not shared:
        return None
    top = min(row.area.top for row in shared)
    area = Rectangle(left, top, right - left, max(row.area.bottom for row in shared) - top)
    contrast = any(row.layers[0].kind == "read-write" for row in rows)
    return Band(area, tuple(layer for row in shared for layer in row.layers), contrast)


def _fold(bottom: Sequence[LayerRun], most: int) -> tuple[dict[LayerRun, int], int]:
    """Return how many rows each run gets, each run after those it lies on, and how many the highest stack has.

    The longest runs are folded until no stack has more than `most` rows. Raises TemplateError if that cannot be.
    """
    paths = list(_paths(bottom, ()))
    shown = {path[-1]: len(path[-1].layers) for path in paths}

    def height(path: Sequence[LayerRun]) -> int:
        return sum(shown[run] for run in path)

    while height(highest := max(paths, key=height)) > most:
        longest = max(highest, key=lambda run: shown[run])
        if shown[longest] == 1:
            raise TemplateError("the layers do not fit into this height", hint="give the figure more height=")
        shown[longest] -= 1
    return shown, height(highest)


def _paths(runs: Sequence[LayerRun], below: tuple[LayerRun, ...]) -> Iterator[tuple[LayerRun, ...]]:
    """Yield each run with those it lies on, from the bottom."""
    for run in runs:
        path = (*below, run)
        yield path
        yield from _paths(run.above, path)


def _rows(run: LayerRun, count: int) -> Sequence[tuple[Layer, ...]]:
    """Return the layers of each of `count` rows, from the bottom; those in the middle share one if there are more."""
    single = [(layer,) for layer in run.layers]
    if count == len(single):
        return single
    first, hidden = count // 2, len(single) - count + 1
    return [*single[:first], run.layers[first : first + hidden], *single[first + hidden :]]
