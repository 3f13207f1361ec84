"""How keys are spelled in `input`, and what a terminal sends for them."""

from __future__ import annotations

import pytest
from livedeck.capture.keyboard import Keys, keystrokes, typed_line


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("y", [Keys(b"y\r")]),
        ("a\\nb", [Keys(b"a\r"), Keys(b"b\r")]),
        ("q\\c", [Keys(b"q")]),
        (" \\cq\\c", [Keys(b" "), Keys(b"q")]),
        ("y\\c\\n", [Keys(b"y"), Keys(b"\r")]),
        ("^C", [Keys(b"\x03")]),
        ("abc^D", [Keys(b"abc\x04")]),
        ("^P^Q", [Keys(b"\x10\x11")]),
        ("^J", [Keys(b"\n")]),
        ("\\e:wq\\n", [Keys(b"\x1b:wq\r")]),
        ("\\^C\\\\c", [Keys(b"^C\\c\r")]),
        ("<wait:a>x", [Keys(b"x\r", "a")]),
        ("<wait:a><wait:b>x", [Keys(b"", "a"), Keys(b"x\r", "b")]),
        ("<wait:a>", [Keys(b"", "a")]),
        ("<wait:a\\>b>x\\ny", [Keys(b"x\r", "a>b"), Keys(b"y\r")]),
        ("한글", [Keys("한글\r".encode())]),
    ],
)
def test_a_spelling(text: str, keys: list[Keys]) -> None:
    assert list(keystrokes(text)) == keys


@pytest.mark.parametrize(
    ("text", "answers", "written"),
    [
        ("me\\nhunter2", ["me", "hunter2"], ["me", "hunter2"]),
        ("<wait:a\\>b>x y\\n<wait:c>z", ["x y", "z"], ["x y", "z"]),
        ("a\\\\b\\^C\\nq\\c", ["a\\b^C"], ["a\\\\b\\^C"]),
        ("^C\\n\\n \\nx\\ty\\n한글", ["한글"], ["한글"]),
    ],
)
def test_an_answer_and_where_it_is_written(text: str, answers: list[str], written: list[str]) -> None:
    found = [keys for keys in keystrokes(text) if keys.line is not None]
    assert [keys.line for keys in found] == answers
    assert [text[slice(*keys.written)] for keys in found] == written


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("select 1;", b"select 1;\r"),
        ("", b"\r"),
        ("^D", b"\x04"),
        ("^C", b"\x03"),
        ("x ^C", b"x ^C\r"),
        ("^]", b"\x1d"),
    ],
)
def test_a_line_of_a_program(line: str, typed: bytes) -> None:
    assert typed_line(line) == typed
