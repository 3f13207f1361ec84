"""Programs inside the shell: what a template may say of them, what is shown, and what students copy."""

from __future__ import annotations

import pytest
from livedeck.errors import ClaimError, StepError, TemplateError
from livedeck.model import Capture, Rendered
from livedeck.records import Replay
from livedeck.template import commands_of

from tests.course import recorded
from tests.template.stage import FIRST, FRONT, attempt, body, fence, play

OPENER = Capture("$ ", "psql", (), None, 0.1)
OPEN = fence('prompt="db=> "', "psql")
QUIT = Capture("db=> ", r"\q", (), 0, 0.1, program=True)
WRONG = 'ERROR:  relation "x" does not exist'


def typed(command: str, *output: str, failed: str = "", code: int | None = None, prompt: str = "db=> ") -> Capture:
    return Capture(prompt, command, output, code, 0.1, program=True, failed=failed)


def shown(text: str, *steps: tuple[Capture, ...]) -> Rendered:
    runner = Replay(recorded(*steps), commands_of)
    rendered = play(FRONT + text, runner)
    runner.finish("deck.md")
    return rendered


def refused(text: str, *steps: tuple[Capture, ...]) -> StepError | TemplateError | ClaimError:
    error = attempt(FRONT + text, Replay(recorded(*steps), commands_of))
    assert isinstance(error, StepError | TemplateError | ClaimError)
    return error


def test_a_conversation_is_shown_line_by_line():
    text = OPEN + "\n" + fence("", "SELECT 1;\n\\q")
    made = body(shown(text, (OPENER,), (typed("SELECT 1;", "1"), QUIT)))
    assert made.startswith("```terminal 1:2 copy:1 s20\n$ psql\n```\n")
    assert "```terminal 1:5 copy:1 3:5 copy:3 s20\ndb=> SELECT 1;\n1\ndb=> \\q\n```\n" in made
    assert "> SELECT 1;\n> \\q\n" in made


def test_a_blank_line_belongs_to_the_lines_around_it():
    lines = [
        typed("def f():", prompt=">>> "),
        typed("    return 1", prompt="... "),
        typed("", prompt="... "),
        typed("f()", "1", prompt=">>> "),
    ]
    text = OPEN + "\n" + fence("", "def f():\n    return 1\n\nf()")
    made = body(shown(text, (OPENER,), tuple(lines)))
    assert "copy:1 2:4 copy:2 3:4 4:4 copy:4 s20\n>>> def f():\n...     return 1\n... \n>>> f()\n1\n" in made
    assert "> def f():\n>     return 1\n>\n> f()\n" in made


def test_a_blank_line_at_the_end_or_below_a_failed_line_is_not_copied():
    text = OPEN + "\n" + fence("fail=/ERROR/", "one\nSELECT x;\n\ntwo\n")
    lines = (typed("one"), typed("SELECT x;", WRONG, failed=WRONG), typed(""), typed("two"), typed(""))
    made = body(shown(text, (OPENER,), lines))
    assert "> one\n> two\n> ```\n" in made


def test_keys_are_shown_and_not_copied():
    text = OPEN + "\n" + fence("", "SELECT 1;\n^D")
    made = body(shown(text, (OPENER,), (typed("SELECT 1;"), typed("^D", code=0))))
    assert "```terminal 1:5 copy:1 2:5 s20\ndb=> SELECT 1;\ndb=> ^D\n```\n" in made
    assert "`SELECT 1;`" in made


def test_the_lines_of_a_prompt_are_lines_of_the_terminal():
    capture = Capture("\n┌ ~/app\n└ $ ", "ls -l", ("a",), 0, 0.1)
    made = body(shown(fence("", "ls -l"), (capture,)))
    assert made.startswith("```terminal 1:0 2:7 3:4 copy:3 s20\n\n┌ ~/app\n└ $ ls -l\na\n```\n")
    failed = Capture("┌ ~/app\n└ $ ", "ls -l", (), 2, 0.1)
    made = body(shown(fence("exit=2", "ls -l"), (failed,)))
    assert made.startswith("```terminal 1:7 f1 2:4 f2 s20\n┌ ~/app\n└ $ ls -l\n```\n")


def test_what_fails_in_a_program_stops_the_deck_and_says_how_to_announce_it():
    text = OPEN + "\n" + fence("", "SELECT * FROM x;")
    answer = typed("SELECT * FROM x;", WRONG, "LINE 1: SELECT * FROM x;", failed=WRONG)
    error = refused(text, (OPENER,), (answer,))
    assert error.at.line == FIRST + 4
    assert error.message == f"`SELECT * FROM x;` failed: {WRONG}"
    assert error.detail == answer.output
    option = error.hint.split("what it does: ")[1]
    made = body(shown(text.replace("run \nSELECT", f"run {option}\nSELECT"), (OPENER,), (answer,)))
    assert f"```terminal 1:5 f1 s20\ndb=> SELECT * FROM x;\n{WRONG}\n" in made
    assert "> **" not in made.split("LINE 1")[1]


def test_what_is_announced_has_to_fail_and_nothing_else_may():
    text = OPEN + "\n" + fence("fail=/relation/", "one;\ntwo;")
    error = refused(text, (OPENER,), (typed("one;", "1"), typed("two;", "2")))
    assert error.message == "nothing failed here, though fail=/relation/ announces it"
    wrong = "ERROR:  syntax error"
    error = refused(text, (OPENER,), (typed("one;", WRONG, failed=WRONG), typed("two;", wrong, failed=wrong)))
    assert error.message == f"`two;` failed: {wrong}"


def test_the_fence_that_opens_a_program_announces_nothing():
    text = fence('prompt="db=> " fail=/oops/', "psql\none;")
    assert "db=> one;" in body(shown(text, (OPENER, typed("one;", "1"))))
    error = refused(text, (OPENER, typed("one;", "oops", failed="oops")))
    assert error.message == "`one;` failed: oops"
    assert "in a fence of its own" in error.hint


def test_an_exit_code_that_nobody_knows_is_not_expected_and_not_asked_for():
    error = refused(OPEN + "\n" + fence("exit=0", "one;"), (OPENER,), (typed("one;"),))
    assert error.message == "nobody can know the exit code of `one;`"
    assert "leave exit out" in error.hint
    inside = OPEN + "\n" + fence("id=inside", "one;") + "\n"
    steps = ((OPENER,), (typed("one;", "1"),))
    error = refused(f"{inside}{{{{ steps.inside.exit }}}}\n", *steps)
    assert error.message == "nobody can know the exit code of `one;`: it was typed into a program"
    assert error.at.line == FIRST + 8
    assert ".text" in error.hint


@pytest.mark.parametrize(
    "condition",
    [
        "steps.inside.exit == 0",
        "steps.inside.exit != 0",
        "not steps.inside.exit",
        "steps.inside['exit'] == 0",
        "steps.inside.exit is defined",
        "steps.inside.exit | default(0) == 0",
        "steps.inside.all | map(attribute='exit') | sum == 0",
    ],
)
def test_a_claim_about_an_unknown_exit_code_never_holds(condition):
    claim = f"{{% claim {condition} %}}It works.{{% elif true %}}Or so.{{% endclaim %}}"
    text = f"{OPEN}\n{fence('id=inside', 'one;')}\n{claim}\n"
    error = refused(text, (OPENER,), (typed("one;"),))
    assert isinstance(error, ClaimError)
    assert "nobody can know the exit code of `one;`" in error.message


def test_the_exit_code_of_a_program_is_that_of_the_line_that_ends_it():
    text = OPEN + "\n" + fence("id=end", "one;\nexit(3)")
    error = refused(text, (OPENER,), (typed("one;"), typed("exit(3)", code=3)))
    assert error.message == "`exit(3)` ended with exit code 3, not 0"
    assert error.hint.endswith("in a fence of its own that this is what it does: exit=3")
    apart = OPEN + "\n" + fence("", "one;") + "\n" + fence("id=end exit=3", "exit(3)") + "\n{{ steps.end.exit }}\n"
    assert body(shown(apart, (OPENER,), (typed("one;"),), (typed("exit(3)", code=3),))).endswith("\n3\n")


@pytest.mark.parametrize(
    ("capture", "message"),
    [
        (Capture("$ ", "ls", ("[" + "1," * 10_000 + "…",), 0, 0.1), "no longer JSON: a very long line of it was cut"),
        (Capture("$ ", "ls", ("[", "]]"), 0, 0.1, omitted=4000, omitted_after=1), "4,000 lines of it were not kept"),
        (Capture("$ ", "ls", ("[…",), 0, 0.1), "is not JSON"),
    ],
)
def test_json_of_which_something_was_lost_says_so(capture, message):
    assert message in refused(fence("id=a") + "\n{{ steps.a.json }}\n", (capture,)).message
