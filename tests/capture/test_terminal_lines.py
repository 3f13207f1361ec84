"""Byte streams as programs really send them, and the lines a person sees in the end."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from livedeck.capture.terminal import Output, Screen, prompt_text

PULL = (
    b"Using default tag: latest\r\nlatest: Pulling from library/nginx\r\n"
    b"\r\n\x1b[1A\x1b[2K\r06f487a41612: Pulling fs layer \r\x1b[1B"
    b"\r\n\x1b[1A\x1b[2K\r56831671c48a: Pulling fs layer \r\x1b[1B"
    b"\x1b[2A\x1b[2K\r06f487a41612: Downloading [=>                 ]  524.3kB/48.1MB\r\x1b[2B"
    b"\x1b[1A\x1b[2K\r56831671c48a: Waiting \r\x1b[1B"
    b"\x1b[2A\x1b[2K\r06f487a41612: Extracting [==================>]  48.1MB/48.1MB\r\x1b[2B"
    b"\x1b[2A\x1b[2K\r06f487a41612: Pull complete \r\x1b[2B"
    b"\x1b[1A\x1b[2K\r56831671c48a: Pull complete \r\x1b[1B"
    b"Digest: sha256:34d3ce0f\r\nStatus: Downloaded newer image for nginx:latest\r\n"
)
APT = (
    b"\r0% [Working]\r            \rHit:1 http://mirror.example sid InRelease\r\n"
    b"\r0% [Waiting for headers]\r                        \r"
    b"\rReading package lists... 0%\r\rReading package lists... 50%\r\rReading package lists... Done\r\r\n"
)
APT_BAR = (
    b"\x1b7\x1b[0;23r\x1b8\x1b[1ASetting up curl ...\r\n"
    b"\x1b7\x1b[24;0f\x1b[42m\x1b[30mProgress: [ 50%]\x1b[49m\x1b[39m [####..]\x1b8"
    b"\x1b7\x1b[0;24r\x1b8\x1b[1A\x1b[JSetting up curl ...\r\n"
)
CURL = b"  % Total    % Received\r\n\r  0     0    0     0\r 43  1024   43   440\r100  1024  100  1024\r\n"
NPM = (
    b"\xe2\xa0\x8b\x1b[1G\x1b[0K\xe2\xa0\x99 idealTree: timing\x1b[1G\x1b[0K\xe2\xa0\xb9\x1b[1G\x1b[0K\r\n"
    b"added 3 packages in 2s\r\n"
)
BUILDKIT = (
    b"\x1b[?25l\x1b[1A\x1b[1B\x1b[0G\x1b[?25l[+] Building 0.1s (1/2)\r\n"
    b"\x1b[34m => [internal] load Dockerfile\x1b[0m      0.1s\r\n"
    b"\x1b[?25h\x1b[1A\x1b[1A\x1b[0G\x1b[?25l[+] Building 0.3s (2/2) FINISHED\r\n"
    b"\x1b[34m => [internal] load Dockerfile\x1b[0m      0.1s\r\n"
    b"\x1b[34m => exporting to image\x1b[0m              0.2s\r\n\x1b[?25h"
)


def shown(*chunks: bytes, columns: int = 120) -> Output:
    screen = Screen(columns, 40)
    for chunk in chunks:
        screen.feed(chunk)
    return screen.output()


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (
            PULL,
            [
                "Using default tag: latest",
                "latest: Pulling from library/nginx",
                "06f487a41612: Pull complete",
                "56831671c48a: Pull complete",
                "Digest: sha256:34d3ce0f",
                "Status: Downloaded newer image for nginx:latest",
            ],
        ),
        (APT, ["Hit:1 http://mirror.example sid InRelease", "Reading package lists... Done"]),
        (APT_BAR, ["Setting up curl ..."]),
        (CURL, ["  % Total    % Received", "100  1024  100  1024"]),
        (NPM, ["", "added 3 packages in 2s"]),
        (
            BUILDKIT,
            [
                "[+] Building 0.3s (2/2) FINISHED",
                " => [internal] load Dockerfile      0.1s",
                " => exporting to image              0.2s",
            ],
        ),
    ],
    ids=["docker pull", "apt update", "apt install", "curl", "npm", "docker build"],
)
def test_redraws_end_as_their_last_frame(data: bytes, lines: list[str]) -> None:
    assert list(shown(data).lines) == lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\r\n\r\n", []),
        (b"one\r\n\r\ntwo   \r\n\r\n", ["one", "", "two"]),
        (b"abc\x08\x08X", ["aXc"]),
        (b"a\tb\tc\r\n12345678\tx", ["a       b       c", "12345678        x"]),
        (b"a\x00b\x07c\x7fd\x0e\x0f", ["abcd"]),
        (b"\x1b[1;38;2;255;0;0mred\x1b[0m \x1b[4:3mcurly\x1b[m", ["red curly"]),
        (
            b"\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x07 \x1b]52;c;aGVsbG8=\x07\x1b]0;title\x07after",
            ["link after"],
        ),
        (b"before\r\n\x1b]0;never ended", ["before"]),
        (b"\x1bP1$r0m\x1b\\\x1b_app\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\after", ["after"]),
        (b"\xc2\x9b31mred\xc2\x9bm \xc2\x9d0;title\xc2\x9cx", ["red x"]),
        (b"\xff\xfe \xed\xa0\x80 \xc3(", ["�� ��� �("]),
        (b"\x1b[999999999Bx", [*[""] * 38, "x"]),
        (b"\x1b[999999999;999999999Hx", [*[""] * 38, " " * 119 + "x"]),
        (b"a\x1b[99999999@b\x1b[99999999Pc\x1b[99999999Xd", ["abcd"]),
        ("┌──┐\r\n│한글│ ├─ ✔ ⠿ …".encode(), ["┌──┐", "│한글│ ├─ ✔ ⠿ …"]),
        (b"\x1b(0lqqk\x1b(B", ["┌──┐"]),
        ("e\u0301 ❤\ufe0f 👍🏽 🇰🇷 x".encode(), ["e\u0301 ❤\ufe0f 👍🏽 🇰🇷 x"]),
        ("👨\u200d👩\u200d👧 a\u200db\u200d".encode(), ["👨\u200d👩\u200d👧 ab"]),
        ("\u202eevil\u202c \u200bzero\u2060\ufeff \u00adsoft \u2066x\u2069\U000e0041".encode(), ["evil zero soft x"]),
        (b"\x1b[?1049h\x1b[Hinside\x1b[?1049loutside", ["outside"]),
        (b"shell\r\n\x1b[?1049h\x1b[2J\x1b[Hinside", ["inside"]),
        (b"12\x1b[1;1H\x1b[J3", ["3"]),
        (b"\r\none", ["", "one"]),
        (b"\x1b[5A\x1b[1Bone", ["one"]),
        (b"```\r\n---\r\n<script>{{ 7 * 7 }}</script>", ["```", "---", "<script>{{ 7 * 7 }}</script>"]),
    ],
)
def test_what_is_seen(data: bytes, lines: list[str]) -> None:
    assert list(shown(data).lines) == lines


def test_soft_wraps_are_joined_and_hard_ones_are_not() -> None:
    exact = b"x" * 40
    assert shown(exact + b"\r\n" + exact, columns=40).lines == ("x" * 40, "x" * 40)
    assert shown(exact + b"y\r\nz", columns=40).lines == ("x" * 40 + "y", "z")
    row = b"0123456789" * 13
    assert shown(row + b"\r\n" + row, columns=40).lines == (row.decode(),) * 2


@pytest.mark.parametrize(
    "line",
    [
        "가나다라마",
        "가" * 20,
        "x가나다라마",
        "012345678가나",
        "01234567 가나",
        "012345678 가나",
        "0123456789 가나",
        "가나다라마 바사",
        "x가나다라 마",
        "x가나다라  마",
        "012345678👍🏽 👍",
        "012345678 👍",
        "01234567e\u0301 👍",
        "012345678한글 012345678한글 0123456789한글",
    ],
)
def test_wide_characters_at_the_margin(line: str) -> None:
    """A cell that a wide character leaves free is no blank, and a blank that was written there is one."""
    assert shown(line.encode(), columns=10).lines == (line,)
    assert shown(f"first\r\n{line}\r\n".encode() * 30, columns=10).lines == ("first", line) * 30
    assert shown(*(bytes([byte]) for byte in line.encode()), columns=10).lines == (line,)


def test_a_wide_character_that_is_overwritten() -> None:
    assert shown("가\b\bx".encode()).lines == ("x",)


def test_cells_that_a_move_left_free_are_blanks() -> None:
    assert shown("x\x1b[3C가\r\n\x1b[9C 가".encode(), columns=10).lines == ("x   가", " " * 10 + "가")


def test_blanks_within_sequences_are_no_text() -> None:
    assert shown("가 \x1b[2 qx \x1b]0;a title\x07y \x1b Fz".encode()).lines == ("가 x y z",)


@pytest.mark.parametrize(
    ("drawn", "prompt"),
    [
        (b"ubuntu@host:~$ ", "ubuntu@host:~$ "),
        (b"\x01\x1b]0;title\x07\x02\x01\x1b[01;32m\x02user\x01\x1b[00m\x02:~# ", "user:~# "),
        (b"first\r\nsecond> ", "first\nsecond> "),
        (b"\r\n\r\n\x1b[32m~/work\x1b[m  \r\n\r\n> ", "~/work\n\n> "),
        (b"first\r\n", "first\n"),
        (b"> \x1b7                12:00\x1b8", "> "),
        (b"", ""),
        (("d/" * 90).encode() + b"$ ", "d/" * 90 + "$ "),
        ("한글|\u202e> ".encode(), "한글|> "),
    ],
)
def test_a_prompt_is_all_its_lines_with_its_blanks(drawn: bytes, prompt: str) -> None:
    assert prompt_text(drawn, 120) == prompt


PIECES = st.one_of(
    st.binary(max_size=12),
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        [b"\r\n", b"\n", b"\r", b"\b", b"\t", b"\x1b", b"\x1b[", b"\x1b]", b"\x1bP", b"\x9b", b"\xe2\x94", b"\xed"]
    ),
    st.tuples(
        st.sampled_from(["\x1b[", "\x1b[?", "\x1b[>", "\x9b", "\x1b(", "\x1b#"]),
        st.lists(st.integers(0, 100_000), max_size=3).map(lambda numbers: ";".join(map(str, numbers))),
        st.characters(min_codepoint=0x40, max_codepoint=0x7E),
    ).map(lambda parts: "".join(parts).encode()),
)
STREAMS = st.lists(PIECES, max_size=40).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(data=STREAMS, columns=st.integers(1, 200))
def test_no_stream_breaks_the_screen(data: bytes, columns: int) -> None:
    for line in shown(data, columns=columns).lines:
        assert line == line.rstrip()
        for position, char in enumerate(line):
            joined = char == "\u200d" and 0 < position < len(line) - 1
            assert joined or unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}
            assert unicodedata.bidirectional(char) not in {
                "LRE",
                "RLE",
                "LRO",
                "RLO",
                "PDF",
                "LRI",
                "RLI",
                "FSI",
                "PDI",
            }
            assert joined or char not in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u061c"
    prompt_text(data, columns)


@settings(max_examples=150, deadline=None)
@given(data=STREAMS, cuts=st.lists(st.integers(0, 500), max_size=8))
def test_how_the_stream_is_cut_does_not_matter(data: bytes, cuts: list[int]) -> None:
    whole = shown(data)
    assert shown(*(data[i : i + 1] for i in range(len(data)))) == whole
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    assert shown(*(data[a:b] for a, b in pairwise(edges))) == whole


@settings(max_examples=150, deadline=None)
@example(data=(b"x" * 15 + b" " * 10 + b"y" * 15) * 6 + b"\r\nend", looks=[17, 97, 99, 100, 101, 119, 120, 121, 239])
@given(data=STREAMS, looks=st.lists(st.integers(0, 500), max_size=4))
def test_looking_at_the_screen_does_not_change_it(data: bytes, looks: list[int]) -> None:
    screen = Screen(20, 4)
    for position in range(len(data)):
        screen.feed(data[position : position + 1])
        if position in looks:
            assert screen.output() == screen.output()
    whole = Screen(20, 4)
    whole.feed(data)
    assert screen.output() == whole.output()


KOREAN = st.text(st.sampled_from("가나다 한글 x y 1\u0301👍─"), max_size=400)


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(KOREAN, max_size=20), columns=st.integers(2, 130))
def test_wide_characters_and_blanks_come_back_as_they_are(lines: list[str], columns: int) -> None:
    expected = [line.rstrip() for line in lines]
    while expected and not expected[-1]:
        expected.pop()
    assert list(shown("\r\n".join(lines).encode(), columns=columns).lines) == expected


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=300), max_size=30))
def test_plain_lines_come_back_as_they_are(lines: list[str]) -> None:
    expected = [line.rstrip() for line in lines]
    while expected and not expected[-1]:
        expected.pop()
    assert list(shown("\r\n".join(lines).encode()).lines) == expected
