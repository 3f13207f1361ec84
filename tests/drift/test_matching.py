"""The one-to-one map: what it explains, what it does not, and that no record makes it take for ever."""

from __future__ import annotations

import itertools
import random

import pytest
from livedeck.drift.compare.matching import Effort, Joint, UndecidedError, match

Rows = list[Joint]


def row(kind: str, *things: str) -> Joint:
    return kind, tuple(("id", thing) for thing in things)


def test_short_and_long_ids_are_for_the_caller_rows_join_things() -> None:
    old = [row("run", "a"), row("ps", "a", "x"), row("ps", "b", "y"), row("run2", "b")]
    new = [row("run", "c"), row("ps", "d", "w"), row("ps", "c", "v"), row("run2", "d")]

    found = match(old, new, Effort())

    assert found is not None
    assert {old[1]: new[1] for old, new in found.items()} == {"a": "c", "b": "d", "x": "v", "y": "w"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([row("one", "a"), row("two", "a")], [row("one", "b"), row("two", "c")]),
        ([row("one", "a"), row("two", "b")], [row("one", "c"), row("two", "c")]),
        ([row("one", "a", "a")], [row("one", "b", "c")]),
        ([row("one", "a")], [row("one", "a"), row("one", "b")]),
        ([row("x", "a", "b"), row("x", "b", "a")], [row("x", "a", "b"), row("x", "b", "c")]),
    ],
    ids=["torn", "joined", "twice", "more", "circle"],
)
def test_what_no_map_explains(old: Rows, new: Rows) -> None:
    assert match(old, new, Effort()) is None


def shuffled(rows: Rows, seed: int) -> Rows:
    """The same rows, in another order, of other things."""
    dice = random.Random(seed)
    things = sorted({thing for _, own in rows for thing in own})
    other = dict(zip(things, dice.sample(things, len(things)), strict=True))
    renamed = [(kind, tuple(other[thing] for thing in own)) for kind, own in rows]
    return dice.sample(renamed, len(renamed))


def pairs(number: int) -> Rows:
    """Rows of two things each, told apart by nothing but the rows themselves."""
    return [row("r", f"id{n}", f"name{n}") for n in range(number)]


def circles(*lengths: int) -> Rows:
    """Things in circles, which look alike wherever one stands."""
    return [
        row("r", f"{circle}.{n}", f"{circle}.{(n + 1) % length}")
        for circle, length in enumerate(lengths)
        for n in range(length)
    ]


STEPS = 5_000
"""Rows that may be looked at: a few times as many as there are, of the million that a real comparison may take."""


@pytest.mark.parametrize(
    "rows",
    [pairs(200), [row("r", f"id{n}") for n in range(200)], circles(5, 7, 7, 40)],
    ids=["pairs", "alike", "circles"],
)
def test_rows_in_any_order_are_matched_at_once(rows: Rows) -> None:
    found = match(rows, shuffled(rows, 1), Effort(STEPS))

    assert found is not None
    assert len(set(found.values())) == len(found) == len({thing for _, own in rows for thing in own})


def test_circles_that_only_a_search_distinguishes() -> None:
    assert match(circles(6, 6), shuffled(circles(6, 6), 2), Effort()) is not None
    assert match(circles(6, 6), circles(12), Effort()) is None
    assert match(circles(6, 6, 3), circles(3, 3, 9), Effort()) is None


def test_a_hostile_knot_ends_undecided() -> None:
    """The two strongly regular graphs of 16 things: only a search can tell them apart, and many copies are too many."""
    grid = list(itertools.product(range(4), repeat=2))
    rook = [(a, b) for a, b in itertools.permutations(grid, 2) if (a[0] == b[0]) != (a[1] == b[1])]
    steps = {(0, 1), (0, 3), (1, 0), (3, 0), (1, 1), (3, 3)}
    twisted = [(a, b) for a, b in itertools.permutations(grid, 2) if ((b[0] - a[0]) % 4, (b[1] - a[1]) % 4) in steps]
    old, new = ([row("r", *map(str, edge)) for edge in edges] for edges in (rook, twisted))

    assert match(old, new, Effort()) is None
    assert match(old, shuffled(old, 3), Effort()) is not None
    with pytest.raises(UndecidedError):
        match(old * 40, new * 40, Effort(100_000))
