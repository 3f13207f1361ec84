"""Programs that are no shell: lines typed at their prompts, what they answered, and when they have ended."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from livedeck.errors import TemplateError
from livedeck.model import Capture

from tests.capture.typist import AT, Typist

SLOW_ECHO = (
    "while :; do printf '\\e[?2004hdb> '; IFS= read -rs l || break; sleep 0.6; "
    '[ "$l" = quit ] && break; printf \'%s\\nanswer to %s\\n\' "$l" "$l"; done'
)
PLAIN = "while read -e -p 'db> ' l; do case $l in quit) break ;; *) eval \"$l\" ;; esac; done"
"""Without bracketed paste: `bind` switches it off."""
BASH = (re.escape("in$"), ">")


def said(captures: Sequence[Capture]) -> list[tuple[str, str, tuple[str, ...], int | None]]:
    return [(capture.prompt, capture.command, capture.output, capture.exit) for capture in captures]


def test_a_program_that_answers_late_and_shows_nothing_of_what_is_typed(typist: Typist) -> None:
    (opened,) = typist.fence(SLOW_ECHO, prompts=("db>",))
    assert (opened.exit, opened.output) == (None, ())
    assert said(typist.fence("one", "two", "quit")) == [
        ("db> ", "one", ("answer to one",), None),
        ("db> ", "two", ("answer to two",), None),
        ("db> ", "quit", (), 0),
    ]
    assert typist.lines("echo next", "echo after") == ["after"]
    assert typist.capture("true").prompt == "ubuntu@ip-10-0-1-14:~$ "


def test_a_line_editor_with_continuation_prompts(typist: Typist) -> None:
    typist.fence("PS1='in$ ' PS2='> ' bash --norc", prompts=BASH)
    typed = typist.fence("for n in 1 2; do", "", "  echo $n", "done", "cat <<E", "abc", "E", "^D")
    assert said(typed)[:4] == [
        ("in$ ", "for n in 1 2; do", (), None),
        ("> ", "", (), None),
        ("> ", "  echo $n", (), None),
        ("> ", "done", ("1", "2"), None),
    ]
    assert all(capture.program for capture in typed)
    assert typed[-1].output == ("exit",)


@pytest.mark.parametrize("padding", ["", "x"])
def test_a_typed_line_of_wide_characters(typist: Typist, padding: str) -> None:
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    text = padding + "\uac00" * 70
    (answered,) = typist.fence(f"echo {text}")
    assert answered.output == (text,)
    typist.fence("exit")


def test_a_line_editor_that_breaks_long_lines_by_a_backslash(typist: Typist) -> None:
    program = r"""while printf 'db> '; IFS= read -rs l; do
      printf '%s\\\r\n%s\\\r\n%s\nanswer\n' "${l:0:9}" "${l:9:9}" "${l:18}"
    done"""
    typist.fence(program, prompts=("db>",))
    (answered,) = typist.fence("select one, two, three from four")
    assert answered.output == ("answer",)
    typist.fence("^D", exits=None)


def test_an_editor_that_goes_on_over_several_lines(typist: Typist) -> None:
    program = r"""printf '\e[?2004h>>> '; IFS= read -rs l; printf '%s\n...   ' "$l"; IFS= read -rs l
      printf '%s\n\e[?2004l' "$l"; printf 'done\n\e[?2004h>>> '; read -rs l"""
    typist.fence(program, prompts=(">>>", r"\.\.\."))
    first, second, _ = typist.fence("def f():", "return 3", "^D", timeout=10)
    assert (first.prompt, first.output) == (">>> ", ())
    assert (second.prompt, second.output) == ("...   ", ("done",))


def test_a_plain_program_inside_one_with_a_line_editor(typist: Typist) -> None:
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    typed = typist.fence("while printf '  # '; read -r l && [ $l != end ]; do echo got $l; done", prompts=("#",))
    typed += typist.fence("one", "end", "exit")
    assert [capture.prompt for capture in typed] == ["in$ ", "  # ", "  # ", "in$ "]
    assert typed[1].output == ("got one",)


def test_colours_of_a_prompt_leave_nothing_behind(typist: Typist) -> None:
    coloured = "\\[\\e[1;32m\\]in\\[\\e[0m\\]\\[\\e[34m\\]$\\[\\e[0m\\] "
    typist.fence(f"PS1='{coloured}' bash --norc", prompts=BASH)
    for number in range(10):
        (answered,) = typist.fence(f"echo line {number}")
        assert (answered.prompt, answered.output) == ("in$ ", (f"line {number}",))
    typist.fence("exit")


@pytest.mark.parametrize("editor", [True, False])
def test_output_that_ends_like_the_prompt_and_pauses_is_no_prompt(typist: Typist, editor: bool) -> None:
    setting = "" if editor else "bind 'set enable-bracketed-paste off'; "
    typist.fence(f"PS1='db> ' bash --norc -c \"{setting}{PLAIN}\"".replace("$l", "\\$l"), prompts=("db>",))
    lines = ("printf 'this ends like db> '; sleep 0.8; echo done", "printf 'db> '; sleep 0.8; echo done")
    whole, alike = typist.fence(*lines)
    assert whole.output == ("this ends like db> done",)
    assert alike.output == ("db> done",)
    (left,) = typist.fence("quit")
    assert left.exit == 0
    assert typist.lines("echo next") == ["next"]


def test_a_prompt_that_changes_is_named_by_an_expression(typist: Typist) -> None:
    typist.fence("PS1='[\\w]$ ' bash --norc", prompts=(r"\[[^]]*\]\$",))
    typed = typist.fence("cd /usr/lib", "cd /", "exit")
    assert [capture.prompt for capture in typed] == ["[~]$ ", "[/usr/lib]$ ", "[/]$ "]


def test_a_fence_inside_can_name_more_prompts(typist: Typist) -> None:
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    typed = typist.fence("PS1='other# '", prompts=("other#",))
    typed += typist.fence("true", "exit")
    assert [capture.prompt for capture in typed] == ["in$ ", "other# ", "other# "]


def test_input_is_typed_into_programs_too(typist: Typist) -> None:
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    (asked,) = typist.fence("read -p 'name? ' a; echo hello $a", input="Ann")
    assert asked.output == ("name? Ann", "hello Ann")
    (stopped,) = typist.fence("sleep 1000", input="^C")
    assert stopped.output == ("^C",)
    typist.fence("exit", exits=None)
    (opened,) = typist.fence(
        "read -sp 'Enter password: ' p; echo; PS1='in$ ' bash --norc", prompts=BASH, input="secret"
    )
    assert opened.output == ("Enter password:",)
    typist.fence("exit")


def test_errors_in_programs_are_found(typist: Typist) -> None:
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH, fail="No such file")
    failed, fine = typist.fence("ls /nosuch", "ls -d /usr")
    assert failed.failed == failed.output[0]
    assert "No such file" in failed.failed
    assert fine.failed == ""
    (announced,) = typist.fence("echo so; nosuch", fail="not found")
    assert announced.failed == "bash: nosuch: command not found"
    typist.fence("exit", exits=None)
    assert typist.capture("ls /nosuch; true").failed == "", "outside exit codes say it"


def test_an_expression_that_tries_for_ever_is_an_error_of_its_fence(typist: Typist) -> None:
    text = "a" * 60 + "b"
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    with pytest.raises(TemplateError, match="it takes more than 2 seconds") as failing:
        typist.fence(f"echo {text}", fail="(a+)+$")
    with pytest.raises(TemplateError, match="it takes more than 2 seconds") as waiting:
        typist.fence(f"PS1='{text} '", prompts=("(a+)+",))
    assert [error.value.at for error in (failing, waiting)] == [AT, AT]
    assert [error.value.message.partition(":")[0] for error in (failing, waiting)] == [
        "fail=/(a+)+$/",
        "prompt=/(a+)+/",
    ]


def test_options_that_mean_nothing_to_a_program_are_refused(typist: Typist) -> None:
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    for options in ({"file": "x"}, {"shell": True}, {"retry": 3.0}, {"rows": 50}):
        error = typist.refuses("touch /tmp/typed", **options)
        assert error.message == f"{next(iter(options))} cannot be used here: `touch /tmp/typed` is typed into a program"
    (untouched,) = typist.fence("ls /tmp/typed", fail="No such file")
    assert untouched.failed, "nothing was typed"
    typist.fence("exit", exits=None)
    outside = typist.refuses("true", fail="x")
    assert "typed into a shell" in outside.message


def test_a_program_that_never_shows_its_prompt(typist: Typist) -> None:
    error = typist.refuses("PS1='in$ ' bash --norc", prompts=("sql>",), timeout=2)
    assert error.message.endswith("did not end within 2 seconds, nor wait at a prompt that the deck names")
    assert 'prompt="in$"' in str(error.hint)


def test_a_program_that_ends_at_once(typist: Typist) -> None:
    error = typist.refuses("cat < /dev/null", prompts=("x>",))
    assert error.message == "`cat < /dev/null` ended (exit 0) and left no program open"


def test_a_program_inside_a_shell_inside(typist: Typist) -> None:
    typist.fence("bash --norc", shell=True)
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    typist.fence("echo deep", "exit 6")
    assert typist.lines("echo $?") == ["6"]
    assert typist.fence("exit")[0].exit == 0


def test_a_program_that_ends_with_the_shell_around_it(typist: Typist) -> None:
    typist.fence("bash --norc", shell=True)
    typist.fence("PS1='in$ ' bash --norc", prompts=BASH)
    (killed,) = typist.fence("kill -9 $PPID $$")
    assert killed.exit == 137
    assert typist.lines("echo outside") == ["outside"]
