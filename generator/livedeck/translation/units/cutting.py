"""Texts of the mask found again in the source, and cut where Jinja's block tags stand in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

from livedeck.template.mask import Mask, Span, Tag

_CLOSED = {"macro": "endmacro", "call": "endcall", "filter": "endfilter", "set": "endset"}
_ASSIGNED = re.compile(r"\{%\s*set\s+[\w.,\s()]+=")
_PIPE = re.compile(r"(?<!\\)\|")


class Cutter:
    """The lines and block tags of one mask."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._kept = [line for line in mask.lines if not line.dropped]
        self._raws = list(_regions(mask.tags, {"raw": "endraw"}))
        self._values = list(_regions(_blocks(mask), _CLOSED))
        self._masked = _split(mask)

    def rows(self, first: int, after: int) -> Span:
        """The source of the masked lines from `first` up to `after`, with the dropped lines between them."""
        last = self._kept[min(after, len(self._kept)) - 1]
        return self._kept[first].start, last.end

    def masked(self, row: int) -> str:
        """A masked line, without its newline."""
        return self._masked[row]

    def start(self, row: int) -> int:
        """Where a masked line begins in the source."""
        return self._kept[row].start

    def lines(self, token: Token) -> list[Span]:
        """The lines of a paragraph or heading without their blanks; none where they cannot be found again."""
        found: list[Span] = []
        assert token.map is not None  # noqa: S101 (inline tokens have one)
        for row, content in enumerate(token.content.split("\n"), token.map[0]):
            text = content.strip()
            column = self._masked[row].rfind(text)
            if column < 0 or not text:
                return []
            found.append((self.start(row) + column, self.start(row) + column + len(text)))
        return found

    def cells(self, row: Sequence[Token]) -> list[Span]:
        """The cells of a table's row that hold a text; none where they cannot be found again."""
        if not row or row[0].map is None:
            return []
        line, start = self._masked[row[0].map[0]], self.start(row[0].map[0])
        bounds = [0, *(pipe.end() for pipe in _PIPE.finditer(line)), len(line) + 1]
        parts = [(first, after - 1) for first, after in pairwise(bounds)]
        contents = [token.content for token in row]
        for leading in (1, 0):
            own = parts[leading:]
            shown = [line[a:b].strip().replace("\\|", "|") for a, b in own]
            head = shown[:1] and (leading or not contents[0]) and shown[0] == contents[0]
            head = head or bool(not leading and shown[:1] and contents[0] and shown[0].endswith(contents[0]))
            rest = all(a == b for a, b in zip(shown[1:], contents[1:], strict=False))
            if head and rest:
                raw = [_stripped(line, a, b) for a, b in own[: len(contents)]]
                if not leading and raw:
                    raw[0] = (raw[0][1] - len(contents[0].replace("|", "\\|")), raw[0][1])
                return [(start + a, start + b) for a, b in raw if b > a]
        return []

    def segments(self, lines: Sequence[Span]) -> list[list[Span]]:
        """`lines` cut at block tags and comments, and where such a line was dropped between two of them."""
        segments: list[list[Span]] = [[]]
        previous: int | None = None
        for start, end in lines:
            row = bisect_right(self._kept, start, key=lambda line: line.start) - 1
            if previous is not None and self._kept[row].start != self._kept[previous].next:
                segments.append([])
            previous = row
            position = start
            for tag in self._cuts(start, end):
                segments[-1].append((position, tag.start))
                segments.append([])
                position = tag.end
            segments[-1].append((position, end))
        trimmed = [[_stripped(self._mask.source, a, b) for a, b in segment] for segment in segments]
        return [kept for segment in trimmed if (kept := [span for span in segment if span[0] < span[1]])]

    def is_value(self, offset: int) -> bool:
        """Whether a place lies in a set block, macro, call or filter block: what stands there is a value."""
        return any(start <= offset < end for start, end in self._values)

    def is_raw(self, offset: int) -> bool:
        """Whether a place lies between `{% raw %}` and `{% endraw %}`."""
        return any(start <= offset < end for start, end in self._raws)

    def _cuts(self, start: int, end: int) -> Iterator[Tag]:
        """The tags that end a unit there. A raw block that stands in one line is a piece of it, like a value."""
        first = bisect_right(self._mask.tags, start - 1, key=lambda tag: tag.start)
        inline = {
            edge for a, b in self._raws if start <= a and b <= end for edge in (a, b)
        }  # the end of `raw`, the start of `endraw`
        for tag in self._mask.tags[first:]:
            if tag.start >= end:
                return
            if tag.kind != "expression" and tag.end not in inline and tag.start not in inline:
                yield tag


def _split(mask: Mask) -> list[str]:
    """The lines of the masked text."""
    lines: list[str] = []
    position = 0
    for line in mask.lines:
        if not line.dropped:
            length = line.end - line.start
            lines.append(mask.text[position : position + length])
            position += line.next - line.start
    return lines


def _regions(tags: Sequence[Tag], closed: dict[str, str]) -> Iterator[Span]:
    """What stands between opening and closing tags, the outermost where they nest."""
    opened: list[Tag] = []
    for tag in tags:
        if tag.name in closed:
            opened.append(tag)
        elif opened and tag.name == closed[opened[-1].name]:
            first = opened.pop()
            if not opened:
                yield first.end, tag.start


def _blocks(mask: Mask) -> list[Tag]:
    """The block tags of a mask without the `{% set x = 1 %}` that open nothing."""
    return [tag for tag in mask.tags if not _ASSIGNED.match(mask.source, tag.start)]


def _stripped(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
