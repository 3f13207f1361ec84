"""A live session: one shell for one deck on one host, in which every command becomes a capture."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence

from livedeck.capture.keyboard import keystrokes
from livedeck.capture.outcomes import CommandEndedShellError, CommandTimeoutError, OutputTooLongError
from livedeck.capture.shell import COMMAND, ROWS, Shell
from livedeck.errors import HostError, StepError, named
from livedeck.model import Capture, Channel, Host, Key, Step

_TAIL = 12
_UNPACK_SECONDS = 120.0
_RETRY_SECONDS = 0.5
_PROOF_SECONDS = 20.0


class Session:
    """Type the commands of one deck into one bash on `host`.

    Raises:
        HostError: the host's shell does not start.
    """

    def __init__(
        self,
        host: Host,
        columns: int,
        split: Callable[[str], tuple[str, ...]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._split = split
        self._clock = clock
        self._host = host
        self._columns = columns
        self.late: tuple[str, ...] = ()
        """What background jobs printed before the last command began: it goes below the command before that."""
        self._channel = host.open_terminal(COMMAND, columns, ROWS)
        try:
            self._shell = Shell(self._channel, columns, clock)
        except BaseException:
            self._channel.close()
            raise

    def split(self, text: str) -> tuple[str, ...]:
        """Return the commands of a text: its lines if a program waits for them, else what bash takes for commands."""
        if self._shell.program is not None:
            return tuple(line for line in text.split("\n") if line.strip())
        return self._split(text)

    def unpack(self, archive: bytes) -> None:
        """Unpack a gzipped tar archive in the home folder.

        Raises:
            HostError: it cannot be unpacked there.
        """
        text = base64.b64encode(archive).decode()
        ran = self._shell.run(f"base64 -d <<'EOF' | tar -xzf - -C ~\n{text}\nEOF", _UNPACK_SECONDS)
        if ran.exit:
            hint = "it needs base64, tar and gzip, and room in the home folder"
            raise HostError(
                "the deck's files/ cannot be copied to the host", hint=hint, detail=ran.output.lines[-_TAIL:]
            )

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """Return the capture of `command`; `key` says which of its step's commands it is.

        With `retry` it is repeated until its exit code is the expected one or the time is up.

        Raises:
            StepError: it did not end in time, ended the shell or wrote too much.
            HostError: the host is gone.
        """
        deadline = self._clock() + step.retry
        self.late = ()
        while True:
            try:
                capture = self._run(command, step)
            finally:
                self.late += self._shell.late
            if not step.retry or step.expected(key.command) in (None, capture.exit) or self._clock() >= deadline:
                return capture
            time.sleep(_RETRY_SECONDS)

    def _run(self, command: str, step: Step) -> Capture:
        """Try once; raises what `run` raises."""
        prompt = self._shell.prompt
        inside = self._shell.program is not None
        try:
            if inside or step.waits_at:
                ran = self._shell.converse(command, step.waits_at, step.timeout)
            else:
                ran = self._shell.run(command, step.timeout, keystrokes(step.input or ""))
        except CommandTimeoutError as error:
            what, hint = _overdue(error, step)
            raise _failed(command, what, step, hint, error.output.lines) from None
        except OutputTooLongError as error:
            what = f"wrote too much ({error.message})"
            raise _failed(command, what, step, "show less: | head -n 20", error.output.lines) from None
        except CommandEndedShellError as error:
            self._prove_host(step)
            code = "unknown" if error.code is None else str(error.code)
            hint = "the rest of the deck needs the shell: run it in a subshell, ( ... )"
            raise _failed(command, f"ended the shell (exit {code})", step, hint, error.output.lines) from None
        return Capture(
            prompt=prompt,
            command=command,
            output=ran.output.lines,
            exit=ran.exit,
            seconds=ran.seconds,
            omitted=ran.output.omitted,
            omitted_after=ran.output.omitted_after,
            input=step.input or "",
            program=inside,
        )

    def catch_up(self) -> tuple[str, ...]:
        """Return what background jobs have printed since the last command. Raises HostError if the host is gone."""
        return self._shell.catch_up()

    def hand_over(self, columns: int, rows: int) -> Channel:
        """Return the session's terminal for a person: as wide as theirs, with line editing and prompt."""
        self._shell.hand_over(columns, rows)
        return self._channel

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def _prove_host(self, step: Step) -> None:
        """Raise HostError unless the host still runs programs: it may be the host that ended, not just its shell."""
        hint = "run it again; a sandbox also ends at the limits of [sandbox] in decks/course.toml"
        gone = HostError("the host ended while a command was running on it", at=step.at, hint=hint)
        try:
            channel = self._host.open_terminal(("true",), self._columns, ROWS)
        except HostError:
            raise gone from None
        try:
            while channel.receive(_PROOF_SECONDS):
                pass
            if channel.exit_code() != 0:
                raise gone
        finally:
            channel.close()


def _overdue(error: CommandTimeoutError, step: Step) -> tuple[str, str]:
    """Say what a command did that did not end in time, and what to do."""
    what = error.message.removeprefix("the command ")
    hint = f"make it end by itself, or give it longer: timeout={max(int(step.timeout * 2), 1)}"
    if error.awaited is not None:
        return f"{what}, nor show {error.awaited!r}", f"fix <wait:...> in its input; or {hint}"
    if error.silent >= step.timeout / 2 and not step.waits_at:
        waits = 'if it waits for what you type, as `read` and `apt install` do, say that: input="yes"'
        return f"{what}, and showed nothing new for the last {error.silent:.0f}", f"{waits}; or {hint}"
    return what, hint


def _failed(command: str, what: str, step: Step, hint: str, lines: Sequence[str]) -> StepError:
    return StepError(f"{named(command)} {what}", at=step.at, hint=hint, detail=lines[-_TAIL:])
