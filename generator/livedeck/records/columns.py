"""Read the column tables that Docker and similar tools print: where they are, their heads, rows and cells."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

_CHUNK = re.compile(r"\S+(?: \S+)*")
_WORD = re.compile(r"\S+")
_HEADS = """
#, ACTIVE, AGE, AUTOMATED, AVAILABILITY, AVAILABLE, BLOCK I/O, BUILDKIT, CACHE ID, CACHE TYPE, CHANGE TYPE,
CHECKPOINT NAME, CLUSTER-IP, COMMAND, COMMENT, CONFIG FILES, CONTAINER, CONTAINER ID, CONTAINERS, CONTENT SIZE, CPU %,
CREATED, CREATED AT, CREATED BY, CURRENT STATE, DESCRIPTION, DESIRED STATE, DIGEST, DISK USAGE, DOCKER ENDPOINT, DRIVER,
DRIVER/ENDPOINT, ENABLED, ENGINE VERSION, ERROR, EXTERNAL-IP, EXTRA, GROUP, HEALTH STATUS, HOSTNAME, ID, IMAGE,
IMAGE ID, IN USE, INTERNAL, IP, IPV4, IPV6, KUBERNETES ENDPOINT, LABELS, LAST ACCESSED, LAST ACTIVITY, LAST SEEN,
LAST USED, LINKS, LOCAL VOLUMES, MANAGER STATUS, MEM %, MEM USAGE / LIMIT, MESSAGE, MODE, MOUNTPOINT, MOUNTS, NAME,
NAME/NODE, NAMES, NAMESPACE, NET I/O, NETWORK ID, NETWORKS, NODE, NOMINATED NODE, OBJECT, OFFICIAL, ORCHESTRATOR,
PARENT, PATH, PIDS, PLATFORM, PLATFORMS, PORT(S), PORTS, PROJECT, READINESS GATES, READY, REASON, RECLAIMABLE, REPLICAS,
REPOSITORY, RESTARTS, ROLES, SCOPE, SERVICE, SERVICES, SHARED, SHARED SIZE, SIZE, STARS, STATE, STATUS, TAG, TLS STATUS,
TOTAL, TYPE, UNIQUE SIZE, UP-TO-DATE, UPDATED, USAGE, VERSION, VOLUME NAME
"""
_KNOWN = frozenset(head.strip() for head in _HEADS.split(","))
"""Heads of Docker, its plugins and Kubernetes; other words can be a head only where a table begins."""
_OF_PROCESSES = """
# %CPU %MEM ADDR C CMD COMMAND CPU EUID F GID LWP MEM NI NLWP PGID PID PPID PR PRI PSR RES RSS RUSER S SERVICE SHR SID
STAT START STIME SZ TIME TIME+ TT TTY UID USER VIRT VSZ WCHAN
"""
_PROCESSES = frozenset(_OF_PROCESSES.split())
_PROOF = {"PID": re.compile(r"\d+"), "Use%": re.compile(r"\d+%|-"), "IUse%": re.compile(r"\d+%|-")}
"""What must be below a head for a line to be a row, in tables whose columns single spaces separate."""
_LEGEND = re.compile(r"\s*(?:i )?Info (?:→|->) ")
_ASIDE = re.compile(
    r"(?:WARN|ERRO|FATA|INFO|DEBU)\[\d+\] |time=\"[^\"]*\" level="
    r"|(?:WARNING|Warning|ERROR|Error|error|DEPRECATED|NOTE|Note|docker): |Error response from daemon"
    r"|Run 'docker [^']*' for more information"
    r"|[ +|]*(?:([-=─═])\1{2,}[ +|]+)*([-=─═])\2{2,}[ +|]*$"  # a ruler below a head
)
_IMAGES = ("IMAGE", "ID", "DISK USAGE")
_SHORT_ID = re.compile(r" [0-9a-f]{12}(?: |$)")
_MEASURES = ("", "WF")
"""East Asian widths that take two columns: none for Go's tabwriter, which counts code points, some for Docker's."""
_Span = tuple[int, int]
_Row = tuple[int, tuple[_Span, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell without its padding, and where it begins; empty if there is nothing below the head."""

    text: str
    line: int
    first: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table in an output: its heads, the number of their line, and for each row a cell below each head."""

    heads: tuple[str, ...]
    line: int
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    """A line in columns: by which measure, how much of it is not aligned with a head, and its cells."""

    measure: int
    stray: int
    spans: tuple[_Span, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the heads begin and end by one measure of characters: those of `wide` count as two."""

    wide: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def tables(lines: Sequence[str]) -> list[Table]:
    """Return the tables in an output, in order; a table may have no rows.

    A table begins with the first line after a blank one, and with any line of heads that are all known. Legends,
    warnings, rulers and titles are neither heads nor rows; nor is a sentence, if there are tables with known heads. A
    line that does not fit the columns is not a row.
    """
    found: list[tuple[int, list[int]]] = []
    inside = blank = False
    for number, line in enumerate(lines):
        if not line.strip():
            # `docker images --tree` has blank lines between images
            blank = inside = inside and _is_of_images(_heads(lines[found[-1][0]]))
            continue
        if is_legend(line) or _ASIDE.match(line):
            continue
        if blank:
            inside, blank = _is_of_more_images(lines, number), False
        if is_head(line) or not (inside or _is_title(line)):
            found.append((number, []))
            inside = True
        elif inside:
            found[-1][1].append(number)
    if any(is_head(lines[head]) for head, _ in found):
        found = [(head, below) for head, below in found if not _is_sentence(lines[head])]
    return [_table(lines, head, below) for head, below in found]


def is_head(line: str) -> bool:
    """Return whether a line has at least two heads of a table, all of them known: it is a head anywhere."""
    heads = _CHUNK.findall(line)
    return len(heads) > 1 if _KNOWN.issuperset(heads) else _fields(line) is not None


def is_legend(line: str) -> bool:
    """Return whether a line explains the signs in the table below it, as Docker 29 does above `docker images`."""
    return _LEGEND.match(line) is not None


def _is_title(line: str) -> bool:
    return line.rstrip().endswith(":") and len(_heads(line)) == 1


def _is_sentence(line: str) -> bool:
    heads = _heads(line)
    return len(heads) == 1 and heads[0] not in _KNOWN


def _heads(line: str) -> tuple[str, ...]:
    return _fields(line) or tuple(_CHUNK.findall(line))


def _is_of_images(heads: Sequence[str]) -> bool:
    """Return whether these are the heads of Docker 29's images; a narrow terminal shows only the first ones."""
    return tuple(heads[:3]) in (_IMAGES, _IMAGES[:2])


def _is_of_more_images(lines: Sequence[str], number: int) -> bool:
    """Return whether a line after a blank one is about an image: it has an id, or is a name above such a line."""
    while number < len(lines) and _WORD.fullmatch(lines[number].rstrip()):
        number += 1
    return number < len(lines) and _SHORT_ID.search(lines[number]) is not None


def _fields(line: str) -> tuple[str, ...] | None:
    """Return the heads of `ps` and `df`. Single spaces may separate their columns; only the last may hold spaces."""
    words = line.split()
    if words[-1:] in (["CMD"], ["COMMAND"]):
        return tuple(words) if "PID" in words and _PROCESSES.issuperset(words) else None
    if words[:1] == ["Filesystem"] and words[-2:] == ["Mounted", "on"]:
        return (*words[:-2], "Mounted on")
    return None


def _table(lines: Sequence[str], head: int, below: Sequence[int]) -> Table:
    heads = _heads(lines[head])
    fields = _fields(lines[head]) is not None
    found = _by_word(lines, heads, below) if fields else _by_place(lines, head, below)
    rows = (tuple(Cell(lines[number][first:last], number, first) for first, last in spans) for number, spans in found)
    return Table(heads, head, tuple(_images(rows) if _is_of_images(heads) else rows))


def _images(rows: Iterator[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of Docker 29's images: a name too long for its column is above the details of its image.

    So are the other names that `--tree` shows of an image. A name without details below it is not an image.
    """
    waiting: list[tuple[Cell, ...]] = []
    for row in rows:
        if not row[1].text:
            waiting.append(row)
            continue
        name = row[0] if row[0].text or not waiting else waiting.pop()[0]
        yield from waiting
        yield (name, *row[1:])
        waiting = []


def _by_word(lines: Sequence[str], heads: Sequence[str], below: Sequence[int]) -> Iterator[_Row]:
    proofs = [(place, rule) for place, head in enumerate(heads) if (rule := _PROOF.get(head))]
    for number in below:
        words = [match.span() for match in _WORD.finditer(lines[number])]
        if len(words) < len(heads):
            continue
        spans = (*words[: len(heads) - 1], (words[len(heads) - 1][0], words[-1][1]))
        if all(rule.fullmatch(lines[number], *spans[place]) for place, rule in proofs):
            yield number, spans


def _by_place(lines: Sequence[str], head: int, below: Sequence[int]) -> Iterator[_Row]:
    title = lines[head]
    columns = [match.span() for match in _CHUNK.finditer(title)]
    images, narrow = _is_of_images(_heads(title)), _is_narrow(title)
    grids = [
        _Grid(wide, tuple(place[first] for first, _ in columns), tuple(place[last] for _, last in columns))
        for wide in _MEASURES
        for place in [_places(title, wide)]
    ]
    fits: dict[int, list[_Fit]] = {}
    votes = [0] * len(grids)
    for number in below:
        line = lines[number]
        if images and (name := _WORD.fullmatch(line.rstrip())):
            fits[number] = [_Fit(0, 0, (name.span(), *[(0, 0)] * (len(columns) - 1)))]
            continue
        alike = narrow and _is_narrow(line)
        own = [_fit(line, grids[measure], measure) for measure in range(1 if alike else len(grids))]
        fits[number] = [fit for fit in own if fit]
        for measure, fit in enumerate(() if alike else own):
            votes[measure] += fit.stray if fit else 1
    for number, possible in fits.items():
        if possible:
            # If a line fits by both measures, take the one that fits the whole table better.
            yield number, min(possible, key=lambda fit: (fit.stray, votes[fit.measure], fit.measure)).spans


def _fit(line: str, grid: _Grid, measure: int) -> _Fit | None:
    """Return how a line fits below the heads of a grid; None if it does not."""
    place = _places(line, grid.wide)
    spans: list[_Span] = [(0, 0)] * len(grid.starts)
    stray = 0
    chunks = [match.span() for match in _CHUNK.finditer(line)]
    for chunk in chunks:
        pieces = _pieces(line, place, grid, chunk, first=chunk == chunks[0])
        if len(chunks) == 1 and len(pieces) > 1 and any(" " in line[first:last] for _, first, last in pieces):
            return None  # a sentence in which some words happen to begin where columns do
        if not pieces:
            return None
        stray += len(pieces) - 1
        for column, first, last in pieces:
            if place[first] != grid.starts[column]:
                stray += 1 if place[last] == grid.ends[column] else 2
            spans[column] = (spans[column][0] if spans[column][1] else first, last)
    return _Fit(measure, stray, tuple(spans))


def _pieces(line: str, place: Sequence[int], grid: _Grid, chunk: _Span, *, first: bool) -> list[tuple[int, int, int]]:
    """Return the cells of words separated by single spaces, as (column, first, last); none if they fit no columns.

    In a column aligned to the right, a cell may begin before its head, but only after the head to its left; then it is
    one cell. Otherwise the words are cut where a column begins.
    """
    start, end = chunk
    left, right = place[start], place[end]
    crossed = [column for column in range(1, len(grid.starts)) if left < grid.starts[column] <= right]
    if not crossed:
        return [(max(bisect_right(grid.starts, left) - 1, 0), start, end)]
    column = crossed[0]
    one = len(crossed) == 1 and left > grid.ends[column - 1]
    if one and right == grid.ends[column]:
        return [(column, start, end)]
    pieces = []
    for column in crossed:
        if (cut := _cut(line, place, grid, column, (start, end))) is None:
            return [(crossed[0], *chunk)] if one and not first else []
        pieces.append((column - 1, start, cut - 1))
        start = cut
    return [*pieces, (column, start, end)]


def _cut(line: str, place: Sequence[int], grid: _Grid, column: int, chunk: _Span) -> int | None:
    """Return where in a chunk the value of a column begins, after a single space; None if a word is in the way."""
    at = bisect_right(place, grid.starts[column]) - 1
    if place[at] == grid.starts[column] and at < chunk[1] and line[at - 1] == " ":
        return at
    word = line.rfind(" ", chunk[0], at) + 1
    end = line.find(" ", at, chunk[1])
    aligned = place[end if end >= 0 else chunk[1]] == grid.ends[column]
    return word if aligned and word and place[word] > grid.ends[column - 1] else None


def _places(line: str, wide: str) -> Sequence[int]:
    """Return where each character of a line begins, and where the last one ends."""
    if not wide or _is_narrow(line):
        return range(len(line) + 1)
    return [0, *accumulate(_width(letter, wide) for letter in line)]


def _is_narrow(text: str) -> bool:
    """Return whether all measures are the same for a text."""
    return text.isascii() or all(letter.isascii() or _width(letter, _MEASURES[-1]) == 1 for letter in text)


def _width(letter: str, wide: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in wide else 1
