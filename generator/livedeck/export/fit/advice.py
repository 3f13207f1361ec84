"""What to do about a slide that is too full: an option to paste, computed so that the slide fits with it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from livedeck.export.fit.looks import SlideBlock, TerminalLook, TerminalRow
from livedeck.model import Step
from livedeck.template.paging import measures

_FEWEST = 3
"""Fewer lines of an output than these say nothing."""
_PROSE_ROW = 32.0
_LETTERS_A_ROW = 45.0
_LOWEST_ROW = measures.TABLE.row + measures.CELL_FRAME[1]
_SMALLEST_PICTURE = 80.0
_CAREFUL_BELOW = 14.5
"""Terminals larger than this may be drawn larger still when lines go."""


def tallest(blocks: Sequence[SlideBlock]) -> SlideBlock:
    """The block to do something about: the one with the most of what can be left out."""
    order = {"terminal": 4, "code": 3, "picture": 2, "table": 1, "prose": 0}

    def weight(block: SlideBlock) -> tuple[float, int]:
        height = block.bottom - block.top
        kind = "terminal" if block.terminals else block.kind
        return (height * (1 if kind == "prose" else 1.5) if not block.heading else 0.0, order[kind])

    prose = sum(block.bottom - block.top for block in blocks if block.kind == "prose" and not block.terminals)
    found = max(blocks, key=weight)
    solid = [block for block in blocks if block.kind != "prose" or block.terminals]
    if solid and found not in solid and found.bottom - found.top < prose:
        return max(solid, key=weight)
    return found


def advise(
    blocks: Sequence[SlideBlock], culprit: SlideBlock, over: float, step: Step | None, *, translated: bool
) -> str:
    """What makes a slide lower by `over` pixels. `step` is the one whose terminal the culprit is or holds."""
    others = _shorten(blocks, over, translated=translated)
    if culprit.terminals and step:
        terminal = max(culprit.terminals, key=lambda each: len(each.rows))
        return _terminal(terminal, over, step, whole=culprit.kind == "terminal") or others
    height = culprit.bottom - culprit.top
    picture = culprit.picture
    if picture and (left := picture.bottom - picture.top - over) >= _SMALLEST_PICTURE:
        return f"write ![h:{int(left)} ...]({picture.address}), or move the picture to a slide of its own"
    if culprit.kind == "table":
        rows = max(1, ceil(over / _LOWEST_ROW))
        return f"move about {rows} {_plural('row', rows)} of the table to a slide of their own"
    if culprit.kind in ("code", "picture", "terminal") and height > over:
        return f"show less of the {'picture' if culprit.kind == 'picture' else 'block'}, or {others}"
    return others


def narrower(block: SlideBlock, over: float) -> str:
    """What makes a block narrower by `over` pixels."""
    if block.picture:
        return f"write ![w:{int(block.picture.right - block.picture.left - over)} ...]({block.picture.address})"
    return "fewer columns, or shorter cells" if block.kind == "table" else "shorter lines"


def _terminal(terminal: TerminalLook, over: float, step: Step, *, whole: bool) -> str:
    """`lines` so that so many pixels go, and `split`; empty where neither helps."""
    gone = ceil(over / terminal.row) + (1 if terminal.size > _CAREFUL_BELOW else 0)
    rows = sum(line.rows for line in terminal.rows)
    kept = _lines(terminal.rows, rows - gone)
    options = [f"lines={kept[0]}+{kept[1]}"] if kept else []
    if whole and not step.split and over <= rows * terminal.row:
        options.append("split")
    if not options:
        return ""
    folded = sum(line.rows > 1 for line in terminal.rows)
    note = f" ({folded} {_plural('line', folded)} of it fold: a narrower output helps, too)" if folded else ""
    return f"add {' or '.join(options)} to the fence{note}"


def _lines(lines: Sequence[TerminalRow], room: int) -> tuple[int, int] | None:
    """How many lines at the beginning and the end of each output have room; None where too few have."""
    outputs: list[list[int]] = [[]]
    typed = 0
    for line in lines:
        if line.typed:
            typed += line.rows
            outputs.append([])
        elif not line.cut:
            outputs[-1].append(line.rows)
    for count in range(max(map(len, outputs)) - 1, _FEWEST - 1, -1):
        last = count * 3 // 11
        first = count - last
        if typed + sum(_shown(output, first, last) for output in outputs) <= room:
            return first, last
    return None


def _shown(output: Sequence[int], first: int, last: int) -> int:
    if len(output) <= first + last:
        return sum(output)
    return sum(output[:first]) + 1 + sum(output[len(output) - last :])


def _shorten(blocks: Sequence[SlideBlock], over: float, *, translated: bool) -> str:
    """Words to leave out."""
    prose = [block for block in blocks if block.kind == "prose" and not block.heading and not block.terminals]
    rows = sum(max(1.0, (block.bottom - block.top) / _PROSE_ROW) for block in prose)
    each = max(15.0, sum(block.text for block in prose) / rows) if rows else _LETTERS_A_ROW
    letters = ceil(ceil(over / _PROSE_ROW) * each / 10) * 10
    shorten = f"shorten the text by about {letters} characters"
    return shorten if translated else f"begin a new slide with --- in the middle, or {shorten}"


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
