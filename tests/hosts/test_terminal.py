"""Programs in a terminal: the size, the bytes in both directions, the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from livedeck import hosts
from livedeck.errors import HostError
from livedeck.hosts.local import open_local
from livedeck.hosts.ssh.ssh import open_ssh
from livedeck.model import Channel, Host

from tests.course import make_course, make_run
from tests.hosts.opener import SECONDS, Opener, Screen
from tests.hosts.openssh import Machine

SIZES = "stty size; read -r line; stty size; stty rows 24; read -r line; stty size"


@pytest.fixture(scope="module", params=["sandbox", "local", "ssh"])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    """Each kind of host."""
    if request.param == "sandbox":
        yield request.getfixturevalue("sandbox")
    elif request.param == "local":
        with open_local(make_course(), make_run()) as local:
            yield local
    else:
        there: Machine = request.getfixturevalue("there")
        with open_ssh(there.address(), make_course(), make_run(there.environ())) as remote:
            yield remote


@pytest.fixture
def repeater(host: Host) -> Iterator[Channel]:
    """A program that has made its terminal raw and repeats every byte."""
    terminal = host.open_terminal(("sh", "-c", "stty raw -echo; printf up; exec cat"), 120, 40)
    assert shown(terminal, 2) == b"up"
    yield terminal
    terminal.close()


def shown(terminal: Channel, size: int) -> bytes:
    """The next bytes of the screen, so many of them."""
    data = b""
    while len(data) < size:
        more = terminal.receive(SECONDS)
        assert more, (data, more)
        data += more
    return data


def test_every_byte_arrives(repeater: Channel) -> None:
    every = bytes(range(256)) * 3
    repeater.send(every)
    assert shown(repeater, len(every)) == every


def test_every_key_arrives(repeater: Channel) -> None:
    keys = [bytes([key]) for key in range(1, 256)]
    docker_detach, ssh_disconnect = [b"\x10", b"\x11"], [b"\r", b"~", b"."]
    for key in [*keys, *docker_detach, *ssh_disconnect, b"\0a", b"\0\0\0a", b"end"]:
        repeater.send(key)
        assert shown(repeater, len(key)) == key


@pytest.mark.parametrize(("script", "size"), [("yes {}", 1024 * 1024), ("echo {}; sleep 1000", 16)])
def test_a_program_ends_with_its_terminal(host: Host, screen: Screen, script: str, size: int) -> None:
    """In the midst of endless output as well; and the next terminal is none the worse for it."""
    word = secrets.token_hex(8)
    terminal = host.open_terminal(("sh", "-c", script.format(word)), 120, 40)
    shown(terminal, size)
    terminal.close()
    assert screen(host, "sh", "-c", f"while pgrep --full '[{word[0]}]{word[1:]}'; do :; done; echo gone").exit == 0
    assert screen(host, "echo", "here").lines == ["here"]


@pytest.mark.parametrize("host", ["sandbox", "local"], indirect=True)
def test_a_program_that_ignores_the_end_of_its_terminal_ends_too(host: Host, screen: Screen) -> None:
    """Before `close` returns: in a sandbox its end later would take the next terminal with it."""
    word = secrets.token_hex(8)
    terminal = host.open_terminal(("sh", "-c", f"trap '' HUP; yes {word}; sleep 1000"), 120, 40)
    shown(terminal, 1024 * 1024)
    terminal.close()
    assert screen(host, "pgrep", "--full", f"[{word[0]}]{word[1:]}").exit == 1


def test_the_size_lasts_until_it_is_changed(host: Host, screen: Screen) -> None:
    shown = screen(host, "sh", "-c", SIZES, columns=120, rows=40, typed=b"one\ntwo\n")
    assert [line for line in shown.lines if line not in ("one", "two")] == ["40 120", "40 120", "24 120"]


def test_size_is_in_force_from_the_start(sandbox: hosts.Sandbox, screen: Screen) -> None:
    for columns in range(80, 90):
        assert screen(sandbox, "stty", "size", columns=columns, rows=500).lines == [f"500 {columns}"]


def test_nothing_is_lost_or_added(sandbox: hosts.Sandbox, screen: Screen) -> None:
    shown = screen(sandbox, "bash", "-c", "printf 'first\\n'; seq 100000; printf 'last'")
    assert shown.lines == ["first", *(str(n) for n in range(1, 100001)), "last"]


def test_typed_bytes_arrive_and_are_echoed(sandbox: hosts.Sandbox, screen: Screen) -> None:
    shown = screen(sandbox, "bash", "-c", 'read -r line; echo "got: $line"', typed='가나 "$x"\n'.encode())
    assert shown.lines == ['가나 "$x"', 'got: 가나 "$x"']


@pytest.mark.parametrize("code", [0, 3, 127])
def test_exit_code(sandbox: hosts.Sandbox, screen: Screen, code: int) -> None:
    assert screen(sandbox, "bash", "-c", f"exit {code}").exit == code


def test_killed_by_a_signal(sandbox: hosts.Sandbox, screen: Screen) -> None:
    assert screen(sandbox, "bash", "-c", "kill -9 $$").exit == 137


def test_interrupt(sandbox: hosts.Sandbox, screen: Screen) -> None:
    terminal = sandbox.open_terminal(("bash", "-c", "echo up; exec sleep 1000"), 120, 50)
    shown = b""
    while b"up\r\n" not in shown:
        more = terminal.receive(SECONDS)
        assert more, shown
        shown += more
    terminal.send(b"\x03")
    while terminal.receive(SECONDS):
        pass
    assert terminal.exit_code() == 130
    terminal.close()


def test_silence_is_none_and_the_end_is_empty(sandbox: hosts.Sandbox) -> None:
    terminal = sandbox.open_terminal(("cat",), 120, 50)
    assert terminal.receive(0.05) is None
    assert terminal.exit_code() is None
    terminal.send(b"\x04")
    assert terminal.receive(SECONDS) == b""
    assert terminal.receive(SECONDS) == b""
    assert terminal.exit_code() == 0
    terminal.close()
    with pytest.raises(HostError):
        terminal.send(b"too late")
    assert terminal.receive(1) == b""


def test_closed_sandbox(opener: Opener) -> None:
    with opener() as host:
        terminal = host.open_terminal(("cat",), 120, 50)
        terminal.send(b"")
    while terminal.receive(SECONDS):
        pass
    assert terminal.exit_code() is None
    terminal.close()
    with pytest.raises(HostError) as caught:
        host.open_terminal(("true",), 120, 50)
    assert caught.value.exit_code == 3
    assert caught.value.hint
