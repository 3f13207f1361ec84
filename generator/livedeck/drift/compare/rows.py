"""Read what a command printed as rows that can be compared: a shape, and the things that its values name.

Most rows count in their order. Those of a listing and the members of a JSON object have none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livedeck.drift.compare.labels import settled
from livedeck.model import Capture
from livedeck.records.volatile import LISTED, TOTAL, Part, Vocabulary, cells, is_head, read

Thing = tuple[str, str]
_BLANKS = re.compile(r"\s+")

_RULERS = re.compile(r"(?<![\w-])([-=─═])\1{2,}(?![\w-])")
_INDENTED = re.compile(r"\s+(?=[^\s\d\x01])")
_DEEPEST_INDENT = 10
"""Spaces before a line; more of them may be an empty cell of a table, whose width depends on its values."""
_LISTING = re.compile(
    r"(?:^|[;&|]\s*|\bsudo\s+|\bexec\s+(?:-\S+\s+)*\S+\s+)(?:(?P<ls>ls|dir)|find|du|tree|docker\s+volume\s+ls)\b[^;&|]*$"
)
_PROGRESS = re.compile(r"[0-9a-f]{12}: [A-Z]")
"""A layer of `docker pull` or `docker push`: their order is a race if containerd keeps the images."""
_SHUFFLED = re.compile(r"\bdocker\s+(?:container\s+)?diff\b[^;&|]*$")
"""A command that prints its lines in another order each time."""
_NETWORK = re.compile(r"\s+[0-9a-f.:]+/\d{1,3}")
"""A network below `Insecure Registries:` of `docker info`; these have no order either."""
_SORTED = re.compile(r"\|\s*sort\b")
HEAD = ("prompt", "command", "exit", "input", "length")
"""The parts of a capture besides its output."""
_FEWEST_SORTED = 4
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `shape` is the text that counts, `things` are what its values name, in their order.

    `line` is the line of the output that it comes from, -1 for a row about the command itself.
    """

    shape: str
    things: tuple[Thing, ...]
    line: int = -1


@dataclass(frozen=True, slots=True)
class Reading:
    """A capture as it was read: `parts` and `lines` are those of its lines, `rows` are what counts of the output.

    `head` has the rows named in HEAD. `loose` says for each row whether its place means nothing. `rising` says whether
    it may mean nothing because the values there are sorted, which several ids rarely are by chance. For a JSON document
    each row is a member with its path, and `members` has their parts.
    """

    head: tuple[Row, ...]
    parts: tuple[tuple[Part, ...], ...]
    lines: tuple[Row, ...]
    rows: tuple[Row, ...]
    loose: tuple[bool, ...]
    rising: tuple[bool, ...]
    members: tuple[tuple[Part, ...], ...] = ()


def screen(capture: Capture, known: Vocabulary, *, unordered: bool) -> Reading:
    """Read a capture; with `unordered` no row's place means anything."""
    table = cells(capture.output)
    parts = tuple(read(line, known, own) for line, own in zip(capture.output, table, strict=True))
    lines = tuple(_line(settled(own, capture.command), number) for number, own in enumerate(parts))
    head = tuple(_head(capture, known))
    if not unordered and (leaves := _members(capture.output)):
        own = tuple(read(leaf, known) for leaf in leaves)
        rows = tuple(_row(settled(leaf, capture.command), number) for number, leaf in enumerate(own))
        return Reading(head, parts, lines, rows, (True,) * len(rows), (False,) * len(rows), own)
    rows, loose = _listed(capture, parts, lines)
    if unordered:
        loose = (True,) * len(rows)
    return Reading(head, parts, lines, rows, loose, _rising(rows))


def groups(old: Reading, new: Reading) -> list[tuple[Sequence[Row], Sequence[Row]]] | None:
    """Return the rows of both that must be the same, group by group; within a group the order means nothing.

    The result is None if the two cannot be the same, whatever their values name.
    """
    if len(old.rows) != len(new.rows) or (old.members and len(old.lines) != len(new.lines)):
        return None
    found: list[tuple[Sequence[Row], Sequence[Row]]] = []
    start = 0
    free = [(a and b) or (c and d) for a, b, c, d in zip(old.loose, new.loose, old.rising, new.rising, strict=True)]
    while start < len(free):
        end = start + 1
        while free[start] and end < len(free) and free[end]:
            end += 1
        found.append((old.rows[start:end], new.rows[start:end]))
        start = end
    same = all(sorted(r.shape for r in mine) == sorted(r.shape for r in other) for mine, other in found)
    return found if same else None


def command_row(command: str, known: Vocabulary) -> Row:
    """Return the row of a command: ids and names in it may change, everything else counts."""
    parts = [part for line in command.split("\n") for part in (*read(line, known), Part("\n"))]
    return _row([part if part.thing or part.kind.startswith("~") else Part(part.text) for part in parts], -1)


def _head(capture: Capture, known: Vocabulary) -> Iterator[Row]:
    yield _row([part for line in capture.prompt.split("\n") for part in (*read(line, known), Part("\n"))], -1)
    yield command_row(capture.command, known)
    yield Row(_end(capture), ())
    yield Row(f"{capture.input!r} {capture.program}", ())
    yield Row(f"{capture.omitted} {capture.omitted_after}", ())


def _end(capture: Capture) -> str:
    """Say how a command ended."""
    code = "exit unknown" if capture.exit is None else f"exit {capture.exit}"
    return f"{code}, failed" if capture.failed else code


def _row(parts: Sequence[Part], line: int) -> Row:
    things = tuple((part.kind, part.thing) for part in parts if part.thing)
    return Row(_RULERS.sub(r"\1\1\1", _BLANKS.sub(" ", _masked(parts)).strip()), things, line)


def _line(parts: Sequence[Part], line: int) -> Row:
    """Return the row of a line. Words count with their indentation; numbers and heads move with their column."""
    row = _row(parts, line)
    indented = _INDENTED.match(_masked(parts))
    if indented is None or is_head("".join(part.text for part in parts)):
        return row
    return Row(f"{' ' * min(indented.end(), _DEEPEST_INDENT)}{row.shape}", row.things, line)


def _masked(parts: Sequence[Part]) -> str:
    return "".join(f"\x01{p.kind}{len(p.text) if p.kind == 'id' else ''}\x01" if p.kind else p.text for p in parts)


def _listed(
    capture: Capture, parts: Sequence[tuple[Part, ...]], lines: tuple[Row, ...]
) -> tuple[tuple[Row, ...], tuple[bool, ...]]:
    """Return the rows of a text, and which are loose: its lines, or single names if a listing has them in columns."""
    listing = _LISTING.search(capture.command)
    shuffled = _SHUFFLED.search(capture.command) is not None
    long = any(LISTED.match(line) for line in capture.output)
    rows: list[Row] = []
    loose: list[bool] = []
    for start, end in _runs(capture.output):
        own = lines[start:end]
        values = any(part.kind for row in parts[start:end] for part in row)
        anywhere = bool(listing and any(row.things for row in own)) or bool(_SORTED.search(capture.command) and values)
        for row, line in zip(own, capture.output[start:end], strict=True):
            if listing and listing["ls"] and anywhere and not long:
                words = [_row(word, row.line) for word in _words(parts[row.line])]
                rows += words
                loose += [True] * len(words)
                continue
            rows.append(row)
            free = shuffled or LISTED.match(line) or _PROGRESS.match(line) or _NETWORK.fullmatch(line)
            loose.append(bool(free) or (anywhere and not TOTAL.match(line)))
    return tuple(rows), tuple(loose)


def _words(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Yield the words of a line, each with the values in it."""
    word: list[Part] = []
    for part in parts:
        pieces = [part] if part.kind else [Part(text) for text in _BLANKS.split(part.text)]
        for number, piece in enumerate(pieces):
            if number and word:
                yield word
                word = []
            if piece.text:
                word.append(piece)
    if word:
        yield word


def _runs(output: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield runs of lines; a blank line and the name of the next folder end a listing and are runs of their own."""
    start = 0
    for number, line in enumerate(output):
        if not line.strip() or (line.endswith(":") and " " not in line):
            if start < number:
                yield start, number
            yield number, number + 1
            start = number + 1
    if start < len(output):
        yield start, len(output)


def _rising(rows: Sequence[Row]) -> tuple[bool, ...]:
    """Mark rows among at least four neighbours that are sorted by the first thing in them."""
    found = [False] * len(rows)
    start = 0
    for end in range(1, len(rows) + 1):
        if end < len(rows) and rows[end].things and rows[end - 1].things:
            kinds = rows[end - 1].things[0][0], rows[end].things[0][0]
            if kinds[0] == kinds[1] and rows[end - 1].things[0] <= rows[end].things[0]:
                continue
        if end - start >= _FEWEST_SORTED and rows[start].things[0] != rows[end - 1].things[0]:
            found[start:end] = [True] * (end - start)
        start = end
    return tuple(found)


class _Members(list[tuple[str, object]]):
    """The members of a JSON object, including those with the same key."""


def _members(output: Sequence[str]) -> list[str]:
    """Return the leaves of a JSON document, each with its path; none if the output is something else."""
    if not output or output[0].lstrip()[:1] not in ("{", "["):
        return []
    try:
        document = json.loads("\n".join(output), object_pairs_hook=_Members)
        return list(_leaves("", "", document, 0))
    except (ValueError, RecursionError):
        return []


def _leaves(way: str, key: str, value: object, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, _Members) and value:
        for name, member in value:
            yield from _leaves(f"{way}{key}.", f'"{name}"', member, depth + 1)
    elif isinstance(value, list) and value and not isinstance(value, _Members):
        for number, item in enumerate(value):
            yield from _leaves(f"{way}{key}", f"[{number}]", item, depth + 1)
    else:
        yield f"{way}{key}: {'{}' if isinstance(value, _Members) else json.dumps(value, ensure_ascii=False)}"
