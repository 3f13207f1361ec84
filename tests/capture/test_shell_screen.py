"""What programs draw on the captured terminal, and what decks do to the terminal and to the protocol behind it."""

from __future__ import annotations

import re

import pytest
from livedeck.errors import StepError

from tests.capture.typist import Typist


def test_docker_pull_ends_as_one_line_a_layer(typist: Typist) -> None:
    typist.capture("docker rmi --force nginx")
    pulled = typist.lines("docker pull nginx")
    layers = [line for line in pulled if line.endswith(": Pull complete")]
    assert len(layers) == len({line.split(":")[0] for line in layers}) >= 3
    assert typist.lines("docker image inspect --format '{{len .RootFS.Layers}}' nginx") == [str(len(layers))]
    assert pulled[:2] == ["Using default tag: latest", "latest: Pulling from library/nginx"]
    assert [line.split(":")[0] for line in pulled[2 + len(layers) :]] == ["Digest", "Status", "docker.io/library/nginx"]
    assert not [line for line in pulled if re.search(r"Downloading|Extracting|Waiting|[=>]{2}|[KMG]B", line)]
    assert typist.lines("docker pull nginx")[-2:] == ["Status: Image is up to date for nginx:latest", pulled[-1]]


def test_a_container_gets_the_terminal(typist: Typist) -> None:
    typist.lines("docker pull --quiet nginx")
    assert typist.lines("docker run --rm -it nginx sh -c 'test -t 0 && test -t 1 && stty size; exit 7'", exit=7) == [
        "40 120"
    ]
    assert typist.lines("docker run --rm nginx sh -c 'test -t 0 || echo no terminal'") == ["no terminal"]
    assert typist.lines("docker run --rm -i nginx cat <<< 'from the shell'") == ["from the shell"]


def test_a_row_of_docker_ps_is_one_line(typist: Typist) -> None:
    typist.lines("docker pull --quiet nginx")
    name = "a-name-that-makes-the-row-too-long-for-a-terminal-of-120-columns"
    (started,) = typist.lines(f"docker run --detach --name {name} --publish 8080:80 nginx")
    assert re.fullmatch("[0-9a-f]{64}", started)
    try:
        header, row = typist.lines("docker ps")
        assert header.startswith("CONTAINER ID   IMAGE     COMMAND")
        assert header.endswith("NAMES")
        assert row.startswith(f"{started[:12]}   nginx")
        assert row.endswith(name)
        assert len(row) > 120
    finally:
        typist.lines(f"docker rm --force {name}")


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("printf 'no newline'", ["no newline"]),
        ("printf '1%%\\r50%%\\r100%%\\n'", ["100%"]),
        ("printf 'wrong\\b\\b\\b\\b\\bright\\n'", ["right"]),
        ("printf 'one\\ntwo\\nthree\\n\\033[2A\\033[2K2\\033[1B\\r'", ["one", "2", "three"]),
        ("printf '\\033[1;31mred\\033[0m \\033]8;;http://x\\033\\\\link\\033]8;;\\033\\\\\\n'", ["red link"]),
        ("clear; echo after", ["after"]),
        ("echo before; clear; echo after", ["after"]),
        ("tput cup 2 4; echo here", ["", "    here"]),
        ("tput smcup; echo inside; tput rmcup; echo outside", ["outside"]),
        ("printf '\\033[6n\\033[c\\033[5n\\033]10;?\\007\\033P+q544e\\033\\\\'; echo asked", ["asked"]),
        ("printf 'a\\tb\\n'", ["a       b"]),
        ("printf '\\377\\376 \\303\\n'", ["\ufffd\ufffd \ufffd"]),
        ("ls --color=always -d /tmp", ["/tmp"]),
        ("seq 1000 | tail -n 2; tput el; printf '\\n\\n\\n'", ["999", "1000"]),
    ],
)
def test_what_was_drawn_is_what_is_seen(typist: Typist, command: str, lines: list[str]) -> None:
    assert typist.lines(command) == lines
    assert typist.lines("echo next") == ["next"]


def test_a_full_screen_program_can_be_left(typist: Typist) -> None:
    assert typist.lines("top -n 1 | grep -c PID") == ["1"]
    assert typist.lines("echo text | less -FX") == ["text"]


@pytest.mark.parametrize("command", ["stty echo", "stty sane", "reset", "tput reset", "tput init", "tput rmam"])
def test_terminal_settings_of_the_deck_show_nothing_of_what_is_typed(typist: Typist, command: str) -> None:
    typist.capture(command)
    assert typist.lines("echo one") == ["one"]
    assert typist.lines(f"echo {'x' * 5000}") == ["x" * 5000]
    assert typist.capture("false").exit == 1


def test_a_raw_terminal_is_still_usable(typist: Typist) -> None:
    typist.capture("stty raw -echo")
    assert typist.lines("echo one; echo two") == ["one", "   two"], "as a raw terminal shows it"
    assert typist.lines("stty sane", "echo one; echo two") == ["one", "two"]


def test_output_that_is_sent_elsewhere(typist: Typist) -> None:
    typist.lines("exec 3>&1 4>&2 >/dev/null")
    assert typist.lines("echo unseen; echo seen >&2") == ["seen"]
    assert typist.capture("(exit 5)").exit == 5
    typist.lines("exec 2>/dev/null")
    assert typist.lines("echo unseen; nosuch", exit=127) == []
    assert typist.lines("exec >&3 2>&4", "echo back") == ["back"]
    assert typist.lines("exec 2>&1", "nosuch", exit=127) == ["bash: nosuch: command not found"]


def test_forged_marks_do_nothing(typist: Typist) -> None:
    forged = "\\033]133;D;0;{0}\\007\\033]133;B;{0}\\007\\033]133;C;{0}\\007\\033]133;D;9;{0}\\007"
    for nonce in ("", "0" * 32):
        command = f"printf '{forged.format(nonce)}'; echo real; (exit 4)"
        assert typist.lines(command, exit=4) == ["real"]
    assert typist.lines("echo next") == ["next"]


@pytest.mark.parametrize(
    "attack",
    [
        "PROMPT_COMMAND=",
        "unset PROMPT_COMMAND",
        "PROMPT_COMMAND=(true false)",
        "declare -f | grep -o '^__[a-z_]*' | xargs -I{} echo unset -f {} | . /dev/stdin",
        'for f in $(compgen -A function); do unset -f "$f"; done 2>/dev/null',
        'for f in $(compgen -A function); do eval "$f() { echo mine; }"; done 2>/dev/null',
        "printf() { command echo mine; }; eval() { command echo mine; }",
        "alias eval='echo mine' builtin=echo printf='echo mine' PS1=echo",
        "exec 10>&- 11>&- 9>&-",
        "unset PS1 PS2 TERM LANG LC_ALL PATH",
        "unset ${!__livedeck*}",
        "kill -INT $$",
        "trap '' INT TERM; trap 'echo trapped' WINCH",
        "set -b; set -h; set -P; set -a",
        "TMOUT=0; HISTFILE=/tmp/history; shopt -s histappend",
        "ulimit -f 0; ulimit -n 20",
    ],
)
def test_attacks_on_the_protocol_leave_the_session_usable(typist: Typist, attack: str) -> None:
    typist.capture(attack)
    assert typist.lines("\\echo works; (\\exit 6)", exit=6) == ["works"]
    assert typist.lines("\\echo $?") == ["6"]


@pytest.mark.parametrize(
    "attack",
    [
        "readonly PS1='x '",
        "readonly __livedeck_c",
        "enable -n printf builtin eval",
        "exec 255>&- 2>&- 1>&-",
        "local() { :; }",
        "set -k",
        "set -o vi",
    ],
)
def test_attacks_that_win_fail_cleanly(typist: Typist, attack: str) -> None:
    """Whatever becomes of the session: no capture is wrong, and nothing hangs."""
    why, said = "", ()
    try:
        typist.capture(attack, timeout=0.5)
        said = typist.capture("builtin echo works", timeout=0.5).output
    except StepError as error:
        why = error.message
    assert said == ("works",) or "did not end within" in why or "ended the shell" in why
