"""Where the layers of stacks stand: columns side by side, layers upward, what is shared drawn once across."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livedeck.errors import TemplateError
from livedeck.figures.stacks import Layer, Run, Stack, joined

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
class FigureBox:
    """A rectangle of the drawing, in px from its top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """One row of a run: a layer, or several that are folded into one line; `columns` is how many stacks have it."""

    box: FigureBox
    layers: tuple[Layer, ...]
    columns: int


@dataclass(frozen=True, slots=True)
class Head:
    """What is written above a stack."""

    box: FigureBox
    stack: Stack


@dataclass(frozen=True, slots=True)
class Band:
    """The rows at the bottom that every stack has; `layers` are all of them, folded ones too.

    `contrast` is whether something stands above them that can be written to.
    """

    box: FigureBox
    layers: tuple[Layer, ...]
    contrast: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that is drawn, and the size of the drawing. No band where nothing is shared by all."""

    width: float
    height: float
    heads: tuple[Head, ...]
    blocks: tuple[FigureBlock, ...]
    band: Band | None


def lay_out(stacks: Sequence[Stack], width: float, height: float) -> Layout:
    """The stacks laid out within `width` and at most `height` px.

    Rows become lower where there are many; where that is not enough, the middle of long runs is folded. Raises
    TemplateError for more stacks or layers than there is room for.
    """
    order, bottom = joined(stacks)
    column = min((width - _BANDS - _GAP * (len(order) - 1)) / len(order), _WIDEST)
    if column < _NARROWEST:
        most = int((width - _BANDS + _GAP) // (_NARROWEST + _GAP))
        raise TemplateError(f"{len(order)} stacks do not fit side by side", hint=f"show {most} at most in one figure")
    head = _NAME + DETAIL * max(len(stack.details) for stack in order) + _BELOW_HEAD
    lines = _Lines(bottom)
    lines.fold(int((height - head + _BETWEEN) // (_LOWEST_ROW + _BETWEEN)))
    row = min(int((height - head + _BETWEEN) / lines.deepest()) - _BETWEEN, _HIGHEST_ROW)
    base = head + lines.deepest() * (row + _BETWEEN) - _BETWEEN
    lefts = [number * (column + _GAP) for number in range(len(order))]
    tops = [base] * len(order)
    blocks = []
    for columns, layers in lines.rows():
        first, last = columns[0], columns[-1]
        top = tops[first] - row
        blocks.append(
            FigureBlock(FigureBox(lefts[first], top, lefts[last] + column - lefts[first], row), layers, len(columns))
        )
        for number in columns:
            tops[number] = top - _BETWEEN
    heads = [
        Head(FigureBox(left, top + _BETWEEN - head, column, head), stack)
        for left, top, stack in zip(lefts, tops, order, strict=True)
    ]
    right = lefts[-1] + column
    return Layout(width, base, tuple(heads), tuple(blocks), _band(bottom, blocks, len(order), right, width))


def _band(
    bottom: Sequence[Run], blocks: Sequence[FigureBlock], columns: int, right: float, width: float
) -> Band | None:
    """The band beside what all stacks have."""
    shared = [block for block in blocks if block.columns == columns and block.layers[0].kind == "read-only"]
    if len(bottom) != 1 or not shared:
        return None
    top = min(block.box.top for block in shared)
    base = max(block.box.top + block.box.height for block in shared)
    layers = tuple(layer for block in shared for layer in block.layers)
    contrast = any(block.layers[0].kind == "read-write" for block in blocks)
    return Band(FigureBox(right, top, width - right, base - top), layers, contrast)


class _Lines:
    """How many rows each run gets."""

    def __init__(self, bottom: Sequence[Run]) -> None:
        self._paths: list[tuple[int, ...]] = []
        self._runs: list[Run] = []
        for run in bottom:
            self._add(run, ())
        self._shown = [len(run.layers) for run in self._runs]

    def _add(self, run: Run, below: tuple[int, ...]) -> None:
        self._runs.append(run)
        path = (*below, len(self._runs) - 1)
        self._paths.append(path)
        for upper in run.above:
            self._add(upper, path)

    def deepest(self) -> int:
        """The rows of the highest stack."""
        return max(self._rows_of(path) for path in self._paths)

    def _rows_of(self, path: Sequence[int]) -> int:
        return sum(self._shown[number] for number in path)

    def fold(self, most: int) -> None:
        """Fold the longest runs until no stack has more than `most` rows. Raises TemplateError where that cannot be."""
        while self.deepest() > most:
            path = max(self._paths, key=self._rows_of)
            longest = max(path, key=lambda number: self._shown[number])
            if self._shown[longest] == 1:
                raise TemplateError("the layers do not fit into this height", hint="give the figure more height=")
            self._shown[longest] -= 1

    def rows(self) -> Iterator[tuple[range, tuple[Layer, ...]]]:
        """The columns and layers of each row, those of a run from the bottom, no run before those it lies on."""
        for run, shown in zip(self._runs, self._shown, strict=True):
            hidden = len(run.layers) - shown + 1 if shown < len(run.layers) else 0
            first = shown // 2 if hidden else shown
            for layer in run.layers[:first]:
                yield run.columns, (layer,)
            if hidden:
                yield run.columns, run.layers[first : first + hidden]
                for layer in run.layers[first + hidden :]:
                    yield run.columns, (layer,)
