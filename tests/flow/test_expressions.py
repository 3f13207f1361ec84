"""An author's expression that takes too long, wherever one may be written: an error that names its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from livedeck.flow import decks
from livedeck.model import Edition
from livedeck.project import course

from tests.course import COURSE, captured, make_project, recorded, write_record

DECK = "---\nmarp: true\ntheme: mspt2\n---\n\n## First\n\n```bash run{}\necho {}\n```\n"
TEXT = "a" * 60 + "b"
SLOW = "(a+)+$"
NEVER = "(|)" * 30 + "(?!)"
"""It never ends on the empty text, on which expressions are tried when they are read."""
BUILD, DRIFT = ("build", "--format", "md"), ("drift", "--against", "other")
PLACES = {
    "mark": ("", f" mark=/{SLOW}/", BUILD, 1, "decks/one/deck.md:8: mark=/(a+)+$/"),
    "mark in check": ("", f" mark=/{SLOW}/", ("check",), 1, "decks/one/deck.md:8: mark=/(a+)+$/"),
    "prompt": ("", f' prompt="/{NEVER}/"', BUILD, 1, "decks/one/deck.md:8: option prompt"),
    "fail": ("", f' prompt="x> " fail="/{NEVER}/"', ("steps", "one"), 1, "decks/one/deck.md:8: option fail"),
    "redact": (f"[redact.rules]\nx = 'y'\nslow = '{SLOW}'\n", "", BUILD, 2, "decks/course.toml:7: redact.rules.slow"),
    "redact on nothing": (
        f"[redact.rules]\nslow = '{NEVER}'\n",
        "",
        ("check",),
        2,
        "decks/course.toml:6: redact.rules.slow",
    ),
    "mask": (f"[masks]\n'slow' = '{SLOW}'\n", "", DRIFT, 2, "decks/course.toml:8: masks.slow"),
    "mask on nothing": (f"masks.slow = '{NEVER}'\n", "", ("steps", "one"), 2, "decks/course.toml:1: masks.slow"),
    "machine lines": (
        f"[engines.other]\nmachine_lines = {{ x = 'y', slow = '{NEVER}' }}\n",
        "",
        ("steps", "one"),
        2,
        "decks/course.toml:7: engines.other.machine_lines.slow",
    ),
}
SOAKED = ("mark in check", "prompt", "fail", "redact on nothing", "mask", "mask on nothing", "machine lines")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.soak if name in SOAKED else ()) for name in PLACES]
)
@pytest.mark.hostile("an expression that tries for ever", "exit 1 or 2 with the line of the expression", "a wait")
def test_an_expression_that_takes_too_long_is_an_error_with_its_line(tmp_path: Path, name: str) -> None:
    more, options, arguments, code, said = PLACES[name]
    engines = "[engines.current]\n" if "engines" in more else "[engines.current]\n[engines.other]\n"
    text = more + COURSE if more.startswith("masks.") else COURSE + ("" if "redact" in more else engines) + more
    project = make_project(tmp_path, text, DECK.format(options, TEXT), ((captured(f"echo {TEXT}", TEXT),),))
    write_record(project.record.with_name("other.json"), recorded((captured(f"echo {TEXT}", TEXT),), engine="other"))

    done = project.livedeck(*arguments)

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "it takes more than 2 seconds" in done.stderr
    assert "Traceback" not in done.stderr
    assert not project.markdown.exists()


def test_lines_of_a_machine_are_left_out_in_time(tmp_path: Path) -> None:
    """While a deck is captured: nothing of a record is tried before."""
    project = make_project(tmp_path, f"{COURSE}[engines.current.machine_lines]\nslow = '{SLOW}'\n")
    loaded = course.load(project.root)
    rule = decks.machine_lines(Edition(loaded, loaded.decks[0], "current", "committed"))["slow"]

    assert rule.fullmatch(["aaa", "b"]) == [True, False]
    with pytest.raises(course.UsageError, match="it takes more than 2 seconds") as caught:
        rule.fullmatch([TEXT])
    assert str(caught.value.at) == "decks/course.toml:6"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[masks]\nslow = 'x'", 2),
        ("[masks]\n# slow = 'y'\n\n\"slow\" = 'x'", 4),
        ("masks.slow = 'x'", 1),
        ("masks = { other = 'slow',\n slow = 'x' }", 1),
        ("[labels.slow]\ncommand = 'slow'\n[masks]\nfast = 'slow'\nslow = 'x'\nslower = 'y'", 5),
        ("[masks]\nslow = '''\nx'''\n", 2),
        ("[masks]\nfast = '''\nslow = 1\n'''\n slow = 'x'", 5),
        ("\ufeff[masks]\r\nslow = 'x'\r\n", 2),
        ("[masks]\n\"sl\\u006fw\" = 'x'", 1),  # not found
        ("[masks]\nfast = 'x'", 1),
        ("[masks]\nfast = 'a\u2028b'\nslow = 'x'", 3),
    ],
)
def test_the_line_of_a_key(tmp_path: Path, text: str, line: int) -> None:
    project = make_project(tmp_path)
    project.course.write_bytes(text.encode())
    assert str(course.place(project.root, "masks", "slow")) == f"decks/course.toml:{line}"
