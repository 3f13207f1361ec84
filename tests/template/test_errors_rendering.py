"""Errors that only a rendering can find: in what steps printed, and in what is left of an expanded fence."""

from __future__ import annotations

import pytest
from livedeck.errors import Problems, StepError

from tests.template.stage import FIRST, FRONT, Answer, Table, complaints, fence, play, prints

STEPS = f"{fence('id=a')}\n{{% if false %}}\n{fence('id=b')}{{% endif %}}\n"
RUNTIME = [
    ("{{ steps.a.lines[3] }}", "there is no [3] here: it has 1 parts"),
    ("{% set a = steps.a %}{{ a.lins }}", "there is no lins here, only added, all, commands, count, exit, json, lines"),
    ("{{ steps.a.rows[0].X }}", "there is no [0] here: it has 0 parts"),
    ("{{ {'A': 1}['X'] }}", "there is no X here, only A"),
    ("{{ steps.b.text }}", "the step b has not run when the deck gets here"),
    ("{{ steps.a.json.x }}", "the output of this step is not JSON"),
    ("{% claim steps.a.text > 3 %}x{% endclaim %}", "a condition of this claim fails: TypeError: '>' not supported"),
    ("{% claim steps.a.json.x %}x{% elif true %}y{% endclaim %}", "the output of this step is not JSON"),
    ("{{ steps.a.lines }}", "{{ }} holds a list"),
    ("{{ steps.a }}", "{{ }} holds a StepResult"),
    ("{{ none }}", "{{ }} holds nothing (none)"),
    ("{{ 'a\\nb\\r\\nc' }}", "{{ }} holds 3 lines"),
    ("{% macro m() %}a\nb\n{% endmacro %}\n{{ m() }}", "{{ }} holds 2 lines"),
    ("{{ steps._results }}", "there is no step with the id _results"),
    ("{{ steps.a.lines.append('x') }}", "unsafe"),
    ("{{ 'a'.__class__.mro() }}", "unsafe"),
]


@pytest.mark.parametrize(("text", "message"), RUNTIME)
def test_what_only_a_rendering_can_find(text, message):
    source = f"{FRONT}{STEPS}\n문단 {text} 끝\n"
    ((line, said, hint),) = complaints(source, prints("out"))
    assert message in said
    assert hint
    assert line == source.count("\n")


def test_a_command_that_fails_names_its_fence_and_shows_the_screen():
    runner = Table({"ls": [Answer(("a",))], "pwd": [Answer(("no such thing",), 3)]})
    with pytest.raises(StepError) as caught:
        play(FRONT + fence("", "ls\npwd\nls"), runner)
    assert caught.value.at.line == FIRST
    assert caught.value.message == "`pwd` ended with exit code 3, not 0"
    assert "exit=0,3,0" in caught.value.hint
    assert caught.value.detail == ("no such thing",)
    assert runner.commands == ["ls", "pwd"]


def test_a_claim_whose_condition_fails_hides_no_other():
    claims = [
        "{% for n in [0, 3] %}{% claim steps.a.lines[n] == 'out' %}x{% elif n %}y{% endclaim %}{% endfor %}",
        "{% claim steps.a.exit == 1 %}z{% endclaim %}",
    ]
    with pytest.raises(Problems) as caught:
        play(FRONT + STEPS + "\n".join(claims), prints("out"))
    first, second = caught.value.errors
    assert first.message == "a condition of this claim fails: there is no [3] here: it has 1 parts, counted from 0"
    assert "does not hold: steps.a.lines[n] == 'out'" in first.detail
    assert second.message == "this claim is not true of what happened"
    assert second.at.line == first.at.line + 1


def test_a_very_long_command_is_cut_in_a_message():
    with pytest.raises(StepError) as caught:
        play(FRONT + fence("", f"echo {'x' * 1000}"), Table({f"echo {'x' * 1000}": [Answer((), 3)]}))
    assert caught.value.message == f"`echo {'x' * 95}…` ended with exit code 3, not 0"


@pytest.mark.parametrize(
    ("options", "message"),
    [("exit=0,1", "exit names 2 exit codes for 1"), ("copy=2", "copy=2 where there are 1 commands")],
)
def test_an_expanded_fence_is_counted_before_its_first_command(options, message):
    runner = prints("out")
    found = complaints(FRONT + fence(f"expand {options}", "ls {{ deck.slug }}"), runner)
    assert found[0][:2] == (FIRST, message if "copy" in options else found[0][1])
    assert message in found[0][1]
    assert "left after" in found[0][2]
    assert runner.typed == []


def test_an_expanded_fence_that_leaves_nothing_is_an_error():
    ((line, message, _),) = complaints(FRONT + fence("expand", "{% if false %}\nls\n{% endif %}"))
    assert (line, message) == (FIRST, "this run fence holds no command")
