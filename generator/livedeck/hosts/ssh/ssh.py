"""A real machine reached over SSH as a host."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, closing

from livedeck.errors import HostError
from livedeck.hosts import facts
from livedeck.hosts.process import Program
from livedeck.hosts.ssh.address import parse
from livedeck.hosts.ssh.connection import FAILED, Connection
from livedeck.model import FOUND, Course, HostFacts, Images, Run


class RemoteTerminal:
    """A program in a pseudo-terminal of that machine: a `model.Channel`."""

    def __init__(self, connection: Connection, program: Program) -> None:
        self._connection = connection
        self._program = program
        self._closed = False

    def send(self, data: bytes) -> None:
        """Type `data`. Raises HostError when the other end is gone."""
        try:
            self._program.send(data)
        except HostError:
            if self._closed or not self._connection.is_lost():
                raise
            raise self._connection.lost() from None

    def receive(self, timeout: float) -> bytes | None:
        """Return the next bytes of the screen, None if there are none within `timeout` seconds, b"" at the end.

        Raises:
            HostError: the connection was lost.
        """
        data = self._program.receive(timeout)
        if data == b"" and not self._closed and self._program.exit_code() == FAILED and self._connection.is_lost():
            raise self._connection.lost()
        return data

    def exit_code(self) -> int | None:
        """Return the exit code after the end of the screen; None also if a signal ended the program."""
        code = self._program.exit_code()
        return None if code == FAILED else code

    def close(self) -> None:
        """Hang up. What runs in the terminal ends with the connection at the latest."""
        self._closed = True
        self._program.close()


class Ssh(AbstractContextManager["Ssh"]):
    """A machine reached over SSH: a `model.Host`. Exit ends the connection, and the shells with it."""

    def __init__(self, connection: Connection, found: HostFacts) -> None:
        self.facts = found
        self.docker = FOUND
        self._connection = connection
        self._open = ExitStack()
        self._open.callback(connection.close)

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> RemoteTerminal:
        """Run `command` as the user who logged in, in the home folder, in a pseudo-terminal of that size.

        Raises:
            HostError: the connection is lost.
        """
        program = self._connection.start(command, columns, rows)
        return self._open.enter_context(closing(RemoteTerminal(self._connection, program)))

    def images(self) -> Images:
        """Return the digest of each tagged image that has one now.

        Raises:
            HostError: the connection is lost, or the machine's daemon is gone.
        """
        return facts.images(str(self._connection.address), self._connection.run(facts.LIST))

    def __exit__(self, *_: object) -> None:
        self._open.close()


def open_ssh(address: str, course: Course, run: Run) -> Ssh:
    """Return the machine at `ssh://[user@]host[:port]` as a host.

    Args:
        address: the user's ssh configuration supplies what it leaves out.
        course: its prompt is compared with the machine's.
        run: has the user's PATH, SSH_AUTH_SOCK, TMPDIR... With CI, or without a terminal, ssh does not ask: a missing
            key or an unknown host key is an error. `connection.CONFIG` names a configuration file.

    Raises:
        UsageError: the address is not valid.
        HostError: this machine has no ssh, the login failed, or no Docker answers.
    """
    connection = Connection(parse(address), run.environ)
    try:
        answer = connection.run(facts.ASK)
        return Ssh(connection, facts.read("ssh", str(connection.address), answer, course, run.report))
    except BaseException:
        connection.close()
        raise
