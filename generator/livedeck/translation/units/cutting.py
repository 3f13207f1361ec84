"""Find texts of the mask again in the source, and cut them at Jinja's block tags."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

from livedeck.template.mask import Mask, Range, Tag

_CLOSED = {"macro": "endmacro", "call": "endcall", "filter": "endfilter", "set": "endset"}
_ASSIGNED = re.compile(r"\{%\s*set\s+[\w.,\s()]+=")
_PIPE = re.compile(r"(?<!\\)\|")


class Cutter:
    """The lines and block tags of one mask; `masked` are its lines without their newlines."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._kept = [line for line in mask.lines if not line.dropped]
        self._raws = list(_regions(mask.tags, {"raw": "endraw"}))
        # `{% set x = 1 %}` opens no block.
        blocks = [tag for tag in mask.tags if not _ASSIGNED.match(mask.source, tag.start)]
        self._values = list(_regions(blocks, _CLOSED))
        self.masked: list[str] = []
        position = 0
        for line in self._kept:
            self.masked.append(mask.text[position : position + line.end - line.start])
            position += line.next - line.start

    def rows(self, first: int, after: int) -> Range:
        """Return the source of the masked lines from `first` up to `after`, with the dropped lines between them."""
        last = self._kept[min(after, len(self._kept)) - 1]
        return self._kept[first].start, last.end

    def start(self, row: int) -> int:
        """Return where a masked line begins in the source."""
        return self._kept[row].start

    def lines(self, token: Token) -> list[Range]:
        """Return the stripped lines of a paragraph or heading; none if they cannot be found again."""
        found: list[Range] = []
        assert token.map is not None  # noqa: S101 (inline tokens have one)
        for row, content in enumerate(token.content.split("\n"), token.map[0]):
            text = content.strip()
            column = self.masked[row].rfind(text)
            if column < 0 or not text:
                return []
            found.append((self.start(row) + column, self.start(row) + column + len(text)))
        return found

    def cells(self, row: Sequence[Token]) -> list[Range]:
        """Return the cells of a table's row that hold a text; none if they cannot be found again."""
        if not row or row[0].map is None:
            return []
        line, start = self.masked[row[0].map[0]], self.start(row[0].map[0])
        bounds = [0, *(pipe.end() for pipe in _PIPE.finditer(line)), len(line) + 1]
        parts = [(first, after - 1) for first, after in pairwise(bounds)]
        contents = [token.content for token in row]
        for leading in (1, 0):
            own = parts[leading:]
            shown = [line[a:b].strip().replace("\\|", "|") for a, b in own]
            if not shown or any(a != b for a, b in zip(shown[1:], contents[1:], strict=False)):
                continue
            if shown[0] == contents[0] or (not leading and contents[0] and shown[0].endswith(contents[0])):
                raw = [_stripped(line, a, b) for a, b in own[: len(contents)]]
                if not leading:
                    raw[0] = (raw[0][1] - len(contents[0].replace("|", "\\|")), raw[0][1])
                return [(start + a, start + b) for a, b in raw if b > a]
        return []

    def segments(self, lines: Sequence[Range]) -> list[list[Range]]:
        """Cut `lines` at block tags and comments, and where a line with only these was dropped between two of them."""
        segments: list[list[Range]] = [[]]
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
        """Return whether a place lies in a set block, macro, call or filter block, whose content is a value."""
        return any(start <= offset < end for start, end in self._values)

    def is_raw(self, offset: int) -> bool:
        """Return whether a place lies between `{% raw %}` and `{% endraw %}`."""
        return any(start <= offset < end for start, end in self._raws)

    def _cuts(self, start: int, end: int) -> Iterator[Tag]:
        """Yield the tags that end a unit there. A raw block within one line is a piece of it, like a value."""
        first = bisect_right(self._mask.tags, start - 1, key=lambda tag: tag.start)
        # Each raw block runs from the end of `raw` to the start of `endraw`.
        inline = {edge for a, b in self._raws if start <= a and b <= end for edge in (a, b)}
        for tag in self._mask.tags[first:]:
            if tag.start >= end:
                return
            if tag.kind != "expression" and tag.end not in inline and tag.start not in inline:
                yield tag


def _regions(tags: Sequence[Tag], closed: dict[str, str]) -> Iterator[Range]:
    """Yield what is between opening and closing tags, the outermost pair where they nest."""
    opened: list[Tag] = []
    for tag in tags:
        if tag.name in closed:
            opened.append(tag)
        elif opened and tag.name == closed[opened[-1].name]:
            first = opened.pop()
            if not opened:
                yield first.end, tag.start


def _stripped(text: str, start: int, end: int) -> Range:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
