"""The byte streams of the daemon for an attached container, or for a program run in one."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from contextlib import suppress
from typing import Any

from livedeck.errors import HostError

CHUNK = 65536
SECONDS_TO_SEND = 60
STDOUT, STDERR = 1, 2


class Stream:
    """A connection that the daemon turned into a plain byte stream.

    The SDK returns a read-only wrapper of a plain socket, or the TLS socket itself. A duplicate of the former can be
    written to and polled without reaching into the wrapper.
    """

    def __init__(self, given: Any) -> None:
        self._given = given
        self._socket = given if isinstance(given, socket.socket) else socket.socket(fileno=os.dup(given.fileno()))
        self._socket.settimeout(SECONDS_TO_SEND)

    def send(self, data: bytes) -> None:
        """Write all of `data`. Raises HostError when the other end is gone."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise HostError("the connection to the sandbox is closed", hint="run the command again") from error

    def receive(self, timeout: float) -> bytes | None:
        """Return the next bytes, None if there are none within `timeout` seconds, b"" at the end."""
        try:
            pending = getattr(self._socket, "pending", None)  # TLS may have buffered bytes that poll does not see
            if not (pending and pending()):
                poll = select.poll()
                poll.register(self._socket, select.POLLIN)
                if not poll.poll(max(timeout, 0) * 1000):
                    return None
            return self._socket.recv(CHUNK)
        except (OSError, ValueError):  # the other end broke the connection, or this end was closed
            return b""

    def close(self) -> None:
        """Hang up: the other end reads an end of file."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        # The SDK attaches the HTTP response to what it returns; the connection can only be closed through it.
        with suppress(OSError):
            getattr(self._given, "_response", self._given).close()


class ProgramOutput:
    """What arrives on a stream without a terminal: standard output and standard error, in frames."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = bytearray()
        self._written = {STDOUT: bytearray(), STDERR: bytearray()}

    @property
    def stdout(self) -> str:
        """Return the standard output so far."""
        return self._written[STDOUT].decode(errors="replace")

    @property
    def stderr(self) -> str:
        """Return the standard error so far."""
        return self._written[STDERR].decode(errors="replace")

    def read(self, seconds: float, last_line: bytes | None = None) -> bool:
        """Read until standard output ends with this line or the stream ends; return whether the line came.

        Raises:
            TimeoutError: neither happened within `seconds`.
        """
        deadline = time.monotonic() + seconds
        while (header := self._exactly(8, deadline)) is not None:
            kind, size = struct.unpack(">BxxxL", header)
            if (body := self._exactly(size, deadline)) is None:
                break
            self._written[kind] += body
            if last_line and self._written[STDOUT].endswith(b"\n" + last_line + b"\n"):
                return True
        return False

    def _exactly(self, size: int, deadline: float) -> bytes | None:
        while len(self._buffer) < size:
            more = self._stream.receive(deadline - time.monotonic())
            if more is None:
                raise TimeoutError
            if not more:
                return None
            self._buffer += more
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken
