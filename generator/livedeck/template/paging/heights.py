"""About how high the blocks of a slide are, from their Markdown: rows by the width of words, gaps, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it.tree import SyntaxTreeNode as Node

from livedeck.template.markdown import is_terminal
from livedeck.template.paging import measures
from livedeck.template.paging.measures import SMALLEST, Measures, Type
from livedeck.template.picture_size import PictureSize

_ORDER = re.compile(r"(?:^|\s)(w|h|width|height):(\d+(?:\.\d+)?)(?:px)?(?=\s|$)")
_BACKGROUND = re.compile(r"(?:^|\s)bg(?=\s|$)")
_BESIDE = re.compile(r"(?:^|\s)(?:left|right)(?::(\d+(?:\.\d+)?)%)?(?=\s|$)")
_UNSEEN = re.compile(r"<!--.*?-->|<style\b.*?</style>", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORD = re.compile(r"\S+\s*|\s+")
_NARROWEST_CELL = 60.0
_KINDS = {
    "paragraph": "text",
    "bullet_list": "text",
    "ordered_list": "text",
    "fence": "pre",
    "code_block": "pre",
    "blockquote": "quote",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimates heights: with the measures of a theme, the sizes of pictures, and one size for all terminals.

    `rows` has the number of rows of a terminal by the line it begins on, where a slide shows only a part of it.
    """

    measures: Measures
    pictures: PictureSize
    size: int = SMALLEST
    rows: Mapping[int, int] = field(default_factory=dict)

    def height(self, nodes: Sequence[Node], width: float) -> float:
        """Return the height of blocks that lie on a slide one below the other."""
        total, above = 0.0, None
        for node in nodes:
            own = self._block(node, width, self.measures.types["p"])
            if own > 0:
                kind = node.tag if node.type == "heading" else _KINDS.get(node.type, "other")
                total += self.measures.between(above, kind) + own
                above = kind
        return total

    def _block(self, node: Node, width: float, letters: Type) -> float:  # noqa: PLR0911 (one for each kind)
        types = self.measures.types
        match node.type:
            case "heading":
                return self._inline(node, width, types.get(node.tag, types["p"]))
            case "paragraph":
                return self._inline(node, width, letters)
            case "bullet_list" | "ordered_list":
                inside = types["li"] if node.parent and node.parent.type == "list_item" else letters
                room = width - self.measures.list_indent
                return _stacked([max(self._stack(item, room, inside), inside.row) for item in node.children])
            case "blockquote":
                quote = types["blockquote"]
                return max(self._stack(node, width - measures.QUOTE_INDENT, quote), quote.row)
            case "fence" | "code_block":
                return self._code(node, width)
            case "table":
                return self._table(node, width)
            case "html_block":
                text = _UNSEEN.sub("", node.content).strip()
                return letters.row * (text.count("\n") + 1) if text else 0.0
        return float(node.type == "hr")

    def _stack(self, parent: Node, width: float, letters: Type) -> float:
        return _stacked([self._block(node, width, letters) for node in parent.children])

    def _code(self, node: Node, width: float) -> float:
        size = self.size if is_terminal(node) else self.measures.terminal_size
        rows = self.rows.get(node.map[0]) if node.map else None
        if rows is None:
            room = measures.columns(size, width)
            rows = sum(folded(line, room) for line in fence_lines(node))
        return rows * size * self.measures.terminal_row + measures.TERMINAL_FRAME[1]

    def _table(self, node: Node, width: float) -> float:
        """Return a table in which each column has what its longest cell needs, or a share of the width by that."""
        letters = self.measures.types["table"]
        rows = [row.children for part in node.children for row in part.children]
        count = max((len(row) for row in rows), default=1)
        full = [max((_longest(row[i], letters) for row in rows if i < len(row)), default=0.0) for i in range(count)]
        wanted = sum(full) * letters.size
        scale = min(1.0, (width - count * measures.CELL_FRAME[0]) / wanted) if wanted else 1.0
        # One pixel more, so that rounding does not fold a cell that fits exactly.
        widths = [max(own * letters.size * scale, _NARROWEST_CELL) + 1 for own in full]
        cells = ([self._inline(cell, own, letters) for cell, own in zip(row, widths, strict=False)] for row in rows)
        return sum(max(heights) + measures.CELL_FRAME[1] for heights in cells if heights)

    def _inline(self, node: Node, width: float, letters: Type) -> float:
        """Return the rows of the text in a block. A picture in a line of text adds what it is higher than a row."""
        inside = [child for inline in node.children for child in inline.children]
        drawn = sum(self._picture(child, width) for child in inside if child.type == "image")
        room = max(width / letters.size, 1.0)
        rows = sum(_wrapped(line, room) for line in _lines(inside, letters) if line)
        if not rows:
            return drawn
        return rows * letters.row + max(0.0, drawn - (letters.row if drawn else 0.0))

    def _picture(self, node: Node, width: float) -> float:
        if _BACKGROUND.search(node.content):
            return 0.0
        orders = {name[0]: float(number) for name, number in _ORDER.findall(node.content)}
        if "h" in orders:
            return orders["h"]
        across, down = self.pictures(str(node.attrs.get("src", ""))) or measures.UNKNOWN_PICTURE
        shown = min(orders.get("w", across), width)
        return min(down * shown / across if across else down, self.measures.picture_height)


def beside(nodes: Sequence[Node]) -> float:
    """Return the width that a background picture beside the text takes: half of the slide, unless it says more."""
    images = (node for parent in nodes for node in parent.walk() if node.type == "image")
    shares = (_BESIDE.search(image.content) for image in images if _BACKGROUND.search(image.content))
    return next((measures.SLIDE[0] * float(share[1] or 50) / 100 for share in shares if share), 0.0)


def fence_lines(node: Node) -> list[str]:
    """Return the lines in a fence."""
    return node.content.removesuffix("\n").split("\n")


def folded(line: str, columns: int) -> int:
    """How many rows a line takes: it folds after blanks, and inside what is longer than a row."""
    if measures.cells(line) <= columns:
        return 1
    words = [(float(measures.cells(word)), float(len(word) - len(word.rstrip()))) for word in _WORD.findall(line)]
    return _wrapped(words, float(columns))


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


def _stacked(heights: Sequence[float]) -> float:
    return sum(heights) + measures.LIST_GAP * max(0, len(heights) - 1)


def _lines(inside: Sequence[Node], letters: Type) -> Iterator[list[tuple[float, float]]]:
    """Yield the words of each line of a paragraph: their width and that of the blank after them, in em."""
    line: list[tuple[float, float]] = []
    for text, code in _pieces(inside):
        if text == "\n":
            yield line
            line = []
            continue
        # The padding of a code span counts once, with its first word.
        padding = measures.CODE_PADDING if code else 0.0
        for found in re.finditer(r"(\S*)(\s*)", text):
            own = measures.cells(found[1]) * measures.CELL * letters.code if code else measures.advance(found[1])
            blank = measures.advance(found[2])
            if own or blank:
                line.append((own + blank + padding, blank))
                padding = 0.0
    yield line


def _pieces(inside: Sequence[Node]) -> Iterator[tuple[str, bool]]:
    """Each piece of text, and whether it is code; a line break is a piece of its own."""
    for node in inside:
        if node.type in ("softbreak", "hardbreak") or (node.type == "html_inline" and _BREAK.match(node.content)):
            yield "\n", False
        elif node.type in ("code_inline", "text"):
            yield node.content, node.type == "code_inline"
        elif node.type != "image":
            yield from _pieces(node.children)


def _longest(cell: Node, letters: Type) -> float:
    """Return the width of a table cell in one row, in em."""
    inside = [child for inline in cell.children for child in inline.children]
    return max(sum(whole for whole, _ in line) for line in _lines(inside, letters))
