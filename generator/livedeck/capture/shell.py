"""Run commands in a bash at the other end of a byte channel.

The shell marks where things begin and end with the sequences that terminals know as shell integration (OSC 133): C
before a command, D with its exit code after it, B after the prompt. They carry a random nonce, go to the terminal even
if the deck redirects its output, and are invisible. A command is sent as quoted text in lines shorter than the 4,096
bytes that a terminal accepts, and is run by `eval` at the shell's top level. So variables, functions and `cd` persist,
an unbalanced quote is an exit code, and `docker run -it` gets its terminal.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress

from livedeck.capture.keyboard import Keys
from livedeck.capture.outcomes import CommandEndedShellError, CommandTimeoutError, OutputTooLongError, Ran
from livedeck.capture.protocol import setup, typed_lines
from livedeck.capture.terminal import LONGEST_OUTPUT, Output, Screen, one_line, plain, without_echo
from livedeck.errors import HostError
from livedeck.model import Channel

COMMAND = ("bash", "--noprofile", "--norc", "--noediting", "-i")
ROWS = 500
"""Rows of the terminal; programs that move up to redraw (docker pull) never reach the upper edge."""
_START_SECONDS = 20.0
_SILENCE_SECONDS = 0.25
"""A command that has shown a prompt and then nothing for this long is taken to wait for input."""
_SILENCE_WITHOUT_PROMPT_SECONDS = 1.0
"""The same for one that has printed nothing yet, or whole lines: it may still be working."""
_RECENT_BYTES = 4096
_GRACE_SECONDS = 1.0
_MARK_BYTES = 128
_JOB_ENDED = re.compile(r"\[\d+\][-+ ] ")


class Shell:
    """An interactive bash on a host.

    Args:
        channel: the terminal that runs `COMMAND`.
        columns: the terminal's width.
        clock: a monotonic clock, in seconds.

    Raises:
        HostError: bash does not start.
    """

    def __init__(self, channel: Channel, columns: int, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._columns = columns
        self._clock = clock
        nonce = secrets.token_hex(16)
        self._done = re.compile(rb"\x1b\]133;D;(\d+);" + nonce.encode() + rb"\x07")
        self._prompt_end = f"\x1b]133;B;{nonce}\x07".encode()
        self._begin = f"\x1b]133;C;{nonce}\x07".encode()
        self._pending = b""
        self._status = 0
        self._notices = b""
        self._recent = b""
        self._echoes = False
        self._heard = clock()
        self.late: tuple[str, ...] = ()
        """What background jobs printed before the last command began, after the one before it had ended."""
        self.prompt = ""
        """The prompt the next command is typed at."""
        self.program: str | None = None
        """The prompt of the program that waits in the shell, if there is one."""
        screen = Screen(columns, ROWS)
        try:
            channel.send(setup(nonce))
            code = self._finish(screen, clock() + _START_SECONDS)
        except (CommandEndedShellError, OutputTooLongError):
            code = None
        if code is None:
            hint = "Livedeck needs bash 4.4 or newer there, and a ~/.bashrc that does not replace it"
            raise HostError("the host's shell does not answer", hint=hint)

    def run(self, command: str, timeout: float, keys: Sequence[Keys] = ()) -> Ran:
        """Run `command`, and type `keys` one after the other while it runs.

        Raises:
            CommandTimeoutError: it did not end within `timeout` seconds; it got one ^C. The shell cannot be used again.
            CommandEndedShellError: the shell ended with it.
            OutputTooLongError: it wrote more than `terminal.LONGEST_OUTPUT` bytes.
            HostError: the host is gone.
        """
        screen = Screen(self._columns, ROWS)
        started = self._clock()
        deadline = started + timeout
        code = awaited = None
        if self._start(command, screen, deadline, echo=bool(keys)):
            for key in keys:
                awaited = key.after
                self._await_turn(screen, deadline, key.after)
                if self._done.search(self._pending) or self._clock() >= deadline:
                    break
                self._channel.send(key.typed)
                awaited = None
            code = self._finish(screen, deadline)
        if code is None:
            raise self._timed_out(timeout, screen, awaited)
        self._status = code
        return Ran(screen.output(), code, round(self._clock() - started, 2))

    def converse(self, text: str, prompt: str | None, timeout: float) -> Ran:
        """Run `text`: a command that leaves a program waiting at `prompt`, or a line typed into that program.

        The exit code is that of the command once the program has ended, and 0 before.

        Raises:
            CommandTimeoutError, CommandEndedShellError, OutputTooLongError, HostError: as for `run`.
        """
        screen = Screen(self._columns, ROWS)
        started = self._clock()
        deadline = started + timeout
        at = self.program
        wanted = prompt or at or ""
        self._recent = b""
        if at is None:
            begun = self._start(text, screen, deadline, echo=True)
        else:
            self.late = ()
            screen.feed(at.encode())
            self._channel.send(text.encode() + b"\n")
            begun = True
        code = self._await_prompt(screen, wanted, deadline) if begun else None
        if code is None:
            raise self._timed_out(timeout, screen)
        waits = code < 0
        self.program = wanted if waits else None
        if waits:
            self.prompt = wanted
        else:
            self._status = code
        output = screen.output()
        lines = without_echo(output.lines, at, text, wanted if waits else None)
        return Ran(Output(lines, output.omitted, output.omitted_after), max(code, 0), round(self._clock() - started, 2))

    def _start(self, command: str, screen: Screen, deadline: float, *, echo: bool) -> bool:
        """Type a command; return whether it began in time. With `echo` the terminal shows what is typed into it."""
        typed = typed_lines(command, self._status, echo=echo if echo != self._echoes else None)
        self._echoes = echo
        self.late = ()
        if self._status:
            self._settle()
        for line in typed:
            self._channel.send(line)
        return self._await_begin(typed, screen, deadline)

    def catch_up(self) -> tuple[str, ...]:
        """Return what background jobs have printed since the last command. Raises HostError if the host is gone."""
        while data := self._channel.receive(0.0):
            self._pending += data
        self.late = self._lines(self._pending)
        self._pending = b""
        return self.late

    def _await_turn(self, screen: Screen, deadline: float, text: str | None) -> None:
        """Return when it is time to type, at the deadline, or when the command has ended.

        It is time shortly after `text` has been shown; without a text, when the terminal has been silent for a moment.
        """
        self._recent = b""
        if text is None:
            self._await_silence(screen, deadline, _SILENCE_WITHOUT_PROMPT_SECONDS)
            return
        shown_at: float | None = None
        while self._done.search(self._pending) is None:
            until = deadline if shown_at is None else min(deadline, shown_at + _SILENCE_SECONDS)
            if shown_at is None and text in plain(self._recent + self._pending):
                shown_at = self._clock()
                continue
            self._show(screen)
            if self._clock() >= until or not self._receive(screen, until):
                return

    def _await_silence(self, screen: Screen, deadline: float, without_prompt: float = _SILENCE_SECONDS) -> None:
        """Return when the terminal has been silent for a moment: the command waits, or has ended.

        `without_prompt` is how long that is, in seconds, while the cursor is at the beginning of a line.
        """
        while self._done.search(self._pending) is None:
            self._show(screen)
            prompted = plain(self._recent)[-1:] not in ("", "\n")
            moment = _SILENCE_SECONDS if prompted else without_prompt
            if not self._receive(screen, min(deadline, self._clock() + moment)):
                return

    def _await_prompt(self, screen: Screen, prompt: str, deadline: float) -> int | None:
        """Return -1 once the program waits at `prompt`, the exit code once it has ended, None when time is up."""
        while self._clock() < deadline:
            self._await_silence(screen, deadline)
            if self._done.search(self._pending):
                return self._finish(screen, deadline)
            if one_line(self._recent + self._pending, self._columns).rstrip() == prompt.rstrip():
                return -1
            if screen.bytes > LONGEST_OUTPUT:
                raise OutputTooLongError(screen.output())
        return None

    def hand_over(self, columns: int, rows: int) -> None:
        """Prepare the shell for a person: their terminal's size, echo, line editing, history, the deck's own prompt.

        `run` cannot be used afterwards.
        """
        person = b"{ __livedeck_person=1; __livedeck_begin %d && :; } 2>/dev/null" % self._status
        size = b"stty sane rows %d cols %d" % (rows, columns)
        self._channel.send(b"%s; %s; set -o history -o emacs\n" % (size, person))

    def _settle(self) -> None:
        """Reset bash's parser by an error of our own: one inside `eval` (`x=(`, `if`) leaves it confused."""
        settled = Screen(self._columns, ROWS)
        self._channel.send(b")\n")
        self._finish(settled, self._clock() + _START_SECONDS)
        for line in settled.output().lines:
            if _JOB_ENDED.match(line):  # bash reports it when the next command has ended
                self._notices += line.encode() + b"\r\n"
            elif "syntax error" not in line and line.strip() != ")":
                self.late += (line,)

    def _timed_out(self, seconds: float, screen: Screen, awaited: str | None = None) -> CommandTimeoutError:
        """Return the error with the screen before ^C, then send ^C and wait a moment; what that prints is not shown."""
        error = CommandTimeoutError(seconds, screen.output(), self._clock() - self._heard, awaited)
        self._channel.send(b"\x03")
        with suppress(CommandEndedShellError, OutputTooLongError):
            self._finish(Screen(self._columns, ROWS), self._clock() + _GRACE_SECONDS)
        return error

    def _receive(self, screen: Screen, deadline: float) -> bool:
        """Receive more bytes into `_pending`; return False when time is up.

        Bytes that have arrived by then are still taken, but not for long: a command may write faster than we read.
        """
        left = deadline - self._clock()
        data = self._channel.receive(max(left, 0.0)) if left > -_GRACE_SECONDS else None
        if data is None:
            return False
        if not data:
            screen.feed(self._pending)
            raise CommandEndedShellError(self._channel.exit_code(), screen.output())
        self._pending += data
        self._heard = self._clock()
        return True

    def _await_begin(self, typed: list[bytes], screen: Screen, deadline: float) -> bool:
        """Wait for the command to begin, and keep what a background job wrote until then; return False when time is up.

        If the deck has switched the terminal's echo on (`stty sane`), the typed lines are echoed as well and removed.
        """
        while (at := self._pending.find(self._begin)) < 0:
            if not self._receive(screen, deadline):
                screen.feed(self._pending)
                return False
        before = self._pending[:at]
        self._pending = self._pending[at + len(self._begin) :]
        for line in typed:
            before = re.sub(re.escape(line[:-1]) + rb"\r?\n", b"", before, count=1)
        self.late += self._lines(before)
        return True

    def _lines(self, data: bytes) -> tuple[str, ...]:
        screen = Screen(self._columns, ROWS)
        screen.feed(data)
        return screen.output().lines

    def _show(self, screen: Screen) -> None:
        """Show the pending bytes that cannot be part of an end mark, which may have arrived only in part."""
        escape = self._pending.rfind(b"\x1b", max(len(self._pending) - _MARK_BYTES, 0))
        safe = len(self._pending) if escape < 0 else escape
        screen.feed(self._pending[:safe])
        self._recent = (self._recent + self._pending[:safe])[-_RECENT_BYTES:]
        self._pending = self._pending[safe:]

    def _finish(self, screen: Screen, deadline: float) -> int | None:
        """Show everything up to the end mark, and take the prompt after it; return the exit code or None."""
        while (match := self._done.search(self._pending)) is None:
            self._show(screen)
            if screen.bytes > LONGEST_OUTPUT:
                raise OutputTooLongError(screen.output())
            if not self._receive(screen, deadline):
                screen.feed(self._pending)
                self._pending = b""
                return None
        screen.feed(self._pending[: match.start()] + self._notices)
        self._notices = b""
        self._pending = self._pending[match.end() :]
        while (at := self._pending.find(self._prompt_end)) < 0:
            if not self._receive(screen, deadline):
                return None
        self.prompt = one_line(self._pending[:at], self._columns)
        self._pending = self._pending[at + len(self._prompt_end) :]
        return int(match[1])
