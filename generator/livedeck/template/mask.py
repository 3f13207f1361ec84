"""Where the Jinja of a template is, and what Markdown sees of the template without it.

Markdown must not read Jinja (`{% endif %}` becomes a table row, a pipe in `{{ }}` cuts a cell) and Jinja must not read
commands (`--format '{{.Names}}'`). The mask serves both: lines that hold only block tags are dropped, every other tag
becomes as many private-use characters, and each masked line knows its line in the template.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

NEWLINE = re.compile(r"\r\n|\r|\n")
FILLER = "\U000f0001"
_OPEN = re.compile(r"\{[{%#]")
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}"}
_KINDS: Mapping[str, Literal["expression", "block", "comment"]] = {"{{": "expression", "{%": "block", "{#": "comment"}
_ENDRAW = re.compile(r"\{%\s*endraw\s*%\}")
_VALUE, _STATEMENT = 1, 2
_BRACKETS = {"(": ")", "[": "]", "{": "}"}

Range = tuple[int, int]
Fault = tuple[int, str, str]
"""A line of the source that no later stage could read, what is wrong there, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One Jinja tag of the source, `source[start:end]`; `name` is the first word of a block tag."""

    kind: Literal["expression", "block", "comment"]
    start: int
    end: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class MaskedLine:
    """A line as the mask sees it: `source[start:end]`, then its newline up to `next`. Those in tags do not count."""

    start: int
    end: int
    next: int
    dropped: bool


@dataclass(frozen=True, slots=True)
class Mask:
    """The masked template. `text` has one line for each undropped line; `starts` are their offsets in the source."""

    source: str
    text: str
    tags: tuple[Tag, ...]
    lines: tuple[MaskedLine, ...]
    starts: tuple[int, ...]

    def line_at(self, masked_line: int) -> int:
        """Return the template's line (from 1) of a masked line (from 0)."""
        return line_of(self.source, self.starts[masked_line])


def line_of(source: str, offset: int) -> int:
    """Return the line (from 1) of an offset."""
    return 1 + bisect_left(_newlines(source), offset)


@lru_cache(maxsize=8)
def _newlines(source: str) -> tuple[int, ...]:
    """Return the offsets of the newlines of a source; a template asks for thousands of lines."""
    return tuple(found.start() for found in NEWLINE.finditer(source))


def inside(tags: Sequence[Tag], offset: int) -> bool:
    """Return whether an offset is in a tag or between `{% raw %}` and `{% endraw %}`."""
    index = bisect_right(tags, offset, key=lambda tag: tag.start) - 1
    return index >= 0 and (offset < tags[index].end or tags[index].name == "raw")


def scan(source: str, opaque: Sequence[Range] = ()) -> tuple[list[Tag], list[Fault]]:
    """Find the Jinja tags of `source` outside the `opaque` spans (run fences), and what is wrong with them."""
    tags: list[Tag] = []
    faults: list[Fault] = []
    position = 0
    while match := _OPEN.search(source, position):
        covering = next((end for start, end in opaque if start <= match.start() < end), None)
        if covering is not None:
            position = covering
            continue
        tag, fault = _tag(source, match.start())
        if fault:
            faults.append(fault)
        if tag is None:
            break
        tags.append(tag)
        position = tag.end
        if tag.name == "raw":
            end = _ENDRAW.search(source, position)
            if end is None:
                faults.append((line_of(source, tag.start), "{% raw %} is never closed", "add {% endraw %}"))
                break
            tags.append(Tag("block", end.start(), end.end(), "endraw"))
            position = end.end()
    return tags, faults


def _tag(source: str, start: int) -> tuple[Tag | None, Fault | None]:
    opening = source[start : start + 2]
    end = source.find("#}", start + 2) if opening == "{#" else _closing(source, start + 2, _CLOSE[opening])
    if end < 0:
        return None, (line_of(source, start), f"{opening} is never closed", f"add {_CLOSE[opening]}")
    body = source[start + 2 : end]
    fault = None
    if body[:1] in ("-", "+") or body[-1:] in ("-", "+"):
        sign = f"{opening}{body[:1]}" if body[:1] in ("-", "+") else f"{body[-1:]}{_CLOSE[opening]}"
        message = f"whitespace control ({sign}) is not part of the template language"
        hint = "leave it out: a line that holds only block tags disappears by itself"
        fault = line_of(source, start), message, hint
    name = next(iter(body.strip("-+ \t\r\n").split()), "") if opening == "{%" else ""
    return Tag(_KINDS[opening], start, end + 2, name), fault


def _closing(source: str, position: int, closing: str) -> int:
    """Return the offset of the tag's end mark, outside of strings and brackets; -1 if there is none."""
    depth: list[str] = []
    while position < len(source):
        if not depth and source.startswith(closing, position):
            return position
        char = source[position]
        if char in "'\"":
            match = _STRING.match(source, position)
            if match is None:
                return -1
            position = match.end()
            continue
        if char in _BRACKETS:
            depth.append(_BRACKETS[char])
        elif depth and char == depth[-1]:
            depth.pop()
        position += 1
    return -1


def build(source: str, tags: Sequence[Tag]) -> Mask:
    """Return the mask of `source` with these tags."""
    covered = bytearray(len(source))
    masked = list(source)
    for tag in tags:
        length = tag.end - tag.start
        covered[tag.start : tag.end] = bytes([_VALUE if tag.kind == "expression" else _STATEMENT]) * length
        masked[tag.start : tag.end] = FILLER * length
    lines = tuple(_lines(source, covered))
    kept = [line for line in lines if not line.dropped]
    text = "".join("".join(masked[line.start : line.next]) for line in kept)
    return Mask(source, text, tuple(tags), lines, tuple(line.start for line in kept))


def _lines(source: str, covered: bytearray) -> Iterator[MaskedLine]:
    start = 0
    newlines = [found.span() for found in NEWLINE.finditer(source) if not covered[found.start()]]
    for end, after in [*newlines, (len(source), len(source))]:
        if start < after:  # after the last newline nothing may follow
            bare = all(covered[i] == _STATEMENT or source[i] in " \t>" for i in range(start, end))
            yield MaskedLine(start, end, after, dropped=bare and _STATEMENT in covered[start:end])
        start = after


def jinja_source(mask: Mask, replacements: Sequence[tuple[int, int, str]]) -> str:
    """Return the template as Jinja gets it: spans replaced, dropped lines without a newline outside their tags.

    Line numbers stay those of the template: a dropped line's newline moves into its last tag, and a replacement has to
    have as many newlines as what it replaces.
    """
    pieces: list[str] = []
    position = 0
    pending = list(replacements)
    for line in mask.lines:
        if line.start < position:
            continue
        if line.dropped:
            first, after = (bisect_left(mask.tags, edge, key=lambda tag: tag.start) for edge in (line.start, line.end))
            own = mask.tags[first:after]
            pieces += [mask.source[tag.start : tag.end] for tag in own[:-1]]
            last = mask.source[own[-1].start : own[-1].end]
            pieces.append(last[:-2] + mask.source[line.end : line.next] + last[-2:])
            position = line.next
            continue
        if pending and pending[0][0] < line.next:
            begin, end, text = pending.pop(0)
            newline = NEWLINE.match(mask.source, end)
            position = newline.end() if newline else end
            pieces += [mask.source[line.start : begin], text, mask.source[end:position]]
            continue
        pieces.append(mask.source[line.start : line.next])
        position = line.next
    return "".join(pieces)
