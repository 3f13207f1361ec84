"""What the slide shows is what a terminal shows: tmux gets the same bytes, and has to have the same lines."""

from __future__ import annotations

import re
import shlex
import time

import pytest
from livedeck.capture.keyboard import keystrokes
from livedeck.capture.shell import COMMAND, Shell
from livedeck.hosts import Sandbox
from livedeck.hosts.daemon.channel import ExecTerminal
from livedeck.hosts.sandbox.building import archive

COLUMNS, ROWS = 120, 40
BETWEEN_MARKS = re.compile(rb"\x1b\]133;C;[^\x07]*\x07(.*?)\x1b\]133;D;", re.DOTALL)
# A terminal answers a question after all that came before.
SHOW = r"""
stty -opost -echo; printf '\r\n'; cat /tmp/bytes; printf '\e[5n'; read -rsd n; tmux wait-for -S shown; exec sleep 1000
"""
ASK = f"""
export LC_ALL=C.UTF-8; exec 2>&1
tmux -f /dev/null set -g status off \\; new-session -d -x {COLUMNS} -y {ROWS} bash -c {shlex.quote(SHOW)}
tmux wait-for shown
tmux capture-pane -pJS -
tmux kill-server
"""
BUILD = "printf 'FROM nginx\\nRUN seq 30\\nRUN seq 100\\n' | docker build -"
UP = "printf 'services: {one: {image: nginx}, two: {image: nginx}}' > compose.yaml; docker compose up --detach"
RUNS = [
    ("docker pull nginx", ""),
    (BUILD, ""),
    (UP, ""),
    ("docker compose down", ""),
    ("sudo apt-get install -y jq", ""),
    ("sudo apt install -y figlet", ""),
    ("top -n 1", ""),
    ("top", "q\\c"),
    ("man bash | head -200", ""),
    ("seq 100 | less --no-init", " \\cq\\c"),
    ("seq 100 > numbers; more numbers", " \\cq\\c"),
    ("nano note", "hello\\c^O\\n^X"),
    ("vi note", "ihello\\e:wq\\n"),
    ("dialog --ascii-lines --yesno Sure? 8 40", "<wait:Sure>\\n"),
    ("python3", "def f(x):\\nreturn x\\n\\nf(1)\\nexit()"),
    ("seq 300; printf '\\e[5A\\e[2Kup\\e[3B\\r\\e[Jend\\n'", ""),
]


class Recorded:
    """A terminal whose bytes are kept."""

    def __init__(self, terminal: ExecTerminal) -> None:
        self.send, self.exit_code, self.close = terminal.send, terminal.exit_code, terminal.close
        self._terminal = terminal
        self.shown = b""

    def receive(self, timeout: float) -> bytes | None:
        data = self._terminal.receive(timeout)
        self.shown += data or b""
        return data


@pytest.fixture(scope="module")
def equipped(sandbox: Sandbox) -> Sandbox:
    sandbox._machine.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", "tmux", "python3", timeout=200)
    return sandbox


def tmux(sandbox: Sandbox, data: bytes) -> list[str]:
    """The lines that tmux has after these bytes; its first is the prompt's, unless a program has drawn there."""
    sandbox._machine.put("/tmp", archive({"bytes": data}))
    lines = [line.rstrip() for line in sandbox._machine.run("bash", "-c", ASK).split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines if lines and lines[0] else lines[1:]


@pytest.mark.soak
@pytest.mark.parametrize(("command", "typed"), RUNS)
def test_tmux_shows_the_same(equipped: Sandbox, command: str, typed: str) -> None:
    terminal = Recorded(equipped.open_terminal(COMMAND, COLUMNS, ROWS))
    shell = Shell(terminal, COLUMNS, ROWS, time.monotonic)
    terminal.shown = b""
    ours = shell.run(command, 120, keystrokes(typed)).output.lines
    terminal.close()
    (data,) = BETWEEN_MARKS.findall(terminal.shown)
    assert list(ours) == tmux(equipped, data)
