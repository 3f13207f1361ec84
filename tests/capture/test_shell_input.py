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


def test_what_could_not_be_typed_is_said(unhurried: Callable[..., Typist]) -> None:
    ended = unhurried("\x1b]133;D;")
    with pytest.raises(StepError) as caught:
        capture(ended, "echo no more", "<wait:more>unread")
    assert caught.value.message == "`echo no more` ended before it had read all of its input: unread^M"
    assert caught.value.detail == ("no more",)


def test_a_text_that_never_comes_is_said(unhurried: Callable[..., Typist]) -> None:
    with pytest.raises(StepError) as caught:
        capture(unhurried("starting"), "echo starting; sleep 1000", "<wait:ready>^C", timeout=1)
    assert caught.value.message == "`echo starting; sleep 1000` did not end within 1 seconds, nor show 'ready'"
    assert "fix <wait:...>" in str(caught.value.hint)
    assert caught.value.detail == ("starting",)


ASKS_LATE = (
    "printf 'Building... 0%%'; sleep 0.6; printf '\\rBuilding... Done\\n'; "
    "read -p 'Continue? [Y/n] ' a; echo \"got $a\""
)


def test_a_progress_line_is_no_question(typist: Typist) -> None:
    assert capture(typist, ASKS_LATE, "y").output == ("Building... Done", "Continue? [Y/n] y", "got y")
    redrawn = (
        "for n in 1 2 3; do printf '\\rUnpacking (%d of 3)' $n; sleep 1.2; done; echo; read -p 'Go? ' a; echo got $a"
    )
    assert capture(typist, redrawn, "y").output == ("Unpacking (3 of 3)", "Go? y", "got y")


def test_input_that_was_typed_too_early_is_explained(typist: Typist) -> None:
    with pytest.raises(StepError) as caught:
        capture(typist, "read a; printf 'almost > '; read b", "y", timeout=3)
    assert "although all of its input was typed" in caught.value.message
    assert "<wait:almost \\>>" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("command", "typed", "output"),
    [
        ("printf 'A B\n'; read x; echo got $x", "<wait:A><wait:B>go", ("A B", "go", "got go")),
        ("printf A; sleep 0.3; printf 'B\n'; read x; echo got $x", "<wait:A><wait:B>go", ("AB", "go", "got go")),
        ("printf 'A B\n'; read x; read y; echo $x$y", "<wait:A>1\n<wait:B>2", ("A B", "1", "2", "12")),
        ("printf 'x\n'; read a; printf 'x\n'; read b; echo $a$b", "<wait:x>1\n<wait:x>2", ("x", "1", "x", "2", "12")),
        ("for n in 1 2; do read -p 'Go? ' a; echo $a; done", "<wait:Go><wait:Go>1", None),
    ],
)
def test_texts_are_waited_for_in_turn(typist: Typist, command: str, typed: str, output: tuple[str, ...] | None) -> None:
    if output is None:
        with pytest.raises(StepError, match="nor show 'Go'"):
            capture(typist, command, typed, timeout=2)
    else:
        assert capture(typist, command, typed).output == output


@pytest.mark.parametrize(
    ("command", "typed", "unread"),
    [
        ("sleep 1.5", "abc^D", "abc"),
        ("sleep 1.5", "echo x > early", "echo x > early^M"),
        ("sleep 1.5", "^D", "^D"),
        ("read -n1 a; sleep 1; echo $a", "y", "^M"),
        ("read -n1 a; sleep 1", "yes\\c", "es"),
        ("read a; sleep 1", "a\\nb\\nc", "b^Mc^M"),
        ("sleep 1.5", "한글", "한글^M"),
    ],
)
def test_what_a_command_did_not_read_is_an_error_and_goes_nowhere(
    typist: Typist, command: str, typed: str, unread: str
) -> None:
    with pytest.raises(StepError) as caught:
        capture(typist, command, typed)
    assert caught.value.message == f"`{command}` ended before it had read all of its input: {unread}"
    assert typist.lines("echo lost") == ["lost"], "it goes neither into the shell nor into the next command"
    assert typist.lines("ls early", exit=2)


def test_unread_input_never_reaches_the_next_command(typist: Typist) -> None:
    with pytest.raises(StepError):
        capture(typist, "sleep 1.2", "secret\\nmore")
    assert typist.lines('read -t 0.3 x; echo "[$x]"') == ["[]"]


@pytest.mark.parametrize(
    ("command", "typed", "output"),
    [
        ("seq 500 | less; echo left", "q\\c", ("left",)),
        ("seq 500 | less; echo left", " \\c \\cq\\c", ("left",)),
        ("read -n1 -p 'Sure? ' a; echo; echo got $a", "y\\c", ("Sure? y", "got y")),
        ("stty raw -echo; head -c 3 | od -An -c; stty sane", "a\\nb\\c", ("   a  \\r   b",)),
        ("stty raw -echo; head -c 2 | od -An -c; stty sane", "^J\\t\\c", ("  \\n  \\t",)),
    ],
)
def test_single_keys(typist: Typist, command: str, typed: str, output: tuple[str, ...]) -> None:
    assert tuple(line for line in capture(typist, command, typed).output if line) == output
    assert typist.lines("echo next") == ["next"], "a prompt that bash prints again is no output"


MASKED = (
    "stty raw -echo; printf 'pw: '; for n in 1 2 3 4; do head -c 1 >/dev/null; printf '*'; done; head -c 1 >/dev/null; "
    "stty sane; echo"
)
"""As some programs ask for a password: each character of it is a star."""


@pytest.mark.parametrize(
    ("command", "typed", "unseen"),
    [
        pytest.param("read -sp 'pw: ' p; echo; echo $p", "hunter2", ["hunter2"], marks=pytest.mark.soak),
        ("read -sp 'pw: ' p; echo $p", "hunter2", ["hunter2"]),
        ("read -p 'me: ' n; read -sp 'pw: ' p; read -p 'you: ' m; echo $n$p$m", "me\\nhunter2\\nyou", ["hunter2"]),
        pytest.param("read -p 'pw: ' p; echo $p", "hunter2", [], marks=pytest.mark.soak),
        pytest.param("read -ep 'pw: ' p; echo $p", "two words", [], marks=pytest.mark.soak),
        (MASKED, "abcd", ["abcd"]),
        pytest.param(
            "while sleep 0.1; do echo x; done & read -sp 'pw: ' p; kill $!; wait",
            "<wait:pw>hunter2",
            ["hunter2"],
            marks=pytest.mark.soak,
        ),
        ("seq 500 | less", "/123\\n20\\n:zz\\nq\\c", []),
        pytest.param("seq 500 | less", "\\n\\cq\\c", [], marks=pytest.mark.soak),
        pytest.param(
            "docker login --username me 127.0.0.1:1 2>/dev/null", "hunter2", ["hunter2"], marks=pytest.mark.soak
        ),
    ],
)
def test_what_no_terminal_shows_is_known(typist: Typist, command: str, typed: str, unseen: list[str]) -> None:
    """Not by the settings of this terminal: a program may show what is typed itself, and Docker's has its own."""
    capture(typist, command, typed)
    assert [keys.line for keys in typist.session.unseen] == unseen
    assert [typed[slice(*keys.written)] for keys in typist.session.unseen] == unseen
    assert typist.lines("echo next")[-1:] == ["next"]


def test_another_terminal_inside_is_the_one_that_counts(typist: Typist) -> None:
    typist.lines("docker pull --quiet nginx")
    asks = "docker run --rm -it nginx bash -c 'read -p user: u; read -sp password: p; echo; echo $u has $p'"
    asked = capture(typist, asks, "<wait:user:>me\\nhunter2")
    assert [line.rstrip() for line in asked.output] == ["user:me", "password:", "me has hunter2"]
    assert [keys.line for keys in typist.session.unseen] == ["hunter2"]


def test_what_was_typed_unseen_is_known_also_where_the_step_fails(typist: Typist) -> None:
    with pytest.raises(StepError):
        capture(typist, "read -sp 'pw: ' p; echo $p; sleep 1000", "hunter2", timeout=2)
    assert [keys.line for keys in typist.session.unseen] == ["hunter2"]


def test_detach_keys_are_the_decks_own(typist: Typist) -> None:
    typist.lines("docker pull --quiet nginx")
    try:
        left = capture(typist, "docker run -it --name kept nginx sh -c 'echo up; exec sleep 1000'", "<wait:up>^P^Q")
        assert left.exit == 0
        assert left.output[0] == "up"
        assert typist.lines("docker inspect --format '{{.State.Running}}' kept") == ["true"]
    finally:
        typist.lines("docker rm --force kept")
