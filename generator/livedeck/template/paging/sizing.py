"""How large the terminals of a slide are: the largest size at which they, and all beside them, fit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from livedeck.template.paging import heights, measures, slides
from livedeck.template.paging.heights import PictureSize, Sheet

_LEAD = re.compile(r"<!--\s*_?class:[^>]*\blead\b")


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks of one slide."""

    nodes: tuple[Node, ...]

    @property
    def room(self) -> float:
        """The height there is for them."""
        lead = any(node.type == "html_block" and _LEAD.search(node.content) for node in self.nodes)
        return measures.HEIGHT - measures.SLACK - (measures.LEAD if lead else 0.0)

    @property
    def width(self) -> float:
        """The width there is for them."""
        return heights.width(self.nodes)

    @property
    def terminals(self) -> tuple[Node, ...]:
        """The terminal blocks among them, however deep."""
        return tuple(found for node in self.nodes for found in node.walk() if heights.is_terminal(found))

    def holds(self, size: int) -> bool:
        """Whether every line has room at that size; terminals in quotes and lists have less of it."""
        width = self.width
        return all(
            max(map(measures.cells, heights.fence_lines(node)), default=0)
            <= measures.columns(size, width - _indent(node))
            for node in self.terminals
        )


def pages(tokens: Sequence[Token]) -> list[Page]:
    """The blocks of each slide."""
    starts = slides.starts(tokens)
    found: list[list[Node]] = [[] for _ in starts]
    for node in Node(tokens).children:
        if node.map is None or node.type == "front_matter":
            continue
        if node.type == "hr" and node.map[1] in starts:
            continue
        found[bisect_right(starts, node.map[0]) - 1].append(node)
    return [Page(tuple(nodes)) for nodes in found]


def best(page: Page, pictures: PictureSize) -> int | None:
    """The largest size at which a slide fits; None where it does at none."""
    for size in measures.SIZES:
        if page.holds(size) and Sheet(size, pictures).height(page.nodes, page.width) <= page.room:
            return size
    return None


def sized(text: str, tokens: Sequence[Token], pictures: PictureSize, chosen: Mapping[int, int]) -> str:
    """`text` with the size of each terminal at the end of its info string: `s16`.

    All terminals of a slide are alike. `chosen` has the size of those that begin on these lines, and of their
    neighbours. What fits at no size is as small as terminals get; its lines fold.
    """
    rows = text.split("\n")
    for page in pages(tokens):
        begins = [node.map[0] for node in page.terminals if node.map]
        if not begins:
            continue
        size = min((chosen[line] for line in begins if line in chosen), default=0)
        size = size or best(page, pictures) or measures.SMALLEST
        for line in begins:
            rows[line] = f"{rows[line].rstrip()} s{size}"
    return "\n".join(rows)


def _indent(node: Node) -> float:
    return sum(_indents(node))


def _indents(node: Node) -> Iterator[float]:
    parent = node.parent
    while parent is not None:
        if parent.type == "list_item":
            yield measures.LIST_INDENT
        elif parent.type == "blockquote":
            yield measures.QUOTE_INDENT
        parent = parent.parent
