"""How large the terminals of a slide are: the largest size at which they, and all beside them, fit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from livedeck.template.markdown import is_terminal
from livedeck.template.paging import heights, measures, slides
from livedeck.template.paging.heights import Estimate

_LEAD = re.compile(r"<!--\s*_?class:[^>]*\blead\b")


@dataclass(frozen=True)
class Page:
    """The blocks of one slide, and how to estimate their heights."""

    nodes: tuple[Node, ...]
    estimate: Estimate

    @cached_property
    def room(self) -> float:
        """The height there is for them; a title slide (`class: lead`) begins lower."""
        theme = self.estimate.measures
        lead = any(node.type == "html_block" and _LEAD.search(node.content) for node in self.nodes)
        return theme.height - measures.SLACK - (theme.lead_top - theme.top if lead else 0.0)

    @cached_property
    def width(self) -> float:
        """The width there is for them."""
        return self.estimate.measures.width - heights.beside(self.nodes)

    @cached_property
    def terminals(self) -> tuple[Node, ...]:
        """The terminal blocks among them, however deep."""
        return tuple(found for node in self.nodes for found in node.walk() if is_terminal(found))

    def holds(self, size: int) -> bool:
        """Whether no line of a terminal folds at that size."""
        return all(
            max(map(measures.cells, heights.fence_lines(node)))
            <= measures.columns(size, self.width - self._indent(node))
            for node in self.terminals
        )

    def best(self) -> int | None:
        """Return the largest size at which the slide fits; None where it fits at none."""
        for size in measures.SIZES:
            if self.holds(size) and replace(self.estimate, size=size).height(self.nodes, self.width) <= self.room:
                return size
        return None

    def _indent(self, node: Node) -> float:
        """By how much lists and quotes make a terminal narrower."""
        indents = {"list_item": self.estimate.measures.list_indent, "blockquote": measures.QUOTE_INDENT}
        return indents.get(node.type, 0.0) + (self._indent(node.parent) if node.parent else 0.0)


def pages(tokens: Sequence[Token], estimate: Estimate) -> list[Page]:
    """Return the blocks of each slide."""
    starts = slides.starts(tokens)
    found: list[list[Node]] = [[] for _ in starts]
    for node in Node(tokens).children:
        if node.map is None or node.type == "front_matter" or (node.type == "hr" and node.map[1] in starts):
            continue
        found[bisect_right(starts, node.map[0]) - 1].append(node)
    return [Page(tuple(nodes), estimate) for nodes in found]
