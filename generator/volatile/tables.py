"""Values that only the head of their column tells: numbers of processes, shares, sizes without a unit, ages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_FIELDS: Mapping[str, str] = {
    "PID": "process",
    "PPID": "process",
    "C": "share",
    "%CPU": "share",
    "%MEM": "share",
    "VSZ": "size",
    "RSS": "size",
    "STIME": "time",
    "START": "time",
    "TIME": "time",
    "1K-blocks": "size",
    "Used": "size",
    "Available": "size",
    "Avail": "size",
    "used": "size",
    "free": "size",
    "shared": "size",
    "buff/cache": "size",
    "available": "size",
}
_FIELD = re.compile(r"\S+")
_FORMS: Mapping[str, re.Pattern[str]] = {
    "process": re.compile(r"\d+"),
    "share": re.compile(r"\d+(?:\.\d+)?%?"),
    "size": re.compile(r"\d+(?:\.\d+)?[KMGTP]?i?B?"),
    "time": re.compile(r"\d{1,4}:\d{2}(?::\d{2})?|[A-Z][a-z]{2}\d{2}|\d{4}"),
}
"""What the values of a column look like: a line that only happens to hold such a word is no head."""
_SPACED = re.compile(r"\S+(?: \S+)*")
_STARTS_FREE = "total"
_SHORT_ID = re.compile(r"[0-9a-z]{12,25}(?= |$)")
_AGE = re.compile(r"(?:\d+[dhmsy])+(?: ago)?")
_WELL_KNOWN = ("0", "1")
Cell = tuple[int, int, str]


def cells(output: Sequence[str]) -> list[tuple[Cell, ...]]:
    """For each line the values (first, last, kind) that the head of its table tells of; a blank line ends a table."""
    found: list[tuple[Cell, ...]] = []
    fields: dict[int, str] = {}
    places: dict[int, str] = {}
    for line in output:
        if not line.strip():
            fields, places = {}, {}
        head = _fields(line), _places(line)
        if any(head):
            fields, places = head
            found.append(())
            continue
        found.append((*_by_field(line, fields), *_by_place(line, places)))
    return found


def is_head(line: str) -> bool:
    """Whether a line is the head of a table whose columns tell of values."""
    return bool(_fields(line) or _places(line))


def _fields(line: str) -> dict[int, str]:
    """Columns of `ps`, `df` and `free`, whose values hold no blanks, by their number."""
    words = line.split()
    if "PID" in words or words[:1] == ["Filesystem"]:
        return {number: kind for number, word in enumerate(words) if (kind := _FIELDS.get(word))}
    if words[:2] == [_STARTS_FREE, "used"]:
        return dict.fromkeys(range(1, len(words) + 1), "size")
    return {}


def _places(line: str) -> dict[int, str]:
    """Columns of Docker's and Kubernetes' tables by where they begin."""
    heads = {match.start(): match[0] for match in _SPACED.finditer(line)}
    if heads.get(0) == "ID":
        return {0: "id"}
    ages = {start: "age" for start, head in heads.items() if head == "AGE"}
    return ages if heads.get(0) in ("NAME", "NAMESPACE", "LAST SEEN") else {}


def _by_field(line: str, fields: Mapping[int, str]) -> list[Cell]:
    words = list(_FIELD.finditer(line))
    known = ((words[number], kind) for number, kind in fields.items() if number < len(words))
    return [
        (*word.span(), kind)
        for word, kind in known
        if _FORMS[kind].fullmatch(word[0]) and not (kind == "process" and word[0] in _WELL_KNOWN)
    ]


def _by_place(line: str, places: Mapping[int, str]) -> list[Cell]:
    rules = {"id": _SHORT_ID, "age": _AGE}
    return [(*match.span(), kind) for start, kind in places.items() if (match := rules[kind].match(line, start))]
