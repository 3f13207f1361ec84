"""Programs in a terminal: the size, the bytes in both directions, the end."""

from __future__ import annotations

import pytest
from livedeck import hosts
from livedeck.errors import HostError

from tests.hosts.opener import SECONDS, Opener, Screen


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
