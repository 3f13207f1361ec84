"""What is typed while a command runs arrives when it is waited for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from livedeck.errors import StepError
from livedeck.model import Capture, Key, Step

from tests.capture.typist import AT, Typist


def capture(typist: Typist, command: str, typed: str, timeout: float = 60) -> Capture:
    return typist.session.run(Key(0, 0, 0), command, Step(0, AT, command, timeout=timeout, input=typed))


def test_answers_are_typed_one_by_one(unhurried: Callable[..., Typist]) -> None:
    typist = unhurried("name? ", "age? ")
    answered = capture(typist, "sleep 0.5; read -p 'name? ' a; sleep 0.3; read -p 'age? ' b; echo $a, $b", "Ann\\n3")
    assert answered.output == ("name? Ann", "age? 3", "Ann, 3")


def test_logs_are_followed_and_interrupted(typist: Typist, unhurried: Callable[..., Typist]) -> None:
    typist.lines("docker pull --quiet nginx")
    loop = "for i in 1 2 3; do echo line $i; sleep 0.4; done; echo ready; sleep 1000"
    typist.lines(f"docker run --detach --name talker nginx sh -c '{loop}'")
    try:
        followed = capture(typist, "docker logs -f talker", "<wait:ready>^C")
        assert followed.output == ("line 1", "line 2", "line 3", "ready", "^C")
        assert followed.exit == 130
        silent = capture(unhurried("ready"), "docker logs -f talker", "^C")
        assert silent.output[-2:] == ("ready", "^C"), "silence is enough here"
    finally:
        typist.lines("docker rm --force talker")


def test_a_command_that_never_falls_silent_is_interrupted(typist: Typist) -> None:
    ran = capture(typist, "n=0; while echo $((n += 1)); do sleep 0.05; done", "<wait:12>^C")
    assert (ran.exit, ran.output[11]) == (130, "12")


@pytest.mark.parametrize(
    ("command", "typed", "output"),
    [
        ("printf '\\033[1mrea\\033[0mdy\\n'; read x; echo got $x", "<wait:ready>go", ("ready", "go", "got go")),
        ("echo 'a>b 한글'; read x; echo got $x", "<wait:a\\>b 한글>go", ("a>b 한글", "go", "got go")),
        ("echo one; read x; echo two; read y; echo $x$y", "<wait:one>1\\n<wait:two>2", ("one", "1", "two", "2", "12")),
        ("read x; echo $x", "\\<wait:x\\>", ("<wait:x>", "<wait:x>")),
    ],
)
def test_a_text_is_waited_for(typist: Typist, command: str, typed: str, output: tuple[str, ...]) -> None:
    assert capture(typist, command, typed).output == output


def test_nothing_is_typed_once_the_command_has_ended(unhurried: Callable[..., Typist]) -> None:
    ended = unhurried("\x1b]133;D;")
    assert capture(ended, "echo no more", "<wait:more>unread").output == ("no more",)


def test_a_text_that_never_comes_is_said(unhurried: Callable[..., Typist]) -> None:
    with pytest.raises(StepError) as caught:
        capture(unhurried("starting"), "echo starting; sleep 1000", "<wait:ready>^C", timeout=1)
    assert caught.value.message == "`echo starting; sleep 1000` did not end within 1 seconds, nor show 'ready'"
    assert "fix <wait:...>" in str(caught.value.hint)
    assert caught.value.detail == ("starting",)
