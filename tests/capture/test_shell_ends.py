"""Commands that do not come back: they end the shell, take too long, write too much, or take the host with them."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import pytest
from livedeck.errors import HostError
from livedeck.model import Host, Key, Step

from tests.capture.kinds import HOSTS, Kind
from tests.capture.typist import AT, Typist, open_session

SOON = 100.0
"""Seconds within which something ends, on any machine, that would take a thousand or not end by itself."""


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("exit 3", 3),
        ("exec true", 0),
        ("exec sh -c 'echo replaced; exit 9'", 9),
        ("set -e; false", 1),
        ("kill -9 $$", 137),
        ("echo last words; exit", 0),
    ],
)
def test_a_command_that_ends_the_shell(typist: Typist, kind: Kind, command: str, code: int) -> None:
    error = typist.fails(command)
    told = code if code < 128 or kind.tells_signals else "unknown"
    assert error.message == f"`{command}` ended the shell (exit {told})"
    assert error.hint
    assert error.exit_code == 1


def test_the_last_words_before_the_end_are_kept(typist: Typist) -> None:
    typist.lines("echo earlier")
    assert typist.fails("echo last words; exec echo gone").detail == ("last words", "gone")


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        ("cat", ()),
        ("echo started; read -r answer", ("started",)),
        ("read -r -p 'Your name: '", ("Your name:",)),
        ("printf 'half a line'; sleep 1000", ("half a line",)),
        ("trap '' INT; echo deaf; cat", ("deaf",)),
        ("exec sleep 1000", ()),
        ("seq 20; sleep 1000", tuple(str(n) for n in range(9, 21))),
        ("tput smcup; clear; echo full screen; sleep 1000", ("full screen",)),
        ("echo 'a line' | less; :", ("a line", "(END)")),
        ("docker run --rm -it nginx sh -c 'echo inside; exec sleep 1000'", ("inside",)),
        ("trap 'echo no way' INT; while :; do read -r x; done", ()),
    ],
)
def test_a_command_that_does_not_end(
    typist: Typist, unhurried: Callable[..., Typist], command: str, seen: tuple[str, ...]
) -> None:
    if command.startswith("docker"):
        typist.lines("docker pull --quiet nginx")
    slow = unhurried("".join(seen[-1:]))
    started = slow.clock()
    error = slow.fails(command, timeout=1)
    assert slow.clock() - started < SOON
    assert error.message == f"`{command}` did not end within 1 seconds, and showed nothing new for the last 1"
    assert "timeout=2" in str(error.hint)
    assert 'input="yes"' in str(error.hint)
    assert tuple(line for line in error.detail if line)[-12:] == seen, "the screen at that moment, not after ^C"
    slow.session.close()
    typist.lines("docker ps -aq | xargs --no-run-if-empty docker rm --force > /dev/null")


@pytest.mark.parametrize("command", ["while :; do echo flood; done", "while sleep 0.01; do date; done"])
def test_output_does_not_keep_a_command_alive(typist: Typist, command: str) -> None:
    started = time.monotonic()
    assert typist.fails(command, timeout=1).message.count("did not end within 1 seconds")
    assert time.monotonic() - started < SOON


def test_after_a_time_out_the_host_can_be_ended_at_once(own_host: Host) -> None:
    typist = Typist(own_host)
    typist.fails("trap '' INT TERM HUP; sleep 1000", timeout=1)
    typist.session.close()
    started = time.monotonic()
    own_host.__exit__(None, None, None)
    assert time.monotonic() - started < SOON


def test_a_hundred_megabytes(typist: Typist) -> None:
    """Stopped by size, with bounded memory, long before they are all there."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = typist.fails("yes | head --bytes 100M", timeout=120)
    assert "wrote too much (output too long: more than 64 MiB)" in error.message
    assert error.detail == ("y",) * 12
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300 * 1024


def test_ten_megabytes_are_captured(typist: Typist) -> None:
    captured = typist.capture("yes 0123456789 | head --bytes 11M; echo the end", timeout=60)
    assert captured.exit == 0
    assert captured.output[0] == "0123456789"
    assert captured.output[-1] == "the end"
    assert len(captured.output) + captured.omitted == 1024 * 1024 + 1
    assert captured.omitted_after == 2_000


def test_a_host_that_ends_in_mid_command_is_a_host_error(own_host: Host) -> None:
    typist = Typist(own_host)
    with pytest.raises(HostError):
        typist.capture("sudo kill 1; sleep 1000", timeout=60)
    with pytest.raises(HostError):
        typist.capture("echo more")
    with pytest.raises(HostError):
        open_session(own_host)
    typist.session.close()


@pytest.mark.parametrize("kind", [name for name, kind in HOSTS.items() if kind.lose], indirect=True)
def test_a_host_that_is_lost_in_mid_command_is_a_host_error(kind: Kind) -> None:
    assert kind.lose
    with kind.lose() as (host, command):
        typist = Typist(host)
        with pytest.raises(HostError):  # which it would not be had its time run out
            typist.session.run(Key(0, 0, 0), command, Step(0, AT, "", timeout=60))
        typist.session.close()


def test_a_host_without_bash_is_a_host_error(own_host: Host, kind: Kind) -> None:
    typist = Typist(own_host)
    typist.lines("sudo mv /usr/bin/bash /usr/bin/bash.away")
    with pytest.raises(HostError, match=kind.no_shell):
        open_session(own_host)
    assert typist.lines("echo the old one runs on") == ["the old one runs on"]
    typist.session.close()
