"""Programs run in a sandbox over `docker exec`: in a terminal, or with their output collected.

Every program starts with a gate: a small shell that waits for a line before it runs the program. Nothing is printed
until then, so no byte can be lost between the daemon's answer and the first read, and the terminal has its size before
the program asks for it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from livedeck.errors import HostError
from livedeck.hosts import facts
from livedeck.hosts.daemon.errors import explained, failures
from livedeck.hosts.daemon.stream import ProgramOutput, Stream

if TYPE_CHECKING:
    from docker import APIClient

OPENED = re.compile(rb"\x1e(\d+)\x1e")
TERMINAL_GATE = 'stty rows "$1" cols "$2"; read -r go; printf "\\036%s\\036" $$; shift 2; exec "$@"'
GATE = 'read -r go; exec "$@" < /dev/null'
# What the end of a terminal does to its program, and after a second the end of whatever is left of its session.
HANG_UP = """
kill -HUP "$1"
tries=0
while [ "$tries" -lt 100 ] && pgrep --session "$1" > /dev/null; do
    [ "$tries" -lt 50 ] || pkill -KILL --session "$1"
    tries=$((tries + 1))
    sleep 0.02
done
"""
# The daemon takes a sequence of keys as the wish to hang up, and that cannot be switched off; by default it is ^P^Q,
# which recalls a command and is what detaches from a deck's own container. What may become the sequence is held back
# until the next byte: so it begins with the one that no key of a keyboard types, and is one that nobody goes on with.
DETACH_KEYS = ",".join(["ctrl-@", "ctrl-_"] * 8)
SECONDS_TO_OPEN = 30.0
SECONDS_TO_EXIT = 5.0


class ExecTerminal(Stream):
    """A program in a pseudo-terminal of a container: a `model.Channel`."""

    def __init__(self, api: APIClient, container: str, program: str, given: Any) -> None:
        super().__init__(given)
        self._api = api
        self._container = container
        self._program = program
        self._leader = ""
        self._early = b""
        self._ended = False

    def receive(self, timeout: float) -> bytes | None:
        """Return the next bytes of the screen, None if there are none within `timeout` seconds, b"" at the end."""
        data, self._early = self._early, b""
        if data:
            return data
        received = super().receive(timeout)
        self._ended = self._ended or received == b""
        return received

    def exit_code(self) -> int | None:
        """Return the exit code after the end of the screen; None before it, or if the container is gone."""
        return _exit_code(self._api, self._program) if self._ended else None

    def open_gate(self) -> None:
        """Let the program run, and keep what follows the mark. The echo of the line that was sent precedes it.

        The mark has the number by which the container knows the program: that of the terminal's session, too.
        """
        self.send(b"\n")
        seen = b""
        deadline = time.monotonic() + SECONDS_TO_OPEN
        while (mark := OPENED.search(seen)) is None:
            more = self.receive(deadline - time.monotonic())
            if not more:
                why = "it ended" if more == b"" else f"nothing came within {SECONDS_TO_OPEN:g} s"
                raise HostError(f"no terminal could be opened in the sandbox: {why}", hint="run the command again")
            seen += more
        self._leader, self._early = mark[1].decode(), seen[mark.end() :]

    def close(self) -> None:
        """Hang up. A program that still runs ends with everything in its session, which is read until then.

        If nobody read, the daemon would let the program run on, or would give up the terminal before its program ends.
        Then containerd, when it does end, stops reading whatever terminal has got the same descriptor by that time.
        """
        leader, self._leader = self._leader, ""
        try:
            if leader and not self._ended:
                self._end(leader)
        finally:
            super().close()

    def _end(self, leader: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_EXIT
        with suppress(*failures()):  # the container is gone
            hanging_up = self._api.exec_create(self._container, ["/bin/sh", "-c", HANG_UP, "hang-up", leader])["Id"]
            self._api.exec_start(hanging_up, detach=True)
            while self.receive(deadline - time.monotonic()) and time.monotonic() < deadline:
                pass
            _exit_code(self._api, hanging_up)


def open_terminal(
    api: APIClient, container: str, command: Sequence[str], user: str, columns: int, rows: int
) -> ExecTerminal:
    """Run `command` as `user` in that user's home folder, in a pseudo-terminal of that size.

    Raises:
        HostError: the container is gone, or the daemon refuses.
    """
    gate = ["/bin/sh", "-c", TERMINAL_GATE, "gate", str(rows), str(columns), *command]
    home = f"/home/{user}"
    own = {"HOME": home, "USER": user, "LOGNAME": user, "SHELL": "/bin/bash"}
    with explained("no terminal could be opened in the sandbox"):
        program = api.exec_create(
            container,
            gate,
            tty=True,
            stdin=True,
            user=user,
            workdir=home,
            environment=own | facts.TERMINAL,
            detach_keys=DETACH_KEYS,
        )["Id"]
        terminal = ExecTerminal(api, container, program, api.exec_start(program, tty=True, socket=True))
    try:
        terminal.open_gate()
    except BaseException:
        terminal.close()
        raise
    return terminal


def run(api: APIClient, container: str, command: Sequence[str], *, timeout: float = 60) -> facts.ScriptOutput:
    """Run `command` as root, wait for its end, and return what it wrote.

    Raises:
        HostError: it did not end within `timeout` seconds, or the container is gone.
    """
    with explained("the sandbox could not run one of Livedeck's own commands"):
        gate = ["/bin/sh", "-c", GATE, "gate", *command]
        program = api.exec_create(container, gate, stdin=True)["Id"]
        stream = Stream(api.exec_start(program, socket=True))
    output = ProgramOutput(stream)
    try:
        stream.send(b"\n")
        output.read(timeout)
    except TimeoutError:
        detail = facts.last_lines(output.stderr.splitlines())
        raise HostError(f"the sandbox did not answer within {timeout:g} s", detail=detail) from None
    finally:
        stream.close()
    code = _exit_code(api, program)
    if code is None:
        raise HostError("the sandbox ended", hint="run the command again")
    return facts.ScriptOutput(code, output.stdout, output.stderr)


def _exit_code(api: APIClient, program: str) -> int | None:
    """Return the exit code. The daemon may notice the end of the program a moment after the end of the stream."""
    deadline = time.monotonic() + SECONDS_TO_EXIT
    with suppress(*failures()):
        while time.monotonic() < deadline:
            state = api.exec_inspect(program)
            if not state["Running"]:
                return cast("int | None", state["ExitCode"])
            time.sleep(0.01)
    return None
