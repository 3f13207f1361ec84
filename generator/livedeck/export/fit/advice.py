"""What to do about a slide that is too full: an option to paste, computed so that the slide fits with it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from livedeck.errors import number
from livedeck.export.fit.looks import SlideBlock, SlideLook, TerminalLook, TerminalRow
from livedeck.model import Step

_FEWEST = 3
"""Fewer lines of an output than these say nothing."""
_LETTERS_A_ROW = 45.0
_FEWEST_LETTERS_A_ROW = 15.0
_SMALLEST_PICTURE = 80.0
_CAREFUL_ABOVE = 14.5
"""Terminals with larger letters than the smallest may be drawn even larger when lines go."""
_KINDS = ("prose", "table", "picture", "code", "terminal")
"""Kinds of blocks: the later, the more can be left out of a block of the same height."""


def tallest(blocks: Sequence[SlideBlock]) -> SlideBlock:
    """Return the block to do something about: the one with the most of what can be left out."""
    solid = [block for block in blocks if block.kind != "prose" or block.terminals]
    prose = sum(block.bottom - block.top for block in blocks if block not in solid)

    def weight(block: SlideBlock) -> tuple[float, int]:
        kind = "terminal" if block.terminals else block.kind
        height = 0.0 if block.heading else block.bottom - block.top
        return height * (1.0 if kind == "prose" else 1.5), _KINDS.index(kind)

    found = max(blocks, key=weight)
    # Among much prose, a single paragraph is not what fills the slide.
    return max(solid, key=weight) if solid and found not in solid and found.bottom - found.top < prose else found


def advise(look: SlideLook, culprit: SlideBlock, over: float, step: Step | None, *, translated: bool) -> str:
    """Return what makes a slide lower by `over` pixels.

    `step` is the one whose terminal the culprit is or holds. In a translation only words can change.
    """
    others = _shorten(look, over, translated=translated)
    if culprit.terminals and step:
        terminal = max(culprit.terminals, key=lambda each: len(each.rows))
        return _terminal(terminal, over, step, whole=culprit.kind == "terminal") or others
    picture = culprit.picture
    if picture and (left := picture.bottom - picture.top - over) >= _SMALLEST_PICTURE:
        return f"write ![h:{int(left)} ...]({picture.address}), or move the picture to a slide of its own"
    if culprit.kind == "table":
        rows = max(1, ceil(over / culprit.row))
        return f"move about {number(rows, 'row')} of the table to a slide of their own"
    if culprit.kind != "prose" and culprit.bottom - culprit.top > over:
        return f"show less of the {'picture' if culprit.kind == 'picture' else 'block'}, or {others}"
    return others


def narrower(block: SlideBlock, over: float) -> str:
    """Return what makes a block narrower by `over` pixels."""
    if block.picture:
        return f"write ![w:{int(block.picture.right - block.picture.left - over)} ...]({block.picture.address})"
    return "fewer columns, or shorter cells" if block.kind == "table" else "shorter lines"


def _terminal(terminal: TerminalLook, over: float, step: Step, *, whole: bool) -> str:
    """`lines` so that so many pixels go, and `split`; empty where neither helps."""
    gone = ceil(over / terminal.row) + (terminal.size > _CAREFUL_ABOVE)
    rows = sum(line.rows for line in terminal.rows)
    kept = _lines(terminal.rows, rows - gone)
    options = [f"lines={kept[0]}+{kept[1]}"] if kept else []
    if whole and not step.split and over <= rows * terminal.row:
        options.append("split")
    if not options:
        return ""
    folded = sum(line.rows > 1 for line in terminal.rows)
    note = f" ({number(folded, 'line')} of it fold: a narrower output helps, too)" if folded else ""
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

    def shown(output: Sequence[int], first: int, last: int) -> int:
        cut = first + last < len(output)  # a row says how much was cut
        return sum(output[:first]) + 1 + sum(output[len(output) - last :]) if cut else sum(output)

    for count in range(max(map(len, outputs)) - 1, _FEWEST - 1, -1):
        last = count * 3 // 11
        if typed + sum(shown(output, count - last, last) for output in outputs) <= room:
            return count - last, last
    return None


def _shorten(look: SlideLook, over: float, *, translated: bool) -> str:
    """Words to leave out: as many as rows of text are too many."""
    prose = [block for block in look.blocks if block.kind == "prose" and not block.heading and not block.terminals]
    rows = sum(max(1.0, (block.bottom - block.top) / look.row) for block in prose)
    each = max(_FEWEST_LETTERS_A_ROW, sum(block.text for block in prose) / rows) if rows else _LETTERS_A_ROW
    letters = ceil(ceil(over / look.row) * each / 10) * 10
    shorten = f"shorten the text by about {letters} characters"
    return shorten if translated else f"begin a new slide with --- in the middle, or {shorten}"
