"""Put the lines of a command then and now side by side, with marks on the words that count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from livedeck.drift.compare.judging import Judgement, Pair
from livedeck.drift.compare.matching import follows
from livedeck.drift.compare.rows import Reading, Row, Thing
from livedeck.model import LineKind, LinePair, Mark, Span
from livedeck.records.volatile import LISTED, Part

_WORDS = re.compile(r"\s+|[\w.-]+|[^\w\s]")
_MOST_WORDS = 400
_MOST_LINES = 1000
_ALIKE = 0.5
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?P<unit>[kKMGTP]?)i?B?")
_UNITS = " KMGTP"
_FAR = 100
"""Sizes are volatile, but some are so far apart that they are worth a look: 10MB, and now 10GB."""
_Couple = tuple[int | None, int | None]
_Token = tuple[str, Part]


@dataclass(frozen=True, slots=True)
class _Line:
    row: Row
    parts: tuple[Part, ...]
    member: bool = False

    @property
    def way(self) -> str:
        """The path of a member of a JSON document, or the name in a listing unless that is an id; else empty."""
        if self.member:
            return self.text.partition(": ")[0]
        listed = None if self.row.things else LISTED.match(self.text)
        return listed["name"] if listed else ""

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def line_pairs(pair: Pair, judgement: Judgement) -> tuple[tuple[LinePair, ...], tuple[str, ...]]:
    """Return the lines of both outputs in order, equal ones side by side, and the sizes in them that are far apart.

    Words are marked only if the verdict is drift, and sizes are looked at only if it is volatile.
    """
    known = dict(judgement.mapping)
    old, new = _both_sides(pair)
    found = []
    far: list[str] = []
    for first, second in _paired(old, new, pair, known):
        if first is None or second is None:
            kind: LineKind = "volatile" if judgement.verdict != "drift" else "added" if first is None else "removed"
            before = None if first is None else _spans(old[first].parts)
            after = None if second is None else _spans(new[second].parts)
            found.append(LinePair(kind, before, after))
        else:
            found.append(_both(old[first], new[second], known, counts=judgement.verdict == "drift"))
            if judgement.verdict == "volatile":
                far += _leaps(old[first].parts, new[second].parts)
    return tuple(found), tuple(far)


def _leaps(old: Sequence[Part], new: Sequence[Part]) -> Iterator[str]:
    """Yield the sizes of a line then and now of which one is at least 100 times the other; 0 does not count."""
    sides = ([part.text for part in line if part.kind == "size"] for line in (old, new))
    for before, after in zip(*sides, strict=False):
        low, high = sorted((_bytes(before), _bytes(after)))
        if low and high >= _FAR * low:
            yield f"{before} -> {after}"


def _bytes(text: str) -> float:
    size = _SIZE.fullmatch(text)
    return float(size["number"]) * 1000 ** _UNITS.index(size["unit"].upper() or " ") if size else 0


def _both_sides(pair: Pair) -> tuple[list[_Line], list[_Line]]:
    before, after = pair.before, pair.after
    members = bool(before.members and after.members)
    if members and len(before.lines) != len(after.lines):
        # The same members on another number of lines: only the layout changed, so show that.
        members = sorted(row.shape for row in before.rows) != sorted(row.shape for row in after.rows)
    return _lines(before, members=members), _lines(after, members=members)


def one_sided(shown: Reading, kind: LineKind) -> tuple[LinePair, ...]:
    """Return the lines of a command that only one record has: it was `added` or `removed`."""
    sides = [_spans(line.parts) for line in _lines(shown)]
    return tuple(LinePair(kind, None, side) if kind == "added" else LinePair(kind, side, None) for side in sides)


def _lines(shown: Reading, *, members: bool = False) -> list[_Line]:
    """Return the lines, or the members of a JSON document, which are found again wherever they are."""
    if members:
        return [_Line(row, parts, member=True) for row, parts in zip(shown.rows, shown.members, strict=True)]
    return [_Line(row, parts) for row, parts in zip(shown.lines, shown.parts, strict=True)]


def _spans(parts: Sequence[Part], wrong: set[int] | frozenset[int] = frozenset()) -> tuple[Span, ...]:
    """Mark the values of a line; `wrong` are those that name another thing than before, by their number."""
    spans: list[Span] = []
    place = 0
    for part in parts:
        spans.append(Span(part.text, "changed" if part.thing and place in wrong else "volatile" if part.kind else ""))
        place += bool(part.thing)
    return tuple(spans)


def _paired(old: Sequence[_Line], new: Sequence[_Line], pair: Pair, known: Mapping[Thing, Thing]) -> list[_Couple]:
    """Pair lines: first in their order, then those whose place means nothing, wherever they are."""
    couples = list(_in_order(old, new))
    free = [
        {row.line for row, loose in zip(side.rows, side.loose, strict=True) if loose}
        for side in (pair.before, pair.after)
    ]
    waiting = [b for a, b in couples if a is None and b is not None and b in free[1]]
    moved: dict[int, int] = {}
    for first in [a for a, b in couples if b is None and a is not None and a in free[0]]:
        way = old[first].way
        same = [b for b in waiting if new[b].row.shape == old[first].row.shape]
        things = old[first].row.things
        same.sort(key=lambda b: not all(known.get(x, y) == y for x, y in zip(things, new[b].row.things, strict=True)))
        same += [b for b in waiting if way and new[b].way == way]
        if same:
            moved[first] = same[0]
            waiting.remove(same[0])
    gone = set(moved.values())
    return [(a, moved.get(a, b) if a is not None else b) for a, b in couples if a is not None or b not in gone]


def _in_order(old: Sequence[_Line], new: Sequence[_Line]) -> Iterator[_Couple]:
    many = len(old) > _MOST_LINES or len(new) > _MOST_LINES
    before, after = [line.row.shape for line in old], [line.row.shape for line in new]
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=many).get_opcodes():
        if kind == "equal":
            yield from zip(range(first, last), range(start, end), strict=True)
        else:
            yield from _likely(old, new, range(first, last), range(start, end))


def _likely(old: Sequence[_Line], new: Sequence[_Line], mine: range, other: range) -> Iterator[_Couple]:
    """Pair replaced lines: each with the first later one that is similar."""
    start = other.start
    for first in mine:
        window = range(start, min(other.stop, start + 5))
        second = next((n for n in window if _alike(old[first], new[n])), None)
        if second is None:
            yield first, None
            continue
        yield from ((None, between) for between in range(start, second))
        yield first, second
        start = second + 1
    yield from ((None, rest) for rest in range(start, other.stop))


def _alike(old: _Line, new: _Line) -> bool:
    if old.way or new.way:
        return old.way == new.way
    mine, other = (_WORDS.findall(line.row.shape)[:_MOST_WORDS] for line in (old, new))
    return SequenceMatcher(None, mine, other).ratio() >= _ALIKE


def _both(old: _Line, new: _Line, known: dict[Thing, Thing], *, counts: bool) -> LinePair:
    """Compare a line then and now; `known` learns what its things have become."""
    if counts and old.row.shape != new.row.shape:
        return LinePair("changed", *_words(old.parts, new.parts))
    wrong: set[int] = set()
    if old.row.shape == new.row.shape:
        for place, (mine, other) in enumerate(zip(old.row.things, new.row.things, strict=True)):
            if follows(known, mine, other):
                known[mine] = other
            else:
                wrong.add(place)
    if wrong and counts:
        return LinePair("changed", _spans(old.parts, wrong), _spans(new.parts, wrong))
    if old.text == new.text:
        return LinePair("same", (Span(old.text),), (Span(new.text),))
    return LinePair("volatile", _spans(old.parts), _spans(new.parts))


def _words(old: Sequence[Part], new: Sequence[Part]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return both lines with marks on the words that are not in the other."""
    mine, other = _tokens(old), _tokens(new)
    before, after = [key for key, _ in mine], [key for key, _ in other]
    front = _alike_in_front(before, after)
    back = _alike_in_front(before[front:][::-1], after[front:][::-1])
    last, end = len(before) - back, len(after) - back
    kept = ({*range(front), *range(last, len(before))}, {*range(front), *range(end, len(after))})
    if max(last, end) - front <= _MOST_WORDS:
        matcher = SequenceMatcher(None, before[front:last], after[front:end], autojunk=False)
        for first, second, size in matcher.get_matching_blocks():
            kept[0].update(range(front + first, front + first + size))
            kept[1].update(range(front + second, front + second + size))
    return _marked(mine, kept[0]), _marked(other, kept[1])


def _alike_in_front(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the words that two lines begin with in common."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))


def _tokens(parts: Sequence[Part]) -> list[_Token]:
    found: list[_Token] = []
    for part in parts:
        if part.kind:
            found.append((f"\x01{part.kind}", part))
        else:
            found += [(word.strip(), Part(word)) for word in _WORDS.findall(part.text)]
    return found


def _marked(tokens: Sequence[_Token], kept: set[int]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for number, (key, part) in enumerate(tokens):
        mark: Mark = ("volatile" if part.kind else "") if number in kept or not key else "changed"
        if spans and spans[-1].mark == mark:
            spans[-1] = Span(spans[-1].text + part.text, mark)
        else:
            spans.append(Span(part.text, mark))
    return tuple(spans)
