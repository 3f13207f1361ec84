"""Find a one-to-one map from the things of one deck to those of another under which all their rows are the same.

A row joins the things in it, so the question is whether two hypergraphs are isomorphic. Things are distinguished by the
rows they are in, and by their neighbours there, until nothing new is learnt (colour refinement). The rest falls into
pieces that share no undecided thing, and each piece is tried on its own. Refinement alone settles what Docker prints; a
hostile record could make the search endless, so the work is bounded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from livedeck.drift.compare.rows import Thing

Joint = tuple[Hashable, tuple[Thing, ...]]
"""A row: what counts of it, with its place if that counts, and the things in it."""
_Colours = dict[Thing, int]
_DEEPEST = 40


class UndecidedError(Exception):
    """The rows are too entangled to be compared within the bounds."""


@dataclass
class Effort:
    """The number of rows that may still be looked at."""

    left: int = 1_000_000

    def spend(self, rows: int) -> None:
        """Count some rows. Raises UndecidedError when all are used up."""
        self.left -= rows + 1
        if self.left < 0:
            raise UndecidedError


def match(old: Sequence[Joint], new: Sequence[Joint], effort: Effort) -> dict[Thing, Thing] | None:
    """Return the map from old things to new ones; None if there is none. Raises UndecidedError."""
    if len(old) != len(new):
        return None
    return _solve(old, new, _blank(old), _blank(new), effort, 0)


def follows(mapping: Mapping[Thing, Thing], old: Thing, new: Thing) -> bool:
    """Return whether the map says that `old` is now `new`, or says nothing about either."""
    return mapping.get(old, new) == new and (old in mapping or new not in mapping.values())


def _blank(joints: Sequence[Joint]) -> _Colours:
    return dict.fromkeys((thing for _, things in joints for thing in things), 0)


def _solve(
    old: Sequence[Joint], new: Sequence[Joint], mine: _Colours, other: _Colours, effort: Effort, depth: int
) -> dict[Thing, Thing] | None:
    if depth > _DEEPEST:
        raise UndecidedError
    if not _refine(old, new, mine, other, effort):
        return None
    classes: defaultdict[int, list[Thing]] = defaultdict(list)
    for thing, colour in other.items():
        classes[colour].append(thing)
    found = {thing: classes[colour][0] for thing, colour in mine.items() if len(classes[colour]) == 1}
    settled = frozenset(colour for colour, things in classes.items() if len(things) == 1)
    if len(found) == len(mine):
        return found
    targets = defaultdict(list)
    for piece in _pieces(new, other, settled):
        targets[_signature(piece, other)].append(piece)
    for piece in _pieces(old, mine, settled):
        candidates = targets[_signature(piece, mine)]
        for place, candidate in enumerate(candidates):
            inner = _fit(piece, candidate, mine, other, settled, effort, depth)
            if inner is not None:
                found.update(inner)
                del candidates[place]
                break
        else:
            return None
    return found


def _refine(old: Sequence[Joint], new: Sequence[Joint], mine: _Colours, other: _Colours, effort: Effort) -> bool:
    """Distinguish things by the rows they are in; False if the two sides cannot be the same."""
    known = -1
    while True:
        effort.spend(len(old))
        names: dict[Hashable, int] = {}
        first, second = _recoloured(old, mine, names), _recoloured(new, other, names)
        if Counter(first.values()) != Counter(second.values()):
            return False
        mine.update(first)
        other.update(second)
        count = len(set(first.values()))
        if count == known:
            return True
        known = count


def _recoloured(joints: Sequence[Joint], colours: _Colours, names: dict[Hashable, int]) -> _Colours:
    seen: defaultdict[Thing, list[tuple[int, int]]] = defaultdict(list)
    for kind, things in joints:
        joint = names.setdefault((kind, *(colours[thing] for thing in things)), len(names))
        for place, thing in enumerate(things):
            seen[thing].append((joint, place))
    return {
        thing: names.setdefault(("thing", colours[thing], *sorted(rows)), len(names)) for thing, rows in seen.items()
    }


def _pieces(joints: Sequence[Joint], colours: _Colours, settled: frozenset[int]) -> list[list[Joint]]:
    """Group the rows that share an undecided thing, directly or through others (union-find)."""
    leader: dict[Thing, Thing] = {}

    def lead(thing: Thing) -> Thing:
        while leader.setdefault(thing, thing) != thing:
            leader[thing] = leader[leader[thing]]
            thing = leader[thing]
        return thing

    open_rows = []
    for joint in joints:
        undecided = [thing for thing in joint[1] if colours[thing] not in settled]
        if undecided:
            open_rows.append((joint, undecided[0]))
            for thing in undecided[1:]:
                leader[lead(thing)] = lead(undecided[0])
    pieces: defaultdict[Thing, list[Joint]] = defaultdict(list)
    for joint, thing in open_rows:
        pieces[lead(thing)].append(joint)
    return list(pieces.values())


def _signature(piece: Sequence[Joint], colours: _Colours) -> Hashable:
    return frozenset(Counter((kind, *(colours[thing] for thing in things)) for kind, things in piece).items())


def _fit(
    old: Sequence[Joint],
    new: Sequence[Joint],
    mine: _Colours,
    other: _Colours,
    settled: frozenset[int],
    effort: Effort,
    depth: int,
) -> dict[Thing, Thing] | None:
    """Return the map from one piece to another of the same signature; None if there is none."""
    effort.spend(len(old))
    left = {thing: mine[thing] for _, things in old for thing in things}
    right = {thing: other[thing] for _, things in new for thing in things}
    thing = min((t for t in left if left[t] not in settled), key=lambda t: (left[t], t))
    for candidate in sorted(t for t in right if right[t] == left[thing]):
        found = _solve(old, new, {**left, thing: -1}, {**right, candidate: -1}, effort, depth + 1)
        if found is not None:
            return found
    return None
