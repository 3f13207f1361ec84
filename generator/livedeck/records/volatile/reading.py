"""Take a line apart into fixed text and typed values that may differ the next time."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from livedeck.project.patterns import Expression
from livedeck.records.volatile.patterns import ADDRESS, LISTED, RULES, SETTING, TOTAL, VERSION

NAMES = frozenset(["id", "name", "mac", "port", "process", "address"])
"""Kinds of values that name a thing: the same value is the same thing. The others are measures."""
_BLANKS = re.compile(r"\s+")
_SHORT = 12
_BEFORE = 24
"""Characters before a value that may say what it is."""
_WORD = re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,63}(?![0-9A-Za-z])")
_HEX = re.compile(r"[0-9a-f]{12,}|[0-9a-z]{25}")
Spans = Sequence[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; `kind` is empty for fixed text.

    If the value names a thing, `thing` is that: a short id and the long id that begins with it are one thing.
    """

    text: str
    kind: str = ""
    thing: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """What is known about a whole record before its lines are read.

    `ids` are its long ids, sorted. `chosen` are values that a command set, `given` are names that Docker gave. `masks`
    are the course's rules by name; a group called `id` names a thing. `facts` are texts about the machine.
    """

    ids: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
    given: re.Pattern[str] | None = None
    masks: Mapping[str, Expression] = field(default_factory=dict)
    facts: tuple[tuple[str, re.Pattern[str]], ...] = ()

    def long_id(self, text: str) -> str | None:
        """Return the long id that begins with `text`; None if there is none."""
        place = bisect_left(self.ids, text)
        return self.ids[place] if place < len(self.ids) and self.ids[place].startswith(text) else None


def read(line: str, known: Vocabulary, cells: Spans = ()) -> tuple[Part, ...]:
    """Return the parts of a line in order; joined they are the line. `cells` are values known from its table."""
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
    """Return the text that identifies what a line is about, to find the same thing in a later listing.

    For a line of `ls -l` that is its name. Any other line is taken without times, ages, sizes and the width of spaces.
    The result is None for lines about nothing in particular (`total 12`, blank ones).
    """
    if not line.strip() or TOTAL.match(line):
        return None
    if listed := LISTED.match(line):
        return listed["name"]
    parts = read(line, Vocabulary())
    text = "".join(part.text if not part.kind or part.kind in NAMES else f"<{part.kind}>" for part in parts)
    return _BLANKS.sub(" ", text).strip()


def _found(line: str, known: Vocabulary, cells: Spans) -> list[tuple[int, int, str, str]]:
    """Return values as (first, last, kind, thing); of two that overlap, the one that was looked for earlier."""
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
    for name, mask in known.masks.items():
        kind = f"={name}" if "id" in mask.groups else f"~{name}"
        yield from ((first, last, kind) for first, last in mask.spans([line], "id")[0])
    for what, rule in known.facts:
        yield from ((*match.span(), f"~{what}") for match in rule.finditer(line))
    yield from cells
    if listed := LISTED.match(line) or TOTAL.match(line):
        yield from ((*listed.span(name), name) for name in ("size", "time") if listed.groupdict().get(name))
    for kind, rule in RULES:
        group = 1 if rule.groups else 0
        for match in rule.finditer(line):
            if kind in NAMES or not _follows(SETTING, line, match.start(group)):
                yield (*match.span(group), kind)
    for match in ADDRESS.finditer(line):
        if not _follows(VERSION, line, match.start()) and (kind := _address(match[0])):
            yield (*match.span(), kind)
    if known.given:
        yield from ((*match.span(), "name") for match in known.given.finditer(line))
    yield from ((*match.span(), "id") for match in _WORD.finditer(line) if known.long_id(match[0]))


def _follows(words: re.Pattern[str], line: str, place: int) -> bool:
    """Return whether such words come right before `place` in `line`."""
    return words.search(line[max(place - _BEFORE, 0) : place]) is not None


def _thing(kind: str, text: str, known: Vocabulary) -> str:
    if kind == "id":
        long = known.long_id(text) or text
        return long[:_SHORT] if _HEX.fullmatch(long) else long
    return text if kind in NAMES or kind.startswith("=") else ""


def _address(text: str) -> str:
    """Return the kind of an IP address; empty for other texts and for addresses with a fixed meaning."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if address.is_unspecified or address.is_loopback or text.startswith("255."):
        return ""
    return "address" if address.is_private or address.is_link_local else "place"
