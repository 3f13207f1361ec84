"""A line taken apart: what stands in it for good, and typed values that may be others the next time."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from livedeck.records.volatile.patterns import ADDRESS, LISTED, RULES, SETTING, TOTAL, VERSION

NAMES = frozenset(["id", "name", "mac", "port", "process", "address"])
"""Kinds of values that stand for a thing: the same value is the same thing. The others just measure."""
_BLANKS = re.compile(r"\s+")
_SHORT = 12
_BEFORE = 24
"""Characters in front of a value that may say what it is."""
_WORD = re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,63}(?![0-9A-Za-z])")
_HEX = re.compile(r"[0-9a-f]{12,}|[0-9a-z]{25}")
Spans = Sequence[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line. `kind` is empty for what stands there for good.

    Of a value that stands for a thing, `thing` tells which: a short id and the long one that it begins are one thing.
    """

    text: str
    kind: str = ""
    thing: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """What is known of a whole record before its lines are read.

    `ids` are its long ids, sorted. `chosen` are values that a command set, `given` names that Docker gave. `masks` are
    rules of the course by name; a group called `id` stands for a thing. `facts` are texts that say something about the
    machine.
    """

    ids: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
    given: re.Pattern[str] | None = None
    masks: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    facts: tuple[tuple[str, re.Pattern[str]], ...] = ()

    def long_id(self, text: str) -> str | None:
        """The long id that begins with `text`; None where there is none."""
        place = bisect_left(self.ids, text)
        return self.ids[place] if place < len(self.ids) and self.ids[place].startswith(text) else None


def read(line: str, known: Vocabulary, cells: Spans = ()) -> tuple[Part, ...]:
    """The parts of a line in order; together they are the line. `cells` are values that its table tells of."""
    parts: list[Part] = []
    end = 0
    for first, last, kind, thing in sorted(_found(line, known, cells)):
        if first > end:
            parts.append(Part(line[end:first]))
        parts.append(Part(line[first:last], kind, thing))
        end = last
    if end < len(line):
        parts.append(Part(line[end:]))
    return tuple(parts)


def identity(line: str) -> str | None:
    """What of a line says which thing it is about, so that the same thing is found again in a later listing.

    A line of `ls -l` is its name; anywhere else times, ages, sizes and the width of blanks are left out. None for lines
    that are about nothing in particular (`total 12`, blank ones).
    """
    if not line.strip() or TOTAL.match(line):
        return None
    if listed := LISTED.match(line):
        return listed["name"]
    parts = read(line, Vocabulary())
    text = "".join(part.text if not part.kind or part.kind in NAMES else f"<{part.kind}>" for part in parts)
    return _BLANKS.sub(" ", text).strip()


def _found(line: str, known: Vocabulary, cells: Spans) -> list[tuple[int, int, str, str]]:
    """Values as (first, last, kind, thing); where two overlap, the one that was looked for earlier."""
    taken: list[tuple[int, int, str, str]] = []
    free = bytearray(len(line))
    for first, last, kind in _candidates(line, known, cells):
        text = line[first:last]
        if first == last or any(free[first:last]) or (kind in NAMES and text in known.chosen):
            continue
        free[first:last] = b"\x01" * (last - first)
        taken.append((first, last, kind, _thing(kind, text, known)))
    return taken


def _candidates(line: str, known: Vocabulary, cells: Spans) -> Iterator[tuple[int, int, str]]:
    for name, rule in known.masks.items():
        group, kind = ("id", f"={name}") if "id" in rule.groupindex else (0, f"~{name}")
        yield from ((*match.span(group), kind) for match in rule.finditer(line) if match[group])
    for what, rule in known.facts:
        yield from ((*match.span(), f"~{what}") for match in rule.finditer(line))
    yield from cells
    if listed := LISTED.match(line) or TOTAL.match(line):
        yield from ((*listed.span(name), name) for name in ("size", "time") if listed.groupdict().get(name))
    for kind, rule in RULES:
        group = 1 if rule.groups else 0
        for match in rule.finditer(line):
            if kind in NAMES or not _behind(SETTING, line, match.start(group)):
                yield (*match.span(group), kind)
    for match in ADDRESS.finditer(line):
        if not _behind(VERSION, line, match.start()) and (kind := _address(match[0])):
            yield (*match.span(), kind)
    if known.given:
        yield from ((*match.span(), "name") for match in known.given.finditer(line))
    yield from ((*match.span(), "id") for match in _WORD.finditer(line) if known.long_id(match[0]))


def _behind(words: re.Pattern[str], line: str, place: int) -> bool:
    """Whether what stands at a place of the line stands behind such words."""
    return words.search(line[max(place - _BEFORE, 0) : place]) is not None


def _thing(kind: str, text: str, known: Vocabulary) -> str:
    if kind == "id":
        long = known.long_id(text) or text
        return long[:_SHORT] if _HEX.fullmatch(long) else long
    return text if kind in NAMES or kind.startswith("=") else ""


def _address(text: str) -> str:
    """The kind of an IP address; empty for what is none, or always means the same."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if address.is_unspecified or address.is_loopback or text.startswith("255."):
        return ""
    return "address" if address.is_private or address.is_link_local else "place"
