"""Long terminal blocks over several slides: the `split` of a run fence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template.paging import heights, measures, sizing, slides
from livedeck.template.paging.heights import PictureSize, Sheet
from livedeck.template.paging.sizing import Page
from livedeck.template.placed import Placed
from livedeck.template.reading.options import NESTED_SPLIT
from livedeck.template.traced import Edit, Traced

_OPENING = re.compile(r"(\s*)(`{3,})(\S+)(.*)")
_LINE = re.compile(r"([mcf]?)([1-9]\d*)((?::\d+)?)")
_LINES = re.compile(r"copy:([1-9]\d*)(?:-([1-9]\d*))?")
_DIRECTIVE = re.compile(r"<!--\s*_\w+:")
_FEWEST = 3
"""Fewer rows than these are not worth a slide of their own."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A deck whose long blocks go on: its text, its blocks, and the size of terminals by the line they begin on."""

    written: Traced
    placed: tuple[Placed, ...]
    sizes: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A block that goes on: the lines of it that begin a slide (0: all of it does), and the heading above it."""

    node: Node
    lines: tuple[int, ...]
    heading: Node | None


@dataclass
class _Flow:
    """One slide being cut: what stands on the page that is being filled, and where cuts fall."""

    sheet: Sheet
    page: list[Node]
    room: float
    width: float
    cuts: list[_Cut] = field(default_factory=list)
    heading: Node | None = None

    def height(self, nodes: Sequence[Node], node: Node, rows: int) -> float:
        sheet = replace(self.sheet, rows={**self.sheet.rows, _begin(node): rows})
        return sheet.height(nodes, self.width)

    def capacity(self, above: Sequence[Node], node: Node, below: Sequence[Node]) -> int:
        """How many rows of a terminal have room between other blocks."""
        left = self.room - self.height([*above, node, *below], node, 0)
        return int(left / (self.sheet.size * measures.TERMINAL_ROW) + 1e-6)


def split(written: Traced, tokens: Sequence[Token], placed: Sequence[Placed], pictures: PictureSize) -> Parted:
    """The deck with the blocks of `split` steps on as many slides as they need.

    Raises TemplateError where such a block stands in a list or a quote.
    """
    wanted = {block.line: block for block in placed if block.step.split and block.terminal is not None}
    edits: list[Edit] = []
    parts: dict[int, tuple[int, ...]] = {}
    sizes: dict[int, int] = {}
    for page in sizing.pages(tokens) if wanted else ():
        own = [node for node in page.terminals if _begin(node) in wanted]
        if any(node not in page.nodes for node in own):
            raise nested(wanted[_begin(own[0])].step.at)
        if not own or sizing.best(page, pictures) is not None:
            continue
        flow = _flow(page, own, pictures)
        edits += _edits(flow, page, written, slides.dividing(tokens))
        parts |= {_begin(cut.node): cut.lines for cut in flow.cuts}
        sizes |= {_begin(node): flow.sheet.size for node in page.terminals}
    return _parted(written, sorted(edits, key=lambda edit: edit.start), placed, parts, sizes)


def nested(at: Location) -> TemplateError:
    """The error for a `split` step that stands inside something that would have to be split, too."""
    message, hint = NESTED_SPLIT
    return TemplateError(message, at=at, hint=hint)


def _flow(page: Page, own: Sequence[Node], pictures: PictureSize) -> _Flow:
    fitting = (size for size in measures.SIZES if size <= measures.DEFAULT_SIZE and page.holds(size))
    flow = _Flow(Sheet(next(fitting, measures.SMALLEST), pictures, {}), [], page.room, page.width)
    nodes = list(page.nodes)
    for index, node in enumerate(nodes):
        if node.type == "heading":
            flow.heading = node
        if node in own:
            following = nodes[index + 1 :]
            stop = next((i for i, other in enumerate(following) if other in own), len(following))
            _cut(flow, node, following[:stop])
        else:
            flow.page.append(node)
    return flow


def _cut(flow: _Flow, node: Node, below: Sequence[Node]) -> None:
    """Lay one block into the flow, over as many slides as it takes."""
    columns = measures.columns(flow.sheet.size, flow.width)
    rows = [heights.folded(line, columns) for line in heights.fence_lines(node)]
    head = [flow.heading] if flow.heading else []
    whole = flow.capacity(flow.page, node, below)
    if sum(rows) <= whole:
        flow.page.append(node)
        return
    room, full = flow.capacity(flow.page, node, ()), max(1, flow.capacity(head, node, ()))
    last = max(1, flow.capacity(head, node, below))
    cuts: list[int] = []
    if room < min(_FEWEST, sum(rows)) and any(other.type != "heading" for other in flow.page):
        cuts.append(0)
        room = full
    position = 0
    while (left := sum(rows[position:])) > (last if cuts else whole):
        position = _end(rows, position, max(1, min(room, left - min(last, _FEWEST))), _typed(node))
        if position == len(rows):
            break
        cuts.append(position)
        room = full
    if not cuts:
        flow.page.append(node)
        return
    flow.cuts.append(_Cut(node, tuple(cuts), flow.heading))
    flow.page = [*head, node]
    flow.sheet = replace(flow.sheet, rows={**flow.sheet.rows, _begin(node): left})


def _end(rows: Sequence[int], start: int, room: int, typed: set[int]) -> int:
    """The line before which a part of `room` rows ends; no command is left at its end without its output."""
    end, used = start, 0
    while end < len(rows) and (end == start or used + rows[end] <= room):
        used += rows[end]
        end += 1
    kept = end
    while end - 1 > start and end - 1 in typed and end < len(rows):
        end -= 1
    return end if end > start and end - 1 not in typed else kept


def _typed(node: Node) -> set[int]:
    words = (_LINE.fullmatch(word) for word in node.info.split(" "))
    return {int(found[2]) - 1 for found in words if found and found[3]}


# --- the Markdown of it ----------------------------------------------------------------------------


def _edits(flow: _Flow, page: Page, written: Traced, dividing: set[str]) -> Iterator[Edit]:
    lines = written.text.split("\n")
    starts = [0]
    for row in lines:
        starts.append(starts[-1] + len(row) + 1)
    scoped = [node.content.rstrip("\n") for node in page.nodes if node.type == "html_block"]
    directives = [line for text in scoped if _DIRECTIVE.match(text) for line in (text, "")]
    totals = Counter(cut.heading for cut in flow.cuts for _ in cut.lines)
    reached = Counter(totals.keys())
    for heading, cuts in totals.items():
        if heading:
            first, end = _map(heading)
            yield Edit(starts[first], starts[end] - 1, _heading(heading, 1, cuts + 1), written.lines[first])
    for cut in flow.cuts:
        first, end = _map(cut.node)
        text: list[str] = []
        for index, (start, stop) in enumerate(_spans(cut.lines, len(heights.fence_lines(cut.node)))):
            if index or 0 in cut.lines:
                reached[cut.heading] += 1
                again = cut.heading and _heading(cut.heading, reached[cut.heading], totals[cut.heading] + 1)
                ruler = [] if cut.heading and cut.heading.tag in dividing else ["---", ""]
                text += ["", *ruler, *([again, ""] if again else []), *directives]
            text += _part(lines[first:end], start, stop)
        yield Edit(starts[first], starts[end] - 1, "\n".join(text), written.lines[first])


def _part(fence: Sequence[str], start: int, end: int) -> list[str]:
    """The lines from `start` to before `end` of a fence, as a fence of their own."""
    opening = _OPENING.fullmatch(fence[0])
    assert opening is not None  # noqa: S101 (it was written here)
    words = [opening[3], *_words(opening[4].split(), start, end, last=1 + end == len(fence) - 1)]
    return [f"{opening[1]}{opening[2]}{' '.join(words)}", *fence[1 + start : 1 + end], fence[-1]]


def _words(words: Sequence[str], start: int, end: int, *, last: bool) -> Iterator[str]:
    """The words of an info string about these lines, counted anew; those about no line belong to the `last` part."""
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
    text = " ".join(node.children[0].content.split("\n"))
    return f"{'#' * int(node.tag[1])} {text} ({number}/{total})"


def _parted(
    written: Traced,
    edits: Sequence[Edit],
    placed: Sequence[Placed],
    cuts: dict[int, tuple[int, ...]],
    sizes: dict[int, int],
) -> Parted:
    """The edits made, and what they move along."""
    shifts: list[tuple[int, int]] = []
    for edit in edits:
        change = edit.text.count("\n") - written.text.count("\n", edit.start, edit.end)
        shifts.append((written.text.count("\n", 0, edit.start), change))

    def moved(line: int) -> int:
        return line + sum(change for begin, change in shifts if begin < line)

    done = written.edited(edits) if edits else written
    rows = done.text.split("\n")
    own = {moved(line): size for line, size in sizes.items() if line not in cuts}
    blocks: list[Placed] = []
    for block in placed:
        if block.line not in cuts:
            blocks.append(replace(block, line=moved(block.line)))
            continue
        line = moved(block.line)
        for start, end in _spans(cuts[block.line], len(block.owners)):
            line = next(i for i in range(line, len(rows)) if _OPENING.fullmatch(rows[i]))
            keys = tuple(block.keys[owner] for owner in dict.fromkeys(block.owners[start:end]))
            blocks.append(replace(block, line=line, keys=keys, owners=block.owners[start:end]))
            own[line] = sizes[block.line]
            line += end - start + 2
    return Parted(done, tuple(blocks), own)


def _spans(cuts: Sequence[int], length: int) -> list[tuple[int, int]]:
    ends = [cut for cut in cuts if cut]
    return list(zip([0, *ends], [*ends, length], strict=True))


def _begin(node: Node) -> int:
    return _map(node)[0]


def _map(node: Node) -> tuple[int, int]:
    assert node.map is not None  # noqa: S101 (blocks have one)
    return node.map
