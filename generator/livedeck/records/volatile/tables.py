"""Volatile values that only the head of their column identifies: process ids, shares, bare sizes, ages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from livedeck.records import columns

_HEADS: Mapping[str, str] = {
    "process": "PID PPID",
    "share": "C %CPU %MEM",
    "size": "VSZ RSS 1K-blocks Used Available Avail used free shared buff/cache available",
    "time": "STIME START TIME",
}
_FIELDS = {head: kind for kind, heads in _HEADS.items() for head in heads.split()}
_FIELD = re.compile(r"\S+")
_FORMS: Mapping[str, re.Pattern[str]] = {
    "process": re.compile(r"\d+"),
    "share": re.compile(r"\d+(?:\.\d+)?%?"),
    "size": re.compile(r"\d+(?:\.\d+)?[KMGTP]?i?B?"),
    "time": re.compile(r"\d{1,4}:\d{2}(?::\d{2})?|[A-Z][a-z]{2}\d{2}|\d{4}"),
}
"""The form of a column's values: a line that merely contains such a word is not a head."""

_SHORT_ID = re.compile(r"[0-9a-z]{12,25}(?![^ *])")
_AGE = re.compile(r"(?:\d+[dhmsy])+(?: ago)?")
_NUMBER = re.compile(r"\d+")
_NOTHING = re.compile(r"0B(?: \(0%\))?$")
"""Nothing to reclaim: `0B` if nothing is there, `0B (0%)` if all is in use. The first byte turns one into the other."""
_PLACES: Mapping[tuple[str, str], tuple[str, re.Pattern[str]]] = {
    ("ID", "ID"): ("id", _SHORT_ID),
    ("CACHE ID", "CACHE ID"): ("id", _SHORT_ID),
    ("NAME", "AGE"): ("age", _AGE),
    ("NAMESPACE", "AGE"): ("age", _AGE),
    ("LAST SEEN", "AGE"): ("age", _AGE),
    ("CONTAINER ID", "PIDS"): ("count", _NUMBER),
    ("NAME", "PIDS"): ("count", _NUMBER),
    ("TYPE", "RECLAIMABLE"): ("nothing", _NOTHING),
}
"""Columns of Docker's and Kubernetes' tables, by first head and own head: kind and form of their values."""
_WELL_KNOWN = ("0", "1")
ColumnCell = tuple[int, int, str]


def cells(output: Sequence[str]) -> list[tuple[ColumnCell, ...]]:
    """Return for each line the values (first, last, kind) that the head of its table identifies."""
    found: list[list[ColumnCell]] = []
    fields: dict[int, str] = {}
    for line in output:
        if not line.strip():
            fields = {}
        head = _fields(line)
        if head or columns.is_head(line):
            fields = head
            found.append([])
        else:
            found.append(_by_field(line, fields))
    for table in columns.tables(output):
        known = [(place, _PLACES.get((table.heads[0], head))) for place, head in enumerate(table.heads)]
        for place, (kind, rule) in ((place, rule) for place, rule in known if rule):
            for cell in (row[place] for row in table.rows):
                if match := rule.match(cell.text):
                    found[cell.line].append((cell.first, cell.first + match.end(), kind))
    return [tuple(own) for own in found]


def is_head(line: str) -> bool:
    """Return whether a line is the head of a table, or its legend: the lines below decide about its spacing."""
    return bool(_fields(line)) or columns.is_head(line) or columns.is_legend(line)


def _fields(line: str) -> dict[int, str]:
    """Return the kinds of the columns of `ps`, `df` and `free` by number; their values hold no spaces."""
    words = line.split()
    if "PID" in words or words[:1] == ["Filesystem"]:
        return {number: kind for number, word in enumerate(words) if (kind := _FIELDS.get(word))}
    if words[:2] == ["total", "used"]:
        return dict.fromkeys(range(1, len(words) + 1), "size")
    return {}


def _by_field(line: str, fields: Mapping[int, str]) -> list[ColumnCell]:
    return [
        (*word.span(), kind)
        for number, word in enumerate(_FIELD.finditer(line))
        if (kind := fields.get(number))
        if _FORMS[kind].fullmatch(word[0]) and not (kind == "process" and word[0] in _WELL_KNOWN)
    ]
