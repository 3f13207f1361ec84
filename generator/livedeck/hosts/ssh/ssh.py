"""A real machine reached over SSH as a host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from livedeck.errors import HostError
from livedeck.hosts import facts
from livedeck.hosts.process import Program
from livedeck.hosts.ssh.address import parse
from livedeck.hosts.ssh.connection import FAILED, Connection
from livedeck.model import FOUND, Course, HostFacts, Images, Notice, Report


class RemoteTerminal:
    """A program behind a pseudo-terminal of that machine: a `model.Channel`."""

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
        """Return the next bytes of the screen; None when `timeout` seconds passed without any; b"" at the end.

        Raises:
            HostError: it ended because the connection was lost.
        """
        data = self._program.receive(timeout)
        if data == b"" and not self._closed and self._program.exit_code() == FAILED and self._connection.is_lost():
            raise self._connection.lost()
        return data

    def exit_code(self) -> int | None:
        """Return the exit code once the screen has come to its end; None also where a signal ended the program."""
        code = self._program.exit_code()
        return None if code == FAILED else code

    def close(self) -> None:
        """Hang up. What runs behind the terminal ends with the connection at the latest."""
        self._closed = True
        self._program.close()


class Ssh:
    """A machine reached over SSH: a `model.Host`. Leaving it ends the connection and with it the shells there."""

    def __init__(self, connection: Connection, found: HostFacts) -> None:
        self.facts = found
        self.docker = FOUND
        self._connection = connection
        self._terminals: list[RemoteTerminal] = []

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> RemoteTerminal:
        """Run `command` as the user who logged in, in that user's home folder, in a pseudo-terminal of that size.

        Raises:
            HostError: the connection is lost.
        """
        terminal = RemoteTerminal(self._connection, self._connection.start(command, columns, rows))
        self._terminals.append(terminal)
        return terminal

    def images(self) -> Images:
        """Return the digest of each tagged image that has one now.

        Raises:
            HostError: the connection or the machine's daemon is gone.
        """
        return facts.images(str(self._connection.address), self._connection.run(facts.LIST))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for terminal in self._terminals:
            terminal.close()
        self._connection.close()


def open_ssh(address: str, course: Course, *, environ: Mapping[str, str], report: Report) -> Ssh:
    """Return the machine at `ssh://[user@]host[:port]` as a host; leaving it ends the connection.

    Args:
        address: where; what is left out comes from the user's ssh configuration.
        course: its prompt is compared with that of the machine.
        environ: of the user: PATH, SSH_AUTH_SOCK, TMPDIR... With CI in it, or without a terminal, nothing is asked:
            a missing key or an unknown host key is an error. `connection.CONFIG` in it names a configuration file.
        report: gets a notice of what was found.

    Raises:
        UsageError: the address cannot be one.
        HostError: no ssh here, the login failed, or no Docker answers there.
    """
    connection = Connection(parse(address), environ)
    try:
        found = facts.read("ssh", str(connection.address), connection.run(facts.ASK))
        for line in facts.introduction(str(connection.address), found, course):
            report(Notice(line))
        return Ssh(connection, found)
    except BaseException:
        connection.close()
        raise
