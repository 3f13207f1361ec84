"""Long terminal blocks over several slides: the `split` of a run fence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from markdown_it.tree import SyntaxTreeNode as Node

from livedeck.template.paging import heights, measures
from livedeck.template.paging.heights import Estimate
from livedeck.template.paging.sizing import Page

_OPENING = re.compile(r"(\s*)(`{3,})(\S+)(.*)")
_LINE = re.compile(r"([mcf]?)([1-9]\d*)((?::\d+)?)")
_LINES = re.compile(r"copy:([1-9]\d*)(?:-([1-9]\d*))?")
_DIRECTIVE = re.compile(r"<!--\s*_\w+:")
_FEWEST = 3
"""Fewer rows than these are not worth a slide of their own."""


@dataclass(frozen=True, slots=True)
class SplitBlock:
    """A block that continues on more slides: the parts of its lines, and the heading above it.

    `moves` says that even its first part begins a slide.
    """

    node: Node
    parts: tuple[tuple[int, int], ...]
    heading: Node | None
    moves: bool


@dataclass
class _Flow:
    """The blocks of a slide in the order in which they fill slides: the blocks on the last one, and the cuts so far."""

    page: Page
    estimate: Estimate
    blocks: list[Node] = field(default_factory=list)
    cuts: list[SplitBlock] = field(default_factory=list)
    heading: Node | None = None

    def capacity(self, above: Sequence[Node], node: Node, below: Sequence[Node] = ()) -> int:
        """How many rows of a terminal have room between other blocks."""
        estimate = replace(self.estimate, rows={**self.estimate.rows, begin(node): 0})
        left = self.page.room - estimate.height([*above, node, *below], self.page.width)
        return int(left / (estimate.size * estimate.measures.terminal_row) + 1e-6)

    def lay(self, node: Node, below: Sequence[Node]) -> None:
        """Lay a terminal over as many slides as it takes, so that `below` has room after its last part."""
        columns = measures.columns(self.estimate.size, self.page.width)
        rows = [heights.folded(line, columns) for line in heights.fence_lines(node)]
        whole = self.capacity(self.blocks, node, below)
        room = self.capacity(self.blocks, node)
        # Every further slide repeats the heading, and has nothing else above the terminal.
        head = [self.heading] if self.heading else []
        full, last = max(1, self.capacity(head, node)), max(1, self.capacity(head, node, below))
        # Where hardly a row has room, the block begins on a slide of its own, unless only headings would be left.
        moves = (
            sum(rows) > whole
            and room < min(_FEWEST, sum(rows))
            and any(other.type != "heading" for other in self.blocks)
        )
        ends: list[int] = []
        room = full if moves else room
        while (left := sum(rows[ends[-1] if ends else 0 :])) > (last if moves or ends else whole):
            # What remains must be worth the last slide.
            most = max(1, min(room, left - min(last, _FEWEST)))
            end = _end(rows, ends[-1] if ends else 0, most, _typed(node))
            if end == len(rows):
                break
            ends.append(end)
            room = full
        if not moves and not ends:
            self.blocks.append(node)
            return
        self.cuts.append(SplitBlock(node, tuple(zip([0, *ends], [*ends, len(rows)], strict=True)), self.heading, moves))
        self.blocks = [*head, node]
        self.estimate = replace(self.estimate, rows={**self.estimate.rows, begin(node): left})


def split(page: Page, own: Sequence[Node]) -> tuple[int, list[SplitBlock]]:
    """Split the terminals `own` of a page over as many slides as they need; return the size of all, and the cuts.

    Terminals are as large as they may be without folding a line, but no larger than code in the theme: larger letters
    only make more slides.
    """
    theme = page.estimate.measures
    fitting = (size for size in measures.SIZES if size <= theme.terminal_size and page.holds(size))
    flow = _Flow(page, replace(page.estimate, size=next(fitting, measures.SMALLEST)))
    nodes = list(page.nodes)
    for index, node in enumerate(nodes):
        if node.type == "heading":
            flow.heading = node
        if node in own:
            stop = next((i for i, other in enumerate(nodes) if i > index and other in own), len(nodes))
            flow.lay(node, nodes[index + 1 : stop])
        else:
            flow.blocks.append(node)
    return flow.estimate.size, flow.cuts


def _end(rows: Sequence[int], start: int, room: int, typed: set[int]) -> int:
    """Return the line before which a part of `room` rows ends: after a line or more, not after a bare command."""
    end, used = start, 0
    while end < len(rows) and (end == start or used + rows[end] <= room):
        used += rows[end]
        end += 1
    kept = end
    while end - 1 > start and end - 1 in typed and end < len(rows):
        end -= 1
    # A part that would hold nothing but commands is cut where it is full.
    return end if end > start and end - 1 not in typed else kept


def _typed(node: Node) -> set[int]:
    """Return the lines of a terminal that were typed, from 0."""
    words = (_LINE.fullmatch(word) for word in node.info.split(" "))
    return {int(found[2]) - 1 for found in words if found and found[3]}


# --- the Markdown of it ----------------------------------------------------------------------------


class Change(NamedTuple):
    """A new text for the lines from `first` to before `end`."""

    first: int
    end: int
    text: str


def changes(
    lines: Sequence[str], page: Page, size: int, cuts: Sequence[SplitBlock], dividing: set[str]
) -> Iterator[Change]:
    """Yield what makes the Markdown of a page the slides it was cut into, with terminals of this size.

    `dividing` are the tags of headings that begin a slide by themselves.
    """
    # A scoped style or a directive such as `_class` is for one slide, so each part has it again.
    scoped = [node.content.rstrip("\n") for node in page.nodes if node.type == "html_block"]
    directives = [line for text in scoped if _DIRECTIVE.match(text) for line in (text, "")]
    totals: Counter[Node | None] = Counter()
    for cut in cuts:
        totals[cut.heading] += len(cut.parts) - 1 + cut.moves
    reached = Counter(totals.keys())
    yield from (Change(*_map(node), _heading(node, 1, slides + 1)) for node, slides in totals.items() if node)
    for cut in cuts:
        first, end = _map(cut.node)
        text: list[str] = []
        for start, stop in cut.parts:
            if start or cut.moves:
                reached[cut.heading] += 1
                if not (cut.heading and cut.heading.tag in dividing):
                    text += ["", "---"]
                if cut.heading:
                    text += ["", _heading(cut.heading, reached[cut.heading], totals[cut.heading] + 1)]
                text += ["", *directives]
            text += _part(lines[first:end], start, stop, size)
        yield Change(first, end, "\n".join(text))


def _part(fence: Sequence[str], start: int, end: int, size: int) -> list[str]:
    """Return the lines from `start` to before `end` of a fence, as a fence of their own."""
    opening = _OPENING.fullmatch(fence[0])
    assert opening is not None  # noqa: S101 (a terminal block has one)
    words = _words(opening[4].split(), start, end, last=end == len(fence) - 2)
    return [f"{opening[1]}{opening[2]}{' '.join([opening[3], *words])} s{size}", *fence[1 + start : 1 + end], fence[-1]]


def _words(words: Sequence[str], start: int, end: int, *, last: bool) -> Iterator[str]:
    """Yield the words of an info string about these lines, counted from `start`; the `last` part has the others."""
    for word in words:
        if found := _LINE.fullmatch(word):
            if start < int(found[2]) <= end:
                yield f"{found[1]}{int(found[2]) - start}{found[3]}"
        elif found := _LINES.fullmatch(word):
            first, final = int(found[1]) - start, int(found[2] or found[1]) - start
            if first > 0 and final <= end - start:
                yield f"copy:{first}" if first == final else f"copy:{first}-{final}"
        elif last:
            yield word


def _heading(node: Node, number: int, total: int) -> str:
    text = node.children[0].content.replace("\n", " ")
    return f"{'#' * int(node.tag[1])} {text} ({number}/{total})"


def begin(node: Node) -> int:
    """Return the line (from 0) on which a block begins."""
    return _map(node)[0]


def _map(node: Node) -> tuple[int, int]:
    assert node.map is not None  # noqa: S101 (blocks have one)
    return node.map
