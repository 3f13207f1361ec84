"""Programs of this machine as channels: in a pseudo-terminal of their own, or with pipes."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from livedeck.errors import HostError

CHUNK = 65536
SECONDS_TO_SEND = 60.0
SECONDS_TO_EXIT = 5.0
SECONDS_TO_HANG_UP = 1.0
# With threads, very little is safe between fork and exec. So a small program makes the terminal the controlling one,
# and resets the signals that the caller ignores (as `nohup` and `&` do, and Python does with SIGPIPE): ^C has to work,
# and `yes | head` has to end silently.
LEADER = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for name in ("HUP", "INT", "QUIT", "TSTP", "TTIN", "TTOU", "PIPE", "XFSZ"):
    signal.signal(getattr(signal, f"SIG{name}"), signal.SIG_DFL)
try:
    os.execvp(sys.argv[1], sys.argv[1:])
except OSError as error:
    sys.stderr.write(f"{sys.argv[1]}: {error.strerror}\\n")
    os._exit(127)
"""


class Program:
    """A running program and its two byte streams: a `model.Channel`."""

    def __init__(self, process: subprocess.Popen[bytes], reading: int, writing: int) -> None:
        self._process = process
        self._reading = reading
        self._writing = writing
        self._early = bytearray()
        self._ended = False
        self._closed = False
        for descriptor in {reading, writing}:
            os.set_blocking(descriptor, False)

    def send(self, data: bytes) -> None:
        """Type `data`, and keep what the program shows meanwhile. Raises HostError when the other end is gone."""
        deadline = time.monotonic() + SECONDS_TO_SEND
        rest = memoryview(data)
        while not (self._ended or self._closed) and time.monotonic() < deadline:
            if (more := self._when_readable(deadline, or_writable=True)) is not None:
                self._early += more
                self._ended = not more
                continue
            try:
                rest = rest[os.write(self._writing, rest) :]
            except BlockingIOError:
                continue
            except OSError:  # nothing reads the pipe any more
                break
            if not rest:
                return
        raise HostError("the program in the terminal has ended", hint="run the command again")

    def receive(self, timeout: float) -> bytes | None:
        """Return the next bytes of the screen, None if there are none within `timeout` seconds, b"" at the end."""
        if self._early and not self._closed:
            data = bytes(self._early)
            self._early.clear()
            return data
        if self._ended or self._closed:
            return b""
        data_or_none = self._when_readable(time.monotonic() + max(timeout, 0))
        self._ended = data_or_none == b""
        return data_or_none

    def put_back(self, data: bytes) -> None:
        """Put `data` in front of what will be received next."""
        self._early[:0] = data

    def exit_code(self) -> int | None:
        """Return the exit code after the end of the screen: 128 plus the number of a signal that ended the program."""
        if not (self._ended or self._closed):
            return None
        code = self.wait(SECONDS_TO_EXIT)
        return code if code is None or code >= 0 else 128 - code

    def close(self) -> None:
        """Hang up, and return when the program and everything in its session have ended."""
        if not self._closed:
            self._closed = True
            for descriptor in {self._reading, self._writing}:
                os.close(descriptor)
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGHUP)
            if self.wait(SECONDS_TO_HANG_UP) is None:
                _end_session(self._process.pid, 0)
                self._process.kill()
                self._process.wait()

    def _when_readable(self, deadline: float, *, or_writable: bool = False) -> bytes | None:
        """Return what can be read before the deadline, b"" at the end, None if nothing can or writing is possible."""
        poll = select.poll()
        if or_writable:
            poll.register(self._writing, select.POLLOUT)
        # A pseudo-terminal has one descriptor for both directions, and a second registration replaces the first.
        both = or_writable and self._reading == self._writing
        poll.register(self._reading, select.POLLIN | (select.POLLOUT if both else 0))
        ready = dict(poll.poll(max(deadline - time.monotonic(), 0) * 1000))
        if not ready.get(self._reading, 0) & ~select.POLLOUT:
            return None
        try:
            return os.read(self._reading, CHUNK)
        except BlockingIOError:
            return None
        except OSError:  # EIO: the other side of the pseudo-terminal is closed
            return b""

    def wait(self, seconds: float) -> int | None:
        """Return how the program ended, None if it does not within `seconds`, and end what it left in its session."""
        if self._process.returncode is None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None
            _end_session(self._process.pid, SECONDS_TO_HANG_UP)
        return self._process.returncode


def in_terminal(command: Sequence[str], *, environ: Mapping[str, str], folder: str, columns: int, rows: int) -> Program:
    """Run `command` in `folder`, in a pseudo-terminal of that size.

    Raises:
        HostError: the machine has no terminal or process left.
    """
    try:
        controller, terminal = os.openpty()
        try:
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            process = subprocess.Popen(  # noqa: S603 - running the deck's shell is what this is for
                [sys.executable, "-IS", "-c", LEADER, *command],
                stdin=terminal,
                stdout=terminal,
                stderr=terminal,
                cwd=folder,
                env=environ,
                start_new_session=True,
            )
        except BaseException:
            os.close(controller)
            raise
        finally:
            os.close(terminal)
    except OSError as error:
        raise HostError(f"no terminal could be opened in {folder}: {error.strerror}") from error
    return Program(process, controller, controller)


def with_pipes(
    command: Sequence[str], *, environ: Mapping[str, str], errors: IO[bytes], own_session: bool = True
) -> Program:
    """Run `command` with pipes for standard input and output; standard error goes to the file `errors`.

    Without a session of its own it can ask the user on Livedeck's terminal.

    Raises:
        HostError: the command could not be started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the callers' own, checked words
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environ,
            start_new_session=own_session,
            bufsize=0,
        )
    except OSError as error:
        raise HostError(f"{command[0]} could not be started: {error.strerror}") from error
    if not (process.stdin and process.stdout):
        raise AssertionError
    with process.stdin as typed, process.stdout as shown:
        return Program(process, os.dup(shown.fileno()), os.dup(typed.fileno()))


def _end_session(leader: int, seconds: float) -> None:
    """End the processes of the leader's session that still run after `seconds`. Only Linux lists them."""
    deadline = time.monotonic() + seconds
    while members := _session(leader):
        if time.monotonic() >= deadline:
            for member in members:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(member, signal.SIGKILL)
            return
        time.sleep(0.01)


def _session(leader: int) -> list[int]:
    """Return the processes of the leader's session that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] not in "ZX":
                found.append(int(entry.name))
    return found
