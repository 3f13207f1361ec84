"""A machine over SSH: logging in with the user's own keys and configuration, and losing the connection."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from livedeck.capture.shell import COMMAND, Shell
from livedeck.errors import HostError, UsageError
from livedeck.hosts.process import Program, in_terminal
from livedeck.hosts.ssh.ssh import Ssh, open_ssh
from livedeck.model import AnyEvent, Notice

from tests.course import make_course, make_run
from tests.hosts.opener import Screen
from tests.hosts.openssh import PASSWORD, PORT, Machine, new_key

ROOT = Path(__file__).parents[2]
GONE = "timeout 50 sh -c 'while pgrep --uid ann --list-full; do sleep .1; done'"
MODES = """
stty -a | tr ';' '\\n' | grep -v -e iutf8 -e imaxbel -e brkint
env | grep -v -e ^SSH_ -e ^HOSTNAME= -e ^PATH= -e ^MOTD -e ^MAIL -e ^SHLVL
"""
LOG_IN = """
import sys
from livedeck.hosts.ssh.ssh import open_ssh
from livedeck.errors import HostError
from tests.course import make_course, make_run
try:
    with open_ssh(sys.argv[1], make_course(), make_run()) as host:
        terminal = host.open_terminal(("sh", "-c", "echo up; exec sleep 1000"), 80, 25)
        terminal.receive(30)
        print("logged in as", host.facts.user, flush=True)
        if sys.argv[2:]:
            sys.stdin.read()
except HostError as error:
    print(error, *error.detail, sep=chr(10))
"""


@pytest.fixture(scope="module")
def host(there: Machine) -> Iterator[Ssh]:
    with open_to(there) as running:
        yield running


def open_to(there: Machine, address: str | None = None, **how: str) -> Ssh:
    return open_ssh(address or there.address(), make_course(), make_run(there.environ(**how)))


def refused(there: Machine, address: str | None = None, **how: str) -> HostError:
    with pytest.raises(HostError) as caught:
        open_to(there, address, **how)
    assert caught.value.exit_code == 3
    assert caught.value.hint
    return caught.value


def shown_until(program: Program, text: str) -> str:
    shown = b""
    while text not in shown.decode(errors="replace"):
        data = program.receive(30)
        assert data, shown
        shown += data
    return shown.decode()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the temporary folders of one test; its path is short, because they contain sockets."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_facts(there: Machine, host: Ssh) -> None:
    names = [name for name in type(host.facts).__struct_fields__ if name != "kind"]
    own = there.sandbox.facts
    assert {name: getattr(host.facts, name) for name in names} == {name: getattr(own, name) for name in names}
    assert host.facts.kind == "ssh"


def test_says_what_it_is_and_whose_prompt_slides_will_show(there: Machine) -> None:
    events: list[AnyEvent] = []
    with open_ssh(there.address("ann"), make_course(), make_run(there.environ(), events.append)) as other:
        assert isinstance(events[0], Notice)
        assert there.address("ann") in events[0].text
        assert other.facts.docker_version in events[0].text
        assert [event.text for event in events[1:] if isinstance(event, Notice)] == [
            "slides will show that machine's own prompt, not ubuntu@ip-10-0-1-14"
        ]


def test_a_deck(host: Ssh) -> None:
    terminal = host.open_terminal(COMMAND, 120, 40)
    shell = Shell(terminal, 120, 40, time.monotonic)
    assert shell.prompt == "ubuntu@ip-10-0-1-14:~$ "
    pulled = shell.run("docker pull nginx", 60).output.lines
    assert sum("Pull complete" in line for line in pulled) >= 6
    assert host.images().digests["nginx:latest"] == pulled[-3].removeprefix("Digest: ")
    assert shell.run("cd /tmp && cat <<'END'\n~.\n~?\n가나다\nEND", 60).output.lines == ("~.", "~?", "가나다")
    assert shell.run("docker run --rm -it nginx sh -c 'tty; exit 3'", 60).exit == 3
    assert shell.run("ps -o comm=", 60).output.lines == ("bash", "ps")
    assert shell.prompt == "ubuntu@ip-10-0-1-14:/tmp$ "
    terminal.close()


def test_the_terminal_is_as_in_a_sandbox(there: Machine, host: Ssh, screen: Screen) -> None:
    over_ssh = screen(host, "sh", "-c", MODES, columns=97, rows=31)
    in_sandbox = screen(there.sandbox, "sh", "-c", MODES, columns=97, rows=31)
    assert set(over_ssh.lines) ^ set(in_sandbox.lines) == set()
    assert over_ssh.exit == 0


def test_a_program_that_a_signal_ended_has_no_exit_code(host: Ssh, screen: Screen) -> None:
    assert screen(host, "bash", "-c", "kill -9 $$").exit is None
    assert screen(host, "bash", "-c", "exit 254").exit == 254


def test_configuration_of_the_user(there: Machine) -> None:
    with open_to(there, "ssh://machine") as other:
        assert (other.facts.user, other.facts.hostname) == ("ubuntu", "ip-10-0-1-14")


def test_jump_host(there: Machine, screen: Screen) -> None:
    with open_to(there, "ssh://ubuntu@behind") as other:
        assert screen(other, "sh", "-c", "echo ${SSH_CONNECTION%% *}").lines == ["127.0.0.1"]


def test_exit_ends_everything(there: Machine, screen: Screen, temporary: Path) -> None:
    with open_to(there, there.address("ann")) as other:
        terminal = other.open_terminal(("bash", "-i"), 80, 25)
        terminal.send(b"sh -c 'echo up; exec sleep 1000' & sh -c 'echo up; exec sleep 1000'\n")
        shown = b""
        while shown.count(b"up\r\n") < 2:  # a bash that is hung up while it forks does not hang up its child
            data = terminal.receive(30)
            assert data, shown
            shown += data
        assert len(list(temporary.iterdir())) == 1
    assert not list(temporary.iterdir())
    assert terminal.receive(100) == b""
    assert screen(there.sandbox, "sh", "-c", GONE).exit == 0
    with pytest.raises(HostError, match="closed"):
        other.open_terminal(("true",), 80, 25)
    with pytest.raises(HostError):
        terminal.send(b"too late")


def test_livedeck_killed(there: Machine, screen: Screen, short_folder: Path) -> None:
    shutil.copy(there.folder / "known", there.folder / "of-the-killed")
    environ = {**there.environ(known="of-the-killed"), "TMPDIR": str(short_folder)}
    command = [sys.executable, "-c", LOG_IN, there.address("ann"), "stay"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as livedeck:
        assert livedeck.stdout
        assert livedeck.stdout.readline() == b"logged in as ann\n"
        livedeck.send_signal(signal.SIGKILL)
    here = "while pgrep --full '[s]sh -F .*of-the-killed'; do :; done"
    subprocess.run(["timeout", "100", "sh", "-c", here], stdout=subprocess.DEVNULL, check=True)
    assert screen(there.sandbox, "sh", "-c", GONE).exit == 0
    assert len(list(short_folder.iterdir())) == 1
    with open_ssh(there.address(), make_course(), make_run(environ)):
        assert len(list(short_folder.iterdir())) == 1
    assert list(short_folder.iterdir()) == []


def test_asks_on_the_terminal_of_the_user(there: Machine) -> None:
    new_key(there.folder / "unknown-key")
    program = in_terminal(
        [sys.executable, "-c", LOG_IN, there.address()],
        environ=there.environ(ci=False, key="unknown-key", known="nobody-known"),
        folder=str(ROOT),
        columns=120,
        rows=50,
    )
    try:
        shown_until(program, "(yes/no/[fingerprint])?")
        program.send(b"yes\n")
        shown_until(program, "password:")
        program.send(b"wrong\n")
        shown_until(program, "password:")
        program.send(f"{PASSWORD}\n".encode())
        shown_until(program, "logged in as ubuntu")
    finally:
        program.close()


def test_wrong_key(there: Machine) -> None:
    new_key(there.folder / "wrong-key")
    error = refused(there, key="wrong-key")
    assert error.message == f"cannot log in to {there.address()}"
    assert "Permission denied (publickey,password)." in error.detail[-1]


def test_unknown_host_key(there: Machine) -> None:
    assert refused(there, known="none-known").detail[-1] == "Host key verification failed."
    assert not (there.folder / "none-known").exists()


def test_changed_host_key(there: Machine) -> None:
    other = new_key(there.folder / "other-machine")
    (there.folder / "changed").write_text(f"[{there.ip}]:{PORT} {other}\n", encoding="utf-8")
    assert any("REMOTE HOST IDENTIFICATION HAS CHANGED" in line for line in refused(there, known="changed").detail)


@pytest.mark.parametrize("address", ["ssh://ubuntu@127.0.0.1:1", "ssh://127.0.0.1:1", "ssh://[::1]:1"])
def test_unreachable(there: Machine, address: str) -> None:
    error = refused(there, address)
    assert error.message == f"cannot log in to {address}"
    assert "port 1: " in error.detail[-1]


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ("nodocker", "there is no Docker on {}"),
        ("guest", "the Docker daemon of {} does not answer guest"),
    ],
)
def test_no_docker_there(there: Machine, user: str, message: str, temporary: Path) -> None:
    assert refused(there, there.address(user)).message == message.format(there.address(user))
    assert not list(temporary.iterdir())


def test_no_terminal_there(there: Machine) -> None:
    with open_to(there, there.address("noterminal")) as other, pytest.raises(HostError, match="opens no terminal"):
        other.open_terminal(("true",), 80, 25)


def test_no_ssh_here() -> None:
    with pytest.raises(HostError, match="there is no ssh") as caught:
        open_ssh("ssh://machine", make_course(), make_run({"PATH": "/nowhere"}))
    assert caught.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "ssh://",
        "ssh://-oProxyCommand=touch",
        "ssh://-l@host",
        "ssh://user@-oProxyCommand=touch",
        "ssh://host;touch",
        "ssh://$(touch)@host",
        "ssh://host name",
        "ssh://host\n",
        "ssh://host:0",
        "ssh://host:65536",
        "ssh://host:-p",
        "ssh://[-o]",
        "ssh://host/path",
        "ssh://user:password@host",
        "http://host",
        "host",
    ],
)
def test_invalid_address(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_ssh(address, make_course(), make_run({}))
    assert caught.value.hint == "write ssh://user@host or ssh://user@host:port"


def test_connection_cut_while_a_command_runs(there: Machine) -> None:
    with open_to(there) as other:
        shell = Shell(other.open_terminal(COMMAND, 120, 40), 120, 40, time.monotonic)
        with pytest.raises(HostError, match=f"the connection to {there.address()} is closed"):
            shell.run("echo started; sudo pkill -9 sshd-session; sleep 1000", 60)
        with pytest.raises(HostError, match="is closed"):
            other.open_terminal(COMMAND, 120, 40)
        with pytest.raises(HostError, match="is closed"):
            other.images()


@pytest.mark.soak
def test_machine_that_falls_silent(there: Machine, api: docker.APIClient) -> None:
    with open_to(there) as other:
        shell = Shell(other.open_terminal(COMMAND, 120, 40), 120, 40, time.monotonic)
        container = there.sandbox._machine.container
        api.pause(container)
        try:
            with pytest.raises(HostError, match="is closed") as caught:
                shell.run("sleep 1000", 60)
        finally:
            api.unpause(container)
        assert "not responding" in " ".join(caught.value.detail)
