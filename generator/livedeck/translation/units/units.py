"""The units of a template: the texts that a translator sees, each with its exact places in the source.

They are found by Markdown's own rules on the mask. Fences, directives and Jinja statements are not units. A block tag
ends a unit, so the text inside a claim is one. The content of set blocks, macros, call and filter blocks is a value and
not a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

from livedeck.template import markdown
from livedeck.template.mask import Mask, Range, line_of, scan
from livedeck.translation.units import notes
from livedeck.translation.units.cutting import Cutter
from livedeck.translation.units.pieces import pieces

_CONTAINERS = {"list_item_open": "list item", "blockquote_open": "quote"}
_CELLS = ("th_open", "td_open")


@dataclass(frozen=True, slots=True)
class Unit:
    """A text to translate: `spans` are its lines in the source, `block` the whole block at the top level around it.

    `place` is the heading of its slide, or else the command above it. `style` is how a text of the front matter is
    quoted.
    """

    kind: str
    text: str
    line: int
    spans: tuple[Range, ...]
    block: Range
    place: str = ""
    style: str = ""


def units(mask: Mask) -> tuple[Unit, ...]:
    """Return the units of a template, in its order."""
    return tuple(_UnitReader(mask).read())


def splice(source: str, chosen: Sequence[tuple[Unit, str]]) -> str:
    """Replace units in `source` by other texts; each has as many lines as its unit."""
    edits = sorted(
        (start, end, notes.quoted(line, unit.style) if unit.style else line)
        for unit, text in chosen
        if text != unit.text
        for (start, end), line in zip(unit.spans, lines_of(text), strict=True)
    )
    pieces: list[str] = []
    position = 0
    for start, end, new in edits:
        pieces += [source[position:start], new]
        position = end
    return "".join([*pieces, source[position:]])


def lines_of(text: str) -> list[str]:
    """Return the lines of a unit's text; a newline inside a Jinja tag does not end a line."""
    tags, _ = scan(text)
    ends = [n.start() for n in re.finditer("\n", text) if not any(t.start <= n.start() < t.end for t in tags)]
    return [text[first + 1 : last] for first, last in pairwise([-1, *ends, len(text)])]


class _UnitReader:
    """One walk over the tokens of a mask."""

    def __init__(self, mask: Mask) -> None:
        text = mask.text
        self._mask = mask
        self._tokens = markdown.parse(text)
        self._references: Mapping[str, Any] = markdown.references(text)
        self._cutter = Cutter(mask)
        self._block: Range = (0, 0)
        self._heading = ""
        self._command = ""

    def read(self) -> Iterator[Unit]:
        above: list[Token] = []
        row: list[Token] = []
        for token in self._tokens:
            if token.level == 0 and token.map:
                self._block = self._cutter.rows(token.map[0], token.map[1])
            self._pass(token)
            if token.nesting > 0:
                above.append(token)
            elif token.nesting < 0:
                above.pop()
            if token.type == "inline" and above[-1].type in _CELLS:
                row.append(token)
            elif token.type == "tr_close":
                yield from self._row(row)
                row = []
            elif token.type == "inline":
                yield from self._inline(token, above)
            elif token.level == 0:
                yield from self._beside(token)

    def _pass(self, token: Token) -> None:
        """Remember what later units are named after."""
        if token.type == "hr" and token.level == 0:  # a new slide
            self._heading = self._command = ""
        elif token.type == "fence" and "run" in token.info.split():
            self._command = token.content.strip().split("\n")[-1]

    def _inline(self, token: Token, above: Sequence[Token]) -> Iterator[Unit]:
        if above[-1].type == "heading_open":
            kind = "heading"
        else:
            kind = next((_CONTAINERS[t.type] for t in reversed(above) if t.type in _CONTAINERS), "paragraph")
        found = self._cutter.lines(token)
        segments = self._cutter.segments(found) if found else []
        if len(segments) > 1 and not self._whole(found, segments):
            return
        for segment in segments:
            yield from self._unit(kind, segment)
        if kind == "heading":
            self._heading = " ".join(self._text(found).split())

    def _row(self, row: Sequence[Token]) -> Iterator[Unit]:
        for span in self._cutter.cells(row):
            segments = self._cutter.segments([span])
            if len(segments) == 1 or self._whole([span], segments):
                for segment in segments:
                    yield from self._unit("table cell", segment)

    def _beside(self, token: Token) -> Iterator[Unit]:
        if token.type == "html_block":
            for paragraph in notes.paragraphs(token, self._cutter):
                for segment in self._cutter.segments(paragraph):
                    yield from self._unit(notes.KIND, segment)
        elif token.type == "front_matter":
            for key, style, span in notes.front(self._mask, token):
                yield from self._unit(key, [span], style=style)

    def _whole(self, lines: Sequence[Range], segments: Sequence[Sequence[Range]]) -> bool:
        """Return whether no code span, link or the like crosses a block tag."""
        together = pieces(self._text(lines), self._references)
        alone = [pieces(self._text(segment), self._references) for segment in segments]

        def same(kind: str) -> bool:
            return sorted(getattr(together, kind)) == sorted(part for one in alone for part in getattr(one, kind))

        return all(same(kind) for kind in ("code", "links", "pictures", "html"))

    def _unit(self, kind: str, spans: Sequence[Range], style: str = "") -> Iterator[Unit]:
        text = self._text(spans)
        words = text if kind == notes.KIND else pieces(text, self._references).words
        # Without a letter outside addresses there is nothing to translate.
        if not any(char.isalpha() for word in words.split() if "://" not in word for char in word):
            return
        start = spans[0][0]
        raw_tags = self._cutter.is_raw(start) and any(mark in text for mark in ("{{", "{%", "{#"))
        if raw_tags or self._cutter.is_value(start):
            return
        place = self._heading or (f"after `{self._command}`" if self._command else "")
        line = line_of(self._mask.source, start)
        yield Unit(kind, text, line, tuple(spans), self._block, place if kind != "heading" else "", style)

    def _text(self, spans: Sequence[Range]) -> str:
        return "\n".join(self._mask.source[start:end] for start, end in spans)


def expressions_by_line(mask: Mask) -> Mapping[int, tuple[str, ...]]:
    """Return the `{{ }}` of a template by the line (from 1) on which each begins."""
    found: dict[int, tuple[str, ...]] = {}
    for tag in mask.tags:
        if tag.kind == "expression":
            line = line_of(mask.source, tag.start)
            found[line] = (*found.get(line, ()), mask.source[tag.start : tag.end])
    return found
