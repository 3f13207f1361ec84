"""Marks are told from what is shown, however the bytes are cut, and nothing else is held back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livedeck.capture.stream import ChannelEnd, Mark, Stream

NONCE = "5eed"
MARK = b"\x1b]133;D;5eed;3\x07"


class Told:
    """A channel that gives these bytes, one piece after the other, and then nothing or its end."""

    def __init__(self, pieces: Sequence[bytes], *, ends: bool = True) -> None:
        self._pieces = list(pieces)
        self._ends = ends

    def send(self, data: bytes) -> None:
        raise AssertionError(data)

    def receive(self, timeout: float) -> bytes | None:
        return self._pieces.pop(0) if self._pieces else b"" if self._ends else None

    def exit_code(self) -> int | None:
        return 7

    def close(self) -> None:
        pass


def stream(*pieces: bytes, ends: bool = True) -> Stream:
    made = Stream(Told(pieces, ends=ends), lambda: 0.0)
    made.trust(NONCE)
    return made


def joined(made: Stream) -> list[bytes | Mark]:
    """All pieces, with neighbouring bytes joined."""
    found: list[bytes | Mark] = []
    while True:
        try:
            piece = made.next(1.0)
        except ChannelEnd:
            return found
        if isinstance(piece, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += piece
        elif piece:
            found.append(piece)


part = st.one_of(
    st.just(MARK),
    st.sampled_from(
        [b"\x1b", b"\x1b]", b"\x1b]133;", b"\x1b]133;D;5eed;", b"\x07", b"\x1b[?2004hdb> ", b"\x1b]133;D;0\x07"]
    ),
    st.binary(max_size=6),
)


@given(st.lists(part, max_size=12), st.lists(st.integers(0, 200), max_size=12))
def test_where_bytes_are_cut_makes_no_difference(parts: list[bytes], cuts: list[int]) -> None:
    data = b"".join(parts)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges) if end > start]
    assert joined(stream(*pieces)) == joined(stream(*([data] if data else [])))


@pytest.mark.parametrize(
    "shown",
    [
        b"\x1b[?2004hroot@web:/# ",
        b"\x1b[1;32m$\x1b[0m ",
        b"\x1b]0;title\x07$ ",
        b"\x1b]133;B\x07$ ",
        b"\x1b7",
        b"a\x1b[m",
    ],
)
def test_what_can_be_no_mark_is_not_held_back(shown: bytes) -> None:
    assert stream(shown, ends=False).next(1.0) == shown


@pytest.mark.parametrize("length", range(1, len(MARK)))
def test_a_mark_may_come_in_two_parts(length: int) -> None:
    cut = stream(b"shown" + MARK[:length], MARK[length:] + b"$ ", ends=False)
    assert [cut.next(1.0), cut.next(1.0), cut.next(1.0), cut.next(1.0)] == [
        b"shown",
        Mark("D", NONCE, "3"),
        b"$ ",
        None,
    ]


def test_marks_of_others_are_output() -> None:
    assert joined(stream(b"\x1b]133;D;0;f0e\x07\x1b]133;D;0\x07")) == [b"\x1b]133;D;0;f0e\x07\x1b]133;D;0\x07"]
