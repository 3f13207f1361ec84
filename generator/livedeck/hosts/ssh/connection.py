"""One authenticated SSH connection: an `ssh` that holds it, and others that share it."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from livedeck.errors import HostError
from livedeck.hosts import facts
from livedeck.hosts.process import Program, with_pipes
from livedeck.hosts.ssh.address import Address

CONFIG = "LIVEDECK_SSH_CONFIG"
"""The environment variable that names a configuration file to use instead of the user's own, as `ssh -F` does."""
BY_HAND = "try it by hand with ssh: Livedeck uses the same program, configuration and keys"
# The first session reports that the login worked. It reads a standard input that Livedeck holds open, and ends the
# connection with it: no shell stays on that machine even if Livedeck is killed.
READY = b"\nlivedeck-ready\n"
HOLD = "exec /bin/sh -c 'echo; echo livedeck-ready; while read -r word; do :; done; kill -HUP $PPID'"
# The terminal gets its size before the program starts, and what a login prints first is not taken for its output.
# The modes are set because ssh copies them from its own terminal, and here it has none.
MARK = b"\x1e"
GATE = 'set -e; stty sane 38400 rows "$1" cols "$2"; read -r go; printf "\\036"; shift 2; exec env "$@"'
SHARED = ("ServerAliveInterval=4", "ServerAliveCountMax=3", "ConnectTimeout=15", "ClearAllForwardings=yes")
FIRST = ("ControlMaster=yes", "ControlPersist=no", "PermitLocalCommand=no", "RemoteCommand=none")
# The others never connect themselves: they would ask for the password again.
OTHERS = ("ControlMaster=no", "LogLevel=ERROR", "RemoteCommand=none", "ProxyCommand=exit 1")
SECONDS_TO_LOG_IN = 60.0
SECONDS_TO_OPEN = 30.0
SECONDS_TO_NOTICE = 1.0
LAST_WORDS = 20
"""The number of lines of ssh to show: its warning of a changed host key has thirteen."""
FAILED = 255
"""The exit code of a failed ssh. A program that exits with 255 or is ended by a signal looks the same."""
PREFIX = "livedeck-ssh-"
ERRORS = "errors"
LONGEST_FOLDER = 50
"""The path of a socket has at most 104 bytes on some systems, and ssh needs 17 of them to make one."""


class Connection:
    """A connection that lasts until it is closed or lost.

    Raises:
        HostError: this machine has no ssh, or the login failed; the detail is what ssh printed.
    """

    def __init__(self, address: Address, environ: Mapping[str, str], patience: float = SECONDS_TO_LOG_IN) -> None:
        program = shutil.which("ssh", path=environ.get("PATH"))
        if not program:
            raise HostError("there is no ssh on this machine", hint="install an OpenSSH client")
        self.address = address
        self._patience = patience
        self._environ = {**environ, "TERM": facts.TERMINAL["TERM"]}
        folder = environ.get("TMPDIR", "")
        short = folder and len(os.fsencode(folder)) <= LONGEST_FOLDER and Path(folder).is_dir()
        try:  # mkdtemp makes a private folder in it
            self._folder, self._errors = _own_folder(Path(folder if short else "/tmp"))  # noqa: S108
        except OSError as error:
            hint = "name a folder with a short path in TMPDIR"
            raise HostError(f"no temporary folder could be made: {error.strerror}", hint=hint) from error
        config = ("-F", environ[CONFIG]) if environ.get(CONFIG) else ()
        self._control = (program, "-S", _literally(self._folder / "ssh"))
        self._ssh = (*self._control, *config, "-e", "none", *_options(SHARED))
        self._master: Program | None = None
        try:
            self._log_in()
        except BaseException:
            self.close()
            raise

    def run(self, script: str) -> facts.ScriptOutput:
        """Run a shell script on that machine and return what it wrote.

        Raises:
            HostError: the connection is lost, or there is no answer.
        """
        shell = self._other("-T", f"exec {facts.SHELL} -s")
        answer = facts.run_script(str(self.address), shell, script, self._environ)
        if answer.exit == FAILED:
            raise self.lost() if self.is_lost() else HostError(f"{self.address} does not run commands", hint=BY_HAND)
        return answer

    def start(self, command: Sequence[str], columns: int, rows: int) -> Program:
        """Start `command` in a pseudo-terminal of that size, and return when it is about to run.

        Raises:
            HostError: the connection is lost, or the machine opens no terminal.
        """
        if self.is_lost(0):
            raise self.lost()
        environment = (f"{name}={value}" for name, value in facts.TERMINAL.items())
        gate = shlex.join((facts.SHELL, "-c", GATE, "gate", str(rows), str(columns), *environment, *command))
        command_line = self._other("-tt", f"exec {gate}")
        program = with_pipes(command_line, environ=self._environ, errors=self._errors)
        try:
            program.send(b"\n")
            _read_until(program, MARK, time.monotonic() + SECONDS_TO_OPEN)
        except (EOFError, TimeoutError, HostError):
            program.close()
            if self.is_lost():
                raise self.lost() from None
            raise HostError(f"{self.address} opens no terminal", hint=BY_HAND, detail=self.last_words()) from None
        except BaseException:
            program.close()
            raise
        return program

    def forward(self, socket: str) -> Path:
        """Forward a private socket of this machine to a Unix socket of that one, and return its path.

        Raises:
            HostError: the connection is lost, or the socket cannot be made.
        """
        own = self._folder / "forwarded"
        route = f"{_literally(own)}:{socket.replace('%', '%%')}"
        # Without the user's configuration, whose forwardings would be made too.
        command = (*self._control, "-F", "none", "-O", "forward", "-L", route, *self.address.words())
        made = subprocess.run(  # noqa: S603 - fixed words, a checked address and a path
            command, stdin=subprocess.DEVNULL, stdout=self._errors, stderr=self._errors, env=self._environ, check=False
        )
        if made.returncode:
            if self.is_lost():
                raise self.lost()
            message = f"{socket} of {self.address} could not be forwarded"
            raise HostError(message, hint=BY_HAND, detail=self.last_words())
        return own

    def is_lost(self, seconds: float = SECONDS_TO_NOTICE) -> bool:
        """Return whether the connection is lost. The ssh that held it may need a moment to end."""
        return self._master is None or self._master.wait(seconds) is not None

    def lost(self) -> HostError:
        """Return the error for a lost connection."""
        return HostError(
            f"the connection to {self.address} is closed",
            hint="check that the machine still runs, then run the command again",
            detail=self.last_words(),
        )

    def last_words(self) -> Sequence[str]:
        """Return the last lines that ssh wrote."""
        with suppress(OSError):
            said = (self._folder / ERRORS).read_text(errors="replace")
            return facts.last_lines(said.splitlines(), LAST_WORDS)
        return []

    def close(self) -> None:
        """Hang up, and remove everything of the connection on this machine."""
        if self._master:
            self._master.close()
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _log_in(self) -> None:
        asks = not self._environ.get("CI") and _has_terminal()
        batch = () if asks else ("BatchMode=yes",)
        command = (*self._ssh, *_options((*FIRST, *batch)), "-T", *self.address.words(), HOLD)
        # The ssh of a jump host must not ask either.
        environ = self._environ if asks else {**self._environ, "SSH_ASKPASS_REQUIRE": "never"}
        self._master = with_pipes(command, environ=environ, errors=self._errors, own_session=not asks)
        try:
            _read_until(self._master, READY, None if asks else time.monotonic() + self._patience)
        except (EOFError, TimeoutError) as error:
            self._master.close()
            why = f" within {self._patience:g} s" if isinstance(error, TimeoutError) else ""
            raise HostError(f"cannot log in to {self.address}{why}", hint=BY_HAND, detail=self.last_words()) from None

    def _other(self, terminal: str, command: str) -> tuple[str, ...]:
        return (*self._ssh, *_options(OTHERS), terminal, *self.address.words(), command)


def _literally(path: Path) -> str:
    return str(path).replace("%", "%%")


def _options(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for option in options for word in ("-o", option))


def _read_until(program: Program, mark: bytes, deadline: float | None) -> None:
    """Read up to the mark, and put back what follows it.

    Raises:
        EOFError: the program ended first.
        TimeoutError: the deadline passed.
    """
    seen = b""
    while mark not in seen:
        data = program.receive(60.0 if deadline is None else deadline - time.monotonic())
        if data == b"":
            raise EOFError
        if data:
            seen += data
        elif deadline is not None and time.monotonic() >= deadline:
            raise TimeoutError
    program.put_back(seen.partition(mark)[2])


def _own_folder(parent: Path) -> tuple[Path, IO[bytes]]:
    """Make a private folder with a file for errors, return both, and remove the folders of killed Livedecks.

    The file is locked as long as Livedeck or one of its ssh runs.
    """
    for left in parent.glob(f"{PREFIX}*/{ERRORS}"):
        with suppress(OSError), left.open("ab") as unlocked:
            fcntl.flock(unlocked, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        errors = (folder / ERRORS).open("ab")
        fcntl.flock(errors, fcntl.LOCK_EX)
        if folder.exists():  # else another Livedeck removed it before it was locked
            return folder, errors
        errors.close()


def _has_terminal() -> bool:
    with suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
        return True
    return False
