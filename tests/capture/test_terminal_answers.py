"""What programs ask a terminal, and what those who type need to know of it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livedeck.capture.terminal import EMULATED_ROWS, CursorLine, Screen

DEVICE = b"\x1b[?62;22c"
COLOUR = b"\x1b]11;rgb:1f1f/2a2a/3030"


def answers(*chunks: bytes, columns: int = 120, rows: int = 40) -> bytes:
    screen = Screen(columns, rows)
    return b"".join([screen.feed(chunk) for chunk in chunks])


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (b"nothing", b""),
        (b"\x1b[6n", b"\x1b[2;1R"),
        (b"abc\x1b[6n", b"\x1b[2;4R"),
        (b"\xea\xb0\x80\xeb\x82\x98\x1b[6n", b"\x1b[2;5R"),
        (b"\x1b[5;7Hab\x1b[1A\x1b[6nxx", b"\x1b[4;9R"),
        (b"\x1b[999;999H\x1b[6n", b"\x1b[40;120R"),
        (b"x" * 120 + b"\x1b[6n", b"\x1b[2;120R"),
        (b"x" * 121 + b"\x1b[6n", b"\x1b[3;2R"),
        (b"\r\n" * 100 + b"\x1b[6n", b"\x1b[40;1R"),
        (b"\r\n" * 100 + b"\x1b[90A\x1b[6n", b"\x1b[1;1R"),
        (b"\x1b[?1049h\x1b[12;3H\x1b[6n\x1b[?1049l\x1b[6n", b"\x1b[12;3R\x1b[2;1R"),
        (b"\x1b[?6n", b"\x1b[?2;1R"),
        (b"\x1b[5n", b"\x1b[0n"),
        (b"\x1b[c", DEVICE),
        (b"\x1b[0c", DEVICE),
        (b"\x1b[?62;22c", b""),
        (b"\x1b[>c", b"\x1b[>0;0;0c"),
        (b"\x1b[>0c", b"\x1b[>0;0;0c"),
        (b"\x1b[18t", b"\x1b[8;40;120t"),
        (b"\x1b[22;0;0t", b""),
        (b"\x1b[?2026$p", b"\x1b[?2026;0$y"),
        (b"\x1b[4$p", b"\x1b[4;0$y"),
        (b"\x1b]10;?\x07", b"\x1b]10;rgb:d3d3/dddd/e1e1\x07"),
        (b"\x1b]11;?\x07", COLOUR + b"\x07"),
        (b"\x1b]11;?\x1b\\", COLOUR + b"\x1b\\"),
        (b"\x1b]11;?\x1b[6n", b"\x1b[2;1R"),
        (b"\x1b]11;#ffffff\x07", b""),
        (b"\xc2\x9b6n", b"\x1b[2;1R"),
        (b"one\x1b]11;?\x1b\\\x1b[6ntwo\x1b[6n\x1b[c", COLOUR + b"\x1b\\\x1b[2;4R\x1b[2;7R" + DEVICE),
    ],
)
def test_questions_are_answered_where_they_are_asked(asked: bytes, answered: bytes) -> None:
    assert answers(asked) == answered
    assert answers(*(asked[i : i + 1] for i in range(len(asked)))) == answered


def test_an_answer_comes_with_the_last_byte_of_the_question() -> None:
    screen = Screen(120, 40)
    assert [screen.feed(bytes([byte])) for byte in b"ab\x1b[6nc"] == [b""] * 5 + [b"\x1b[2;3R", b""]


def test_questions_are_no_output() -> None:
    screen = Screen(120, 40)
    screen.feed(b"\x1b[6n\x1b[c\x1b]11;?\x07one\x1b[18t")
    assert screen.output().lines == ("one",)


def test_questions_after_more_lines_than_are_emulated() -> None:
    data = b"line\r\n" * (2 * EMULATED_ROWS) + b"> \x1b[6n\r\n\x1b[6n\x1b[c"
    assert answers(data) == b"\x1b[40;3R\x1b[40;1R" + DEVICE
    assert answers(*(data[i : i + 999] for i in range(0, len(data), 999))) == b"\x1b[40;3R\x1b[40;1R" + DEVICE


PIECES = st.one_of(
    st.sampled_from(
        [b"\r\n", b"\n", b"\r", b" ", b"\t", b"\x1b", b"\x1b[", b"\x1b]11;?", b"\x1b]10;?\x07", b"\x1b\\", b"\xc2\x9b"]
    ),
    st.sampled_from(
        ["\x1b[6n", "\x1b[c", "\x1b[2J", "\x1b[3J", "\x1b[H", "\x1bM", "\x1b7", "\x1b8", "\x1b[?1049h", "\x1b[?1049l"]
    ).map(str.encode),
    st.tuples(st.sampled_from(["\x1b[", "\x1b[?"]), st.integers(0, 30), st.sampled_from("ABCDEFGHJKLMPSTXZdrn")).map(
        lambda parts: "".join(map(str, parts)).encode()
    ),
    st.text(st.sampled_from("ab 가나👍"), max_size=15).map(str.encode),
    st.binary(max_size=3),
)
STREAMS = (
    st.lists(PIECES, max_size=80)
    .map(b"".join)
    # Nobody writes line feeds within a sequence; rows that they move are then gone if it resets the terminal.
    .filter(lambda data: not re.search(rb"(?:\x1b\[?|\xc2\x9b)[ -?]*[\x00-\x1a\x1c-\x1f]", data))
)


@settings(max_examples=500, deadline=None)
@given(
    data=STREAMS,
    cuts=st.lists(st.integers(0, 300), max_size=8),
    columns=st.integers(2, 12),
    rows=st.integers(2, 6),
)
def test_cutting_changes_neither_lines_nor_answers(data: bytes, cuts: list[int], columns: int, rows: int) -> None:
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    seen = []
    for pieces in ([data], [data[i : i + 1] for i in range(len(data))], [data[a:b] for a, b in pairwise(edges)]):
        screen = Screen(columns, rows)
        answered = b"".join([screen.feed(piece) for piece in pieces])
        seen.append((answered, screen.output(), screen.cursor_line, screen.pasting, screen.cursor_keys, screen.tabs))
    assert seen[1:] == seen[:1] * 2


@settings(max_examples=300, deadline=None)
@given(data=STREAMS, columns=st.integers(2, 12), rows=st.integers(2, 6))
def test_asking_the_screen_does_not_change_it(data: bytes, columns: int, rows: int) -> None:
    screen, other = Screen(columns, rows), Screen(columns, rows)
    for position in range(len(data)):
        assert screen.feed(data[position : position + 1]) == other.feed(data[position : position + 1])
        assert screen.output() == screen.output()
        assert screen.cursor_line == screen.cursor_line
        assert screen.tabs == screen.tabs
    assert screen.output() == other.output()


@pytest.mark.parametrize(
    ("drawn", "text", "redrawn"),
    [
        (b"", "", False),
        (b"one\r\n", "", False),
        (b"\r\n\x1b[2K\r", "", False),
        (b"one\r\n\x1b[2K\rmysql> ", "mysql> ", False),
        (b"Continue? [Y/n] ", "Continue? [Y/n] ", False),
        (b"   ", "   ", False),
        (b"\x1b[32mok\x1b[0m \x1b[1;31m\x1b[K$\x1b[m\x1b[K ", "ok $ ", False),
        (b"one\r\n\x1b[?2004h\x1b[1m>>> \x1b[4D\x1b[4C", ">>> ", False),
        (b"Building... 0%", "Building... 0%", False),
        (b"Building... 0%\r", "Building... 0%", False),
        (b"Building... 0%\rBuilding... 5%", "Building... 5%", True),
        (b"Building... 0%\rBuilding... Done\r\nContinue? ", "Continue? ", False),
        (b"10%\x1b[2K\r", "", False),
        (b"10%\x1b[2K\r20%", "20%", True),
        (b"10%\x1b[1G\x1b[0K20%", "20%", True),
        (b"|\b/\b-", "-", True),
        (b"10%\x1b[3D20%", "20%", True),
        (b"Name: [      ]\x1b[7D", "Name: [      ]", False),
        (b"> \x1b7          12:00\x1b8", ">           12:00", False),
        (b"one\r\n\x1b[1A\x1b[2K\rab: Pulling \r\x1b[1B", "", False),
        (b"x" * 130 + b"> ", "x" * 130 + "> ", False),
        (b"x" * 119 + "가> ".encode(), "x" * 119 + "가> ", False),
        ("가나다> ".encode(), "가나다> ", False),
        (b"x" * 120, "x" * 120, False),
        (b"one\r\n\x1b[?1049h\x1b[Hinside: ", "inside: ", False),
    ],
)
@pytest.mark.parametrize(
    "before", [b"", b"line\r\n" * 100, b"line\r\n" * 2 * EMULATED_ROWS], ids=["few", "many", "all"]
)
def test_the_line_at_the_cursor(before: bytes, drawn: bytes, text: str, redrawn: bool) -> None:
    screen = Screen(120, 40)
    screen.feed(before)
    screen.feed(drawn)
    assert screen.cursor_line == CursorLine(text, redrawn)
    assert screen.cursor_line.fresh == (not text)


def test_the_line_at_the_cursor_begins_above_the_screen() -> None:
    screen = Screen(10, 4)
    screen.feed(b"0123456789" * 6 + b"> ")
    assert screen.cursor_line.text == "0123456789" * 6 + "> "


def test_a_line_editor_waits_while_it_wants_pastes_in_brackets() -> None:
    screen = Screen(120, 40)
    states = [screen.pasting]
    for data in (b"\x1b[?20", b"04h> ", b"\x1b[?2004l\r", b"\x1b[?2004hone\x1b[?2004l"):
        screen.feed(data)
        states.append(screen.pasting)
    assert states == [False, False, True, False, False]


def test_the_mode_of_the_cursor_keys() -> None:
    screen = Screen(120, 40)
    assert not screen.cursor_keys
    screen.feed(b"\x1b[?1h\x1b=")
    assert screen.cursor_keys
    screen.feed(b"\x1b[?1l\x1b>")
    assert not screen.cursor_keys


def tabs_every(columns: int) -> bytes:
    """Return what `tabs -N` prints."""
    return b"\r\x1b[3g" + (b"\x1bH" + b" " * columns) * (120 // columns) + b"\r"


def test_tab_stops_go_on_in_the_next_screen() -> None:
    screen = Screen(120, 40)
    assert screen.tabs is None
    screen.feed(tabs_every(4))
    assert screen.tabs == tuple(range(4, 119, 4))
    screen.feed(b"\ta\tb")
    after = Screen(120, 40, screen.tabs)
    after.feed(b"\ta\tb\r\n")
    assert after.output().lines == ("    a   b",)
    assert after.tabs == screen.tabs
    after.feed(tabs_every(8))
    assert after.tabs is None


def test_no_tab_stops_at_all() -> None:
    screen = Screen(20, 4)
    screen.feed(b"\x1b[3g")
    assert screen.tabs == ()
    after = Screen(20, 4, screen.tabs)
    after.feed(b"a\tb\r\n")
    assert after.output().lines == ("a" + " " * 18 + "b",)
