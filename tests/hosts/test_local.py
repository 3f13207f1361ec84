"""The local machine as a host. These tests change nothing on it: their commands only read and print."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import docker
import pytest
from livedeck.capture.outcomes import CommandEndedShellError
from livedeck.capture.shell import COMMAND, Shell
from livedeck.errors import HostError
from livedeck.hosts.local import Local, open_local
from livedeck.hosts.process import in_terminal
from livedeck.model import AnyEvent, Notice

from tests.course import make_course, make_run
from tests.hosts.opener import Screen

ROOT = Path(__file__).parents[2]
SLEEPER = """
import os, sys
from livedeck.hosts.process import in_terminal
program = in_terminal(["sh", "-c", "echo $$; exec sleep 1000"], environ=os.environ, folder="/", columns=80, rows=25)
print(program.receive(30).decode().strip(), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def host() -> Iterator[Local]:
    with open_local(make_course(), make_run()) as running:
        yield running


@pytest.fixture
def shell(host: Local) -> Iterator[Shell]:
    terminal = host.open_terminal(COMMAND, 120, 40)
    yield Shell(terminal, 120, 40, time.monotonic)
    terminal.close()


def refused(environ: Mapping[str, str]) -> HostError:
    with pytest.raises(HostError) as caught:
        open_local(make_course(), make_run(environ))
    assert caught.value.exit_code == 3
    assert caught.value.hint
    return caught.value


def shown_by(shell: Shell, command: str) -> tuple[str, ...]:
    return shell.run(command, 60).output.lines


def gone(process: int) -> bool:
    """Wait until the process has ended and was reaped."""
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline:
        if not Path(f"/proc/{process}").exists():
            return True
    return False


def test_facts(host: Local, api: docker.APIClient) -> None:
    info, facts = api.info(), host.facts
    assert facts.kind == "local"
    assert facts.docker_version == info["ServerVersion"]
    assert (facts.storage_driver, facts.docker_root) == (info["Driver"], info["DockerRootDir"])
    assert (facts.architecture, facts.kernel) == (info["Architecture"], platform.release())
    assert facts.hostname == platform.node()
    assert facts.operating_system == platform.freedesktop_os_release()["PRETTY_NAME"]
    assert facts.user == subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()


def test_says_what_it_is() -> None:
    events: list[AnyEvent] = []
    with open_local(make_course(), make_run(report=events.append)) as host:
        assert isinstance(events[0], Notice)
        assert host.facts.docker_version in events[0].text


def test_images_have_digests_or_are_left_out(host: Local) -> None:
    images = host.images()
    assert images.source == "hub"
    assert all(digest.startswith("sha256:") for digest in images.digests.values())


def test_shell(host: Local, shell: Shell) -> None:
    assert shown_by(shell, "cd /usr && pwd") == ("/usr",)
    assert shown_by(shell, "cat <<'END'\n가나다\nEND") == ("가나다",)
    assert shell.run("(exit 7)", 60).exit == 7
    assert shown_by(shell, "docker version --format '{{.Server.Version}}'") == (host.facts.docker_version,)
    assert shown_by(shell, "stty size; tput cols") == ("40 120", "120")


def test_environment_is_small(screen: Screen) -> None:
    secrets = {"LIVEDECK_TEST_SECRET": "x", "http_proxy": "http://user:pass@127.0.0.1:1", "LC_ALL": "ko_KR.UTF-8"}
    docker_host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    environ = {**os.environ, **secrets, "DOCKER_HOST": docker_host, "TZ": "Asia/Seoul"}
    with open_local(make_course(), make_run(environ)) as host:
        shown = dict(line.split("=", 1) for line in screen(host, "env").lines)
    assert shown["DOCKER_HOST"] == docker_host
    assert (shown["HOME"], shown["PATH"]) == (os.environ["HOME"], os.environ["PATH"])
    assert (shown["LANG"], shown["TZ"], shown["TERM"]) == ("C.UTF-8", "UTC", "xterm-256color")
    assert not secrets.keys() & shown.keys()


def test_no_home_or_user_is_needed(screen: Screen) -> None:
    environ = {name: os.environ[name] for name in ("PATH", "DOCKER_HOST") if name in os.environ}
    with open_local(make_course(), make_run(environ)) as host:
        assert screen(host, "pwd").lines == [str(Path("~").expanduser())]


@pytest.mark.parametrize("code", [0, 3, 127])
def test_exit_code(host: Local, screen: Screen, code: int) -> None:
    assert screen(host, "sh", "-c", f"exit {code}").exit == code


def test_killed_by_a_signal(host: Local, screen: Screen) -> None:
    assert screen(host, "sh", "-c", "kill -9 $$").exit == 137


def test_a_broken_pipe_ends_a_program_in_silence(shell: Shell) -> None:
    assert shown_by(shell, "yes | head -n 1; trap") == ("y",)


def test_no_such_program(host: Local, screen: Screen) -> None:
    shown = screen(host, "no-such-program")
    assert (shown.exit, shown.lines) == (127, ["no-such-program: No such file or directory"])


def test_nothing_is_lost_or_added(host: Local, screen: Screen) -> None:
    for _ in range(5):
        shown = screen(host, "sh", "-c", "printf 'first\\n'; seq 20000; printf 'last'")
        assert shown.lines == ["first", *(str(n) for n in range(1, 20001)), "last"]


def test_size_is_in_force_from_the_start(host: Local, screen: Screen) -> None:
    for columns in range(80, 84):
        assert screen(host, "stty", "size", columns=columns, rows=500).lines == [f"500 {columns}"]


def test_typing_more_than_the_terminal_buffers(host: Local) -> None:
    line = b"x" * 999 + b"\n"
    terminal = host.open_terminal(("sh", "-c", "stty -echo; echo ready; exec cat"), 120, 50)
    assert terminal.receive(30) == b"ready\r\n"
    terminal.send(line * 1000 + b"\x04")
    shown = b""
    while data := terminal.receive(30):
        shown += data
    assert shown == line.replace(b"\n", b"\r\n") * 1000
    assert terminal.exit_code() == 0
    terminal.close()


def test_interrupt_even_if_livedeck_itself_ignores_it(host: Local) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        terminal = host.open_terminal(("sh", "-c", "echo up; exec sleep 1000"), 120, 50)
        assert terminal.receive(30) == b"up\r\n"
        terminal.send(b"\x03")
        while terminal.receive(30):
            pass
        assert terminal.exit_code() == 130
        terminal.close()
    finally:
        signal.signal(signal.SIGINT, before)


def test_silence_is_none_and_the_end_is_empty(host: Local) -> None:
    terminal = host.open_terminal(("cat",), 120, 50)
    assert terminal.receive(0.05) is None
    assert terminal.exit_code() is None
    terminal.send(b"\x04")
    assert terminal.receive(30) == b""
    assert terminal.receive(30) == b""
    assert terminal.exit_code() == 0
    with pytest.raises(HostError):
        terminal.send(b"too late")
    terminal.close()
    terminal.close()
    with pytest.raises(HostError):
        terminal.send(b"too late")
    assert terminal.receive(1) == b""


def test_a_job_that_outlives_its_shell_does_not_keep_the_terminal_open(shell: Shell) -> None:
    job = int(shown_by(shell, "nohup sleep 1000 > /dev/null 2>&1 & echo $!")[-1])
    with pytest.raises(CommandEndedShellError):
        shell.run("exit", 60)
    assert gone(job)


@pytest.mark.parametrize("command", ["trap '' HUP TERM INT; echo $$; while :; do read -r x; done", "echo $$; cat"])
def test_closing_ends_the_program(host: Local, command: str) -> None:
    terminal = host.open_terminal(("bash", "-c", command), 120, 50)
    process = int(terminal.receive(30) or b"")
    terminal.close()
    assert not Path(f"/proc/{process}").exists()


def test_exit_ends_the_terminals() -> None:
    with open_local(make_course(), make_run()) as host:
        terminal = host.open_terminal(("sh", "-c", "echo $$; exec sleep 1000"), 120, 50)
        process = int(terminal.receive(30) or b"")
    assert not Path(f"/proc/{process}").exists()
    with pytest.raises(HostError):
        host.open_terminal(("true",), 120, 50)


def test_livedeck_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as livedeck:
        assert livedeck.stdout
        process = int(livedeck.stdout.readline())
        livedeck.kill()
    assert gone(process)


def test_no_descriptor_and_no_child_stays() -> None:
    before = set(Path("/proc/self/fd").iterdir())
    for _ in range(3):
        in_terminal(["true"], environ=os.environ, folder="/", columns=80, rows=25).close()
    assert set(Path("/proc/self/fd").iterdir()) == before
    with pytest.raises(HostError, match="no terminal could be opened"):
        in_terminal(["true"], environ=os.environ, folder="/nowhere", columns=80, rows=25)
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_no_daemon() -> None:
    error = refused({**os.environ, "DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert error.message.startswith("the Docker daemon of this machine does not answer ")
    assert "Cannot connect to the Docker daemon at unix:///nowhere/docker.sock" in " ".join(error.detail)


def test_no_docker(tmp_path: Path) -> None:
    for program in ("id", "uname"):
        (tmp_path / program).symlink_to(f"/usr/bin/{program}")
    assert refused({"PATH": str(tmp_path)}).message == "there is no Docker on this machine"
