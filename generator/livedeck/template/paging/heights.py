"""About how high the blocks of a slide are, from their Markdown: rows by the width of words, gaps, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from livedeck.template.markdown import TERMINAL
from livedeck.template.paging import measures
from livedeck.template.paging.measures import Type

PictureSize = Callable[[str], tuple[float, float] | None]
"""Width and height of the picture at an address, in pixels; None where nobody knows."""

_ORDER = re.compile(r"(?:^|\s)(w|h|width|height):(\d+(?:\.\d+)?)(?:px)?(?=\s|$)")
_BACKGROUND = re.compile(r"(?:^|\s)bg(?=\s|$)")
_BESIDE = re.compile(r"(?:^|\s)(?:left|right)(?::(\d+(?:\.\d+)?)%)?(?=\s|$)")
_UNSEEN = re.compile(r"<!--.*?-->|<style\b.*?</style>", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_KINDS = {"paragraph": "text", "bullet_list": "text", "ordered_list": "text", "fence": "pre", "code_block": "pre"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A slide to lay out: the size of its terminals, and how big pictures are.

    `rows` says of how many rows of text a terminal is, by the line it begins on, where it is not all of it.
    """

    size: int
    pictures: PictureSize
    rows: Mapping[int, int] = field(default_factory=dict)

    def height(self, nodes: Sequence[Node], width: float = measures.WIDTH) -> float:
        """The height of blocks that stand on a slide one below the other."""
        seen = [(kind(node), self._block(node, width, measures.PROSE)) for node in nodes]
        shown = [(name, height) for name, height in seen if height > 0]
        names = [None, *(name for name, _ in shown)]
        gaps = sum(measures.gap(above, below) for above, below in pairwise(names) if below is not None)
        return gaps + sum(height for _, height in shown)

    def _block(self, node: Node, width: float, letters: Type) -> float:
        if node.type in ("heading", "paragraph"):
            own = letters if node.type == "paragraph" else measures.HEADINGS.get(node.tag, measures.PROSE)
            return self._inline(node, width, own)
        if node.type in ("bullet_list", "ordered_list"):
            return self._list(node, width - measures.LIST_INDENT, letters)
        if node.type == "blockquote":
            inner = self._stack(node.children, width - measures.QUOTE_INDENT, measures.QUOTE, quoted=True)
            return max(inner, measures.QUOTE.row)
        if node.type in ("fence", "code_block"):
            return self._fence(node, width, quoted=False)
        if node.type == "table":
            return self._table(node, width)
        text = _UNSEEN.sub("", node.content).strip() if node.type == "html_block" else ""
        return letters.row * (text.count("\n") + 1) if text else float(node.type == "hr")

    def _stack(self, nodes: Sequence[Node], width: float, letters: Type, *, quoted: bool = False) -> float:
        heights = [
            self._fence(node, width, quoted=quoted) if kind(node) == "pre" else self._block(node, width, letters)
            for node in nodes
        ]
        return sum(heights) + measures.LIST_GAP * max(0, len(heights) - 1)

    def _list(self, node: Node, width: float, letters: Type) -> float:
        inner = measures.INNER_LIST if node.parent and node.parent.type == "list_item" else letters
        items = [max(self._stack(item.children, width, inner), inner.row) for item in node.children]
        return sum(items) + measures.LIST_GAP * max(0, len(items) - 1)

    def _fence(self, node: Node, width: float, *, quoted: bool) -> float:
        lines = fence_lines(node)
        if not is_terminal(node):
            own = measures.QUOTED_FILE if quoted else measures.FILE
            room = measures.columns(int(own.size), width)
            return sum(folded(line, room) for line in lines) * own.row + measures.TERMINAL_FRAME[1]
        begins = node.map[0] if node.map else -1
        room = measures.columns(self.size, width)
        rows = self.rows.get(begins, -1)
        rows = sum(folded(line, room) for line in lines) if rows < 0 else rows
        return rows * self.size * measures.TERMINAL_ROW + measures.TERMINAL_FRAME[1]

    def _table(self, node: Node, width: float) -> float:
        rows = [row.children for part in node.children for row in part.children]
        count = max((len(row) for row in rows), default=1)
        full = [max((_longest(row[i]) for row in rows if i < len(row)), default=0.0) for i in range(count)]
        room = width - count * measures.CELL_FRAME[0]
        wanted = sum(full) * measures.TABLE.size
        scale = min(1.0, room / wanted) if wanted else 1.0
        return sum(
            max(
                self._inline(cell, max(full[index] * measures.TABLE.size * scale, 60.0) + 1, measures.TABLE)
                for index, cell in enumerate(row)
            )
            + measures.CELL_FRAME[1]
            for row in rows
            if row
        )

    def _inline(self, node: Node, width: float, letters: Type) -> float:
        """The rows of what stands inside a block, and pictures as high as they are."""
        inside = [child for inline in node.children for child in inline.children]
        pictures = [self._picture(child, width) for child in inside if child.type == "image"]
        drawn = sum(pictures)
        rows = sum(_rows(line, width / letters.size) for line in _lines(inside, letters))
        if not rows:
            return drawn
        return rows * letters.row + max(0.0, drawn - (letters.row if drawn else 0.0))

    def _picture(self, node: Node, width: float) -> float:
        words = node.content
        if _BACKGROUND.search(words):
            return 0.0
        orders = {name[0]: float(number) for name, number in _ORDER.findall(words)}
        across, down = self.pictures(str(node.attrs.get("src", ""))) or measures.UNKNOWN_PICTURE
        if "h" in orders:
            return orders["h"]
        shown = min(orders.get("w", across), width)
        return min(down * shown / across if across else down, measures.TALLEST_PICTURE)


def width(nodes: Sequence[Node]) -> float:
    """How wide the text of a slide may be: less where a picture stands beside it."""
    for node in _inlines(nodes):
        for child in node.children:
            if child.type == "image" and _BACKGROUND.search(child.content):
                beside = _BESIDE.search(child.content)
                if beside:
                    return measures.WIDTH - 1280.0 * float(beside[1] or 50) / 100
    return measures.WIDTH


def kind(node: Node) -> str:
    """What a block is to its neighbours."""
    if node.type == "heading":
        return node.tag
    return "quote" if node.type == "blockquote" else _KINDS.get(node.type, "other")


def is_terminal(node: Node | Token) -> bool:
    """Whether a block shows what a step did."""
    return node.type == "fence" and node.info.split(" ")[0] == TERMINAL


def fence_lines(node: Node) -> list[str]:
    """The lines in a fence."""
    return node.content.removesuffix("\n").split("\n")


def folded(line: str, columns: int) -> int:
    """How many rows a line takes: it folds behind blanks, and inside what is longer than a row."""
    if measures.cells(line) <= columns:
        return 1
    words = [float(measures.cells(word)) for word in re.findall(r"\S+\s*|\s+", line)]
    blanks = [float(len(word) - len(word.rstrip())) for word in re.findall(r"\S+\s*|\s+", line)]
    return _wrapped(list(zip(words, blanks, strict=True)), float(columns))


def _wrapped(words: Sequence[tuple[float, float]], room: float) -> int:
    """Rows of words, each with its width and how much of that is blanks at its end, which may hang over."""
    rows, used = 1, 0.0
    for whole, blanks in words:
        solid = whole - blanks
        if used and used + solid > room:
            rows, used = rows + 1, 0.0
        while solid > room:
            rows, solid = rows + 1, solid - room
        used += solid + blanks
    return rows


def _rows(line: Sequence[tuple[float, float]], room: float) -> int:
    return _wrapped(line, max(room, 1.0)) if line else 0


def _lines(inside: Sequence[Node], letters: Type) -> Iterator[list[tuple[float, float]]]:
    """The words of each line of a paragraph: their width and the blank behind them, in em."""
    line: list[tuple[float, float]] = []
    for text, code in _pieces(inside):
        if text == "\n":
            yield line
            line = []
            continue
        padding = measures.CODE_PADDING if code else 0.0
        for found in re.finditer(r"(\S*)(\s*)", text):
            own = measures.code_advance(found[1], letters) if code else measures.advance(found[1])
            blank = measures.advance(found[2])
            if own or blank:
                line.append((own + blank + padding, blank))
                padding = 0.0
    yield line


def _pieces(inside: Sequence[Node]) -> Iterator[tuple[str, bool]]:
    for node in inside:
        if node.type in ("softbreak", "hardbreak") or (node.type == "html_inline" and _BREAK.match(node.content)):
            yield "\n", False
        elif node.type == "code_inline":
            yield node.content, True
        elif node.type == "text":
            yield node.content, False
        elif node.type != "image":
            yield from _pieces(node.children)


def _longest(cell: Node) -> float:
    """The width of a table cell in one row, in em."""
    inside = [child for inline in cell.children for child in inline.children]
    return max(sum(whole for whole, _ in line) for line in _lines(inside, measures.TABLE))


def _inlines(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.type == "inline":
            yield node
        else:
            yield from _inlines(node.children)
