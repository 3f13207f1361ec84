"""Programs inside the shell: exit codes that nobody knows, what failed, prompts, and records of format 1."""

from __future__ import annotations

import json

from livedeck.drift import Places, compare, report
from livedeck.model import Capture, Comparison, Engine, Record
from msgspec import structs

from tests.course import recorded

OPENER = Capture("$ ", "psql", (), None, 0.1)
LINE = "ERROR:  relation does not exist"
ANSWER = Capture("db=> ", "SELECT 1;", (LINE,), None, 0.1, program=True)


def compared(old: Record, new: Record) -> Comparison:
    return compare(old, new, names=("a", "b"), masks={}, places=Places())


def reasons(old: Capture, new: Capture) -> tuple[str, ...]:
    (command,) = compared(recorded((old,)), recorded((new,))).commands
    return command.reasons


def former(record: Record) -> Record:
    """The record as one of format 1 is read: it knows no profile."""
    return structs.replace(record, profile=None, rows=500)


def test_an_unknown_exit_code_is_one_of_its_own() -> None:
    assert reasons(OPENER, OPENER) == ()
    assert reasons(OPENER, structs.replace(OPENER, exit=0)) == ("exit unknown -> exit 0",)
    assert reasons(structs.replace(OPENER, exit=1), OPENER) == ("exit 1 -> exit unknown",)


def test_what_fails_now_has_drifted() -> None:
    assert reasons(ANSWER, structs.replace(ANSWER, failed=LINE)) == ("exit unknown -> exit unknown, failed",)
    failed = structs.replace(ANSWER, failed=LINE)
    (command,) = json.loads(report([compared(recorded((failed,)), recorded((ANSWER,)))], "json"))["decks"][0][
        "commands"
    ]
    assert (command["old"]["exit"], command["old"]["failed"], command["new"]["failed"]) == (None, LINE, None)


def test_styles_are_no_drift() -> None:
    old, new = recorded((ANSWER,)), recorded((structs.replace(ANSWER, styles={0: "0-5 1;31"}),))
    assert compared(old, new).count("same") == 1


def test_every_line_of_a_prompt_counts() -> None:
    def at(prompt: str) -> Capture:
        return Capture(prompt, "ls", (), 0, 0.1)

    assert reasons(at("┌ ~/app\n└ $ "), at("┌ ~/app\n└ $ ")) == ()
    assert reasons(at("┌ ~/app\n└ $ "), at("┌ ~/src\n└ $ ")) == ("another prompt",)
    ids = ("root@f82feedb9084:/# ", "root@0123456789ab:/# ")
    assert reasons(*(Capture(f"top\n{prompt}", "ls", (), 0, 0.1) for prompt in ids)) == ()


def test_what_format_1_did_not_know_is_no_drift() -> None:
    old = former(recorded((OPENER, ANSWER), (structs.replace(OPENER, exit=0),)))
    new = recorded((OPENER, structs.replace(ANSWER, failed=LINE)), (OPENER,))
    found = compared(old, new)
    assert not found.drifted
    assert [(change.what, change.old, change.new) for change in found.world] == [("rows", "500", "40")]
    assert not compared(new, old).drifted
    assert compared(former(recorded((structs.replace(OPENER, exit=1),))), recorded((OPENER,))).drifted


def test_rows_and_stand_ins_are_of_the_world() -> None:
    old = structs.replace(recorded(), stand_ins="sha256:" + "a" * 64, profile=Engine())
    new = structs.replace(old, stand_ins="sha256:" + "b" * 64, rows=24)
    assert [(change.what, change.old, change.new) for change in compared(old, new).world] == [
        ("rows", "40", "24"),
        ("_stand-ins/", "sha256:aaaaaaaaaaaa", "sha256:bbbbbbbbbbbb"),
    ]
