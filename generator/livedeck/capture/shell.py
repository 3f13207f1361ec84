"""Run commands in a bash at the other end of a byte channel, and in the shells and programs that are opened in it.

The shell marks where things begin and end (`stream`, `protocol`). A command is run by `eval` at its top level. So
variables, functions and `cd` persist, an unbalanced quote is an exit code, and `docker run -it` gets its terminal. A
shell that a command opens is made to mark its commands as well; of any other program only the prompts are known.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from livedeck.capture import protocol
from livedeck.capture.keyboard import Keys, spelled, typed_line
from livedeck.capture.outcomes import (
    CommandEndedShellError,
    CommandTimeoutError,
    NotOpenedError,
    Ran,
    UnreadInputError,
)
from livedeck.capture.protocol import OUTER, Dialect
from livedeck.capture.running import Running
from livedeck.capture.stream import BEGIN, END, KIND, PROMPT, READY, UNREAD, ChannelEnd, Mark, Stream, is_end
from livedeck.capture.terminal import Output, Screen, prompt_text, without_echo
from livedeck.errors import HostError
from livedeck.model import Channel
from livedeck.project.patterns import Expression

COMMAND = ("bash", "--noprofile", "--norc", "--noediting", "-i")
_START_SECONDS = 20.0
_ANSWER_SECONDS = 10.0
_GRACE_SECONDS = 1.0
_JOB_ENDED = re.compile(r"\[\d+\][-+ ] ")


@dataclass
class _Marked:
    """A shell that marks its commands."""

    dialect: Dialect
    usual_rows: int
    rows: int
    """Those that its terminal has now."""
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    prompt: str = ""
    status: int = 0
    echoes: bool | None = False
    """Whether its terminal shows what is typed; None if a shell inside may have changed that."""


@dataclass
class _Program:
    """A program that waits at a prompt, of which only that is known."""

    prompts: tuple[Expression, ...]
    prompt: str
    usual_rows: int
    editor: bool
    """Whether its line editor says when it waits."""
    editing: bool
    """Whether it says so now: a program that this one runs may have none."""
    edited: Screen | None = None
    """The screen of a text of several lines that its line editor has not handed over."""
    lines: int = 0
    """How many lines that text has."""


class Shell:
    """An interactive bash on a host.

    Args:
        channel: the terminal that runs `COMMAND`.
        columns: the terminal's width.
        rows: its height.
        clock: a monotonic clock, in seconds.

    Raises:
        HostError: bash does not start.
    """

    def __init__(self, channel: Channel, columns: int, rows: int, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._stream = Stream(channel, clock)
        self._columns = columns
        self._rows = rows
        self._clock = clock
        self._levels: list[_Marked | _Program] = []
        self._tabs: tuple[int, ...] | None = None
        self._notices = b""
        self._between = b""
        """What came after the last command had ended, and before its prompt."""
        self.unseen: list[Keys] = []
        """The answers that nothing showed when they were typed into the last command."""
        self.late: tuple[str, ...] = ()
        """What background jobs printed before the last command began, after the one before it had ended."""
        try:
            self._prepare(OUTER, rows, Screen(columns, rows), clock() + _START_SECONDS)
        except (CommandEndedShellError, HostError):
            hint = "Livedeck needs bash 4.4 or newer there, and a ~/.bashrc that does not replace it"
            raise HostError("the host's shell does not answer", hint=hint) from None

    @property
    def prompt(self) -> str:
        """The prompt the next command is typed at."""
        return self._levels[-1].prompt

    @property
    def in_program(self) -> bool:
        """Whether the next command is typed into a program that is no shell."""
        return isinstance(self._levels[-1], _Program)

    def run(self, command: str, timeout: float, keys: Sequence[Keys] = (), rows: int | None = None) -> Ran:
        """Run `command` in the innermost shell, and type `keys` one after the other while it runs.

        Args:
            command: in the language of that shell; it may have several lines.
            timeout: in seconds.
            keys: what is typed.
            rows: the height of the terminal, if not the usual one.

        Raises:
            CommandTimeoutError: it did not end within `timeout` seconds; it got one ^C. The shell cannot be used again.
            CommandEndedShellError: the shell ended with it.
            OutputTooLongError: it wrote more than `terminal.LONGEST_OUTPUT` bytes.
            UnreadInputError: it ended, and had not read all keys.
            HostError: the host is gone.
        """
        height = self._height(rows)
        with self._running(timeout, height) as running:
            self._start(running, command, height, echo=bool(keys))
            running.type(keys)
            running.await_end()
            return self._ended(running)

    def open_shell(self, command: str, timeout: float, keys: Sequence[Keys] = (), rows: int | None = None) -> Ran:
        """Run `command`, which opens a shell, and make that one mark its commands.

        Raises:
            NotOpenedError: it ended, or what it opened does not answer as a shell does.
            CommandTimeoutError, CommandEndedShellError, OutputTooLongError, UnreadInputError, HostError: as for `run`.
        """
        height = self._height(rows)
        with self._running(timeout, height) as running:
            self._start(running, command, height, echo=True)
            running.type(keys)
            if not running.await_shell():
                raise self._not_opened(running, "shell")
            dialect, probe = self._dialect_of(running)
            output = running.screen.output()
            # It may have shown more until it read the probe; busybox breaks what it echoes into lines.
            echo = "\n?".join(map(re.escape, probe)) + "\n?"
            lines = tuple(re.sub(echo, "", "\n".join(output.lines)).split("\n"))
            try:
                until = min(self._clock() + _START_SECONDS, running.deadline)
                self._prepare(dialect, height, running.screen, until)
            except HostError:
                message = "opened a shell that cannot be made to mark its commands"
                hint = "it may be restricted, or its PROMPT_COMMAND or PS1 be read-only: name its prompt, prompt=TEXT"
                raise NotOpenedError(message, Output(lines), hint) from None
            shown = Output(lines[: -1 - self.prompt.count("\n")], output.omitted, output.omitted_after)
            return Ran(shown, None, running.seconds)

    def open_program(
        self,
        command: str,
        prompts: Sequence[Expression],
        timeout: float,
        keys: Sequence[Keys] = (),
        rows: int | None = None,
    ) -> Ran:
        """Run `command`, which opens a program that waits at one of `prompts`: expressions for a whole line.

        Raises:
            NotOpenedError: it ended.
            CommandTimeoutError, CommandEndedShellError, OutputTooLongError, UnreadInputError, HostError: as for `run`.
        """
        height = self._height(rows)
        with self._running(timeout, height) as running:
            self._start(running, command, height, echo=True)
            running.type(keys)
            prompt = running.await_prompt(prompts, editor=False)
            if prompt is None:
                raise self._not_opened(running, "program")
            editing = running.screen.pasting
            self._levels.append(_Program(tuple(prompts), prompt, height, editor=editing, editing=editing))
            return Ran(_conversation(running.screen.output(), None, "", prompt), None, running.seconds)

    def type_line(
        self, line: str, timeout: float, keys: Sequence[Keys] = (), more_prompts: Sequence[Expression] = ()
    ) -> Ran:
        """Type a line into the program that waits, and `keys` after it; from now on it may also wait at `more_prompts`.

        Raises:
            CommandTimeoutError, CommandEndedShellError, OutputTooLongError, UnreadInputError, HostError: as for `run`.
        """
        program = self._levels[-1]
        if not isinstance(program, _Program):
            raise TypeError("no program waits")
        self.late = self._lines(self._arrived())
        program.prompts += tuple(more_prompts)
        at, above = program.prompt, program.lines
        with self._running(timeout, program.usual_rows, program.edited) as running:
            if not above:
                running.screen.feed(at.encode())
                running.screen.pasting = program.editing
            self._stream.send(typed_line(line))
            running.type(keys)
            prompt = running.await_prompt(program.prompts, editor=program.editor)
            if prompt is None:
                ended = self._ended(running)
                return Ran(_conversation(ended.output, at, line, None, above), ended.exit, ended.seconds)
            program.prompt = prompt
            if running.is_edited:
                program.edited, program.lines = running.screen, above + 1
                return Ran(Output(()), None, running.seconds)
            program.edited, program.lines = None, 0
            program.editing = running.screen.pasting
            program.editor = program.editor or program.editing
            return Ran(_conversation(running.screen.output(), at, line, prompt, above), None, running.seconds)

    def catch_up(self) -> tuple[str, ...]:
        """Return what background jobs have printed since the last command. Raises HostError if the host is gone."""
        self.late = self._lines(self._arrived())
        return self.late

    def hand_over(self, columns: int, rows: int) -> Channel:
        """Return the terminal for a person: their terminal's size, echo, line editing, history, the deck's own prompt.

        `run` cannot be used afterwards.
        """
        person = _HandedOver(self._channel, self._stream, self._clock)
        for level in self._levels:
            if isinstance(level, _Marked):
                person.shells[level.nonce] = level.dialect.given_back(level.status, columns, rows)
        if isinstance(self._levels[-1], _Marked):
            person.send(person.shells[self._levels[-1].nonce])
        return person

    @contextmanager
    def _running(self, timeout: float, rows: int, screen: Screen | None = None) -> Iterator[Running]:
        """Watch what is typed now. If it takes too long it gets ^C and a moment; what that prints is not shown."""
        screen = screen or Screen(self._columns, rows, self._tabs)
        running = Running(self._stream, screen, timeout, self._clock)
        self.unseen = running.unseen
        try:
            yield running
        except CommandTimeoutError:
            self._stream.send(b"\x03")
            until = self._clock() + _GRACE_SECONDS
            with suppress(ChannelEnd):
                while (piece := self._stream.next(until)) and not is_end(piece):
                    pass
            raise
        self._tabs = running.screen.tabs

    def _height(self, rows: int | None) -> int:
        """Return the height of the terminal for the next command."""
        return rows or self._levels[-1].usual_rows

    def _start(self, running: Running, command: str, rows: int, *, echo: bool) -> None:
        """Type a command into the innermost shell, and wait until it begins. With `echo` the terminal shows input.

        What a background job wrote until then is kept. If the deck has switched the terminal's echo on (`stty sane`),
        the typed lines are echoed as well and removed.
        """
        shell = self._innermost()
        self.late = self._lines(self._between)
        self._between = b""
        if shell.status and shell.dialect.resets:
            self._reset(shell)
        typed = shell.dialect.typed(
            command,
            shell.status,
            echo=None if echo == shell.echoes else echo,
            rows=None if rows == shell.rows else rows,
        )
        shell.echoes, shell.rows = echo, rows
        for line in typed:
            self._stream.send(line)
        before = b""
        begin = Mark(BEGIN, shell.nonce, "")
        while (piece := self._next(running.screen, running.deadline)) != begin:
            if piece is None:
                running.screen.feed(before)
                raise running.timed_out()
            before += piece if isinstance(piece, bytes) else b""
        if shell.dialect.keeps_late:
            for line in typed:
                before = re.sub(re.escape(line[:-1]) + rb"\r?\n", b"", before, count=1)
            self.late += self._lines(before)

    def _reset(self, shell: _Marked) -> None:
        """Reset bash's parser by an error of our own: one inside `eval` (`x=(`, `if`) leaves it confused."""
        screen, status = Screen(self._columns, shell.rows), shell.status
        self._stream.send(b")\n")
        self._settle(self._await_end(screen, self._clock() + _START_SECONDS), screen)
        shell.status = status
        for line in screen.output().lines:
            if _JOB_ENDED.match(line):  # bash reports it when the next command has ended
                self._notices += line.encode() + b"\r\n"
            elif "syntax error" not in line and line.strip() != ")":
                self.late += (line,)

    def _ended(self, running: Running) -> Ran:
        """Return what the command did that has ended, and make sure that it has read all that was typed."""
        if running.ended is None:
            raise AssertionError("it runs")
        seconds = running.seconds
        unread = self._settle(running.ended, running.screen)
        running.screen.feed(self._notices)
        self._notices = b""
        for answer in running.answers:
            unread = unread.replace(answer, "", 1)
        unread = spelled(unread.encode() + running.untyped)
        if unread and (running.typed or running.untyped):
            hint = "leave that out of input; a piece that ends in \\c is typed without Enter: q\\c"
            message = f"ended before it had read all of its input: {unread}"
            raise UnreadInputError(message, running.screen.output(), hint)
        return Ran(running.screen.output(), int(running.ended.value), seconds)

    def _settle(self, end: Mark, screen: Screen) -> str:
        """Return to the shell that marked an end, and take its prompt; return what was typed and not read by then."""
        while not (isinstance(self._levels[-1], _Marked) and self._levels[-1].nonce == end.nonce):
            self._levels.pop()
            if isinstance(self._levels[-1], _Marked):
                self._levels[-1].echoes = None
        shell = self._innermost()
        shell.status = int(end.value)
        self._trust()
        self._stream.send(shell.nonce.encode() + b"\n")
        between = prompt = b""
        unread, in_prompt = "", False
        until = self._clock() + _START_SECONDS
        while (piece := self._next(screen, until)) != Mark(READY, shell.nonce, ""):
            if piece is None:
                raise HostError("the host's shell does not answer any more", hint="run the command again")
            if is_end(piece):  # the shell was killed by what ran in it
                self._between += between
                return self._settle(piece, screen)
            if isinstance(piece, Mark):
                in_prompt = in_prompt or piece.kind == PROMPT
                unread = piece.value if piece.kind == UNREAD else unread
            elif in_prompt:
                prompt += piece
            else:
                between += piece
        shell.prompt = prompt_text(prompt, self._columns)
        if shell.dialect.keeps_late:
            self._between += re.sub(re.escape(shell.nonce.encode()) + rb"\r?\n", b"", between)
        return unread

    def _dialect_of(self, running: Running) -> tuple[Dialect, str]:
        """Ask the shell that seems to wait which one it is; return that and what was typed."""
        nonce = secrets.token_hex(16)
        self._trust(nonce)
        probe = protocol.PROBE.replace("NONCE", nonce).rstrip()
        self._stream.send(probe.encode() + b"\r")
        until = min(self._clock() + _ANSWER_SECONDS, running.deadline)
        shown = b""
        while (piece := self._next(running.screen, until)) is not None:
            shown += piece if isinstance(piece, bytes) else b""
            if isinstance(piece, Mark) and piece.kind == KIND:
                running.screen.feed(shown)
                return protocol.dialect(piece.value), probe
            if is_end(piece):
                running.ended = piece
                raise self._not_opened(running, "shell")
        line = running.screen.cursor_line.text.strip()
        message = f"opened something that does not answer as a shell does; it waits at {line!r}"
        hint = f'for a program that is no shell, name its prompt: prompt="{line}"'
        raise NotOpenedError(message, running.screen.output(), hint)

    def _prepare(self, dialect: Dialect, rows: int, screen: Screen, until: float) -> None:
        """Make the shell that reads what is typed now mark its commands. Raises HostError if it does not by then."""
        shell = _Marked(dialect, rows, rows)
        self._levels.append(shell)
        self._trust()
        self._stream.send(dialect.setup(shell.nonce))
        self._settle(self._await_end(Screen(self._columns, rows), until), screen)
        shell.status = 0

    def _not_opened(self, running: Running, what: str) -> NotOpenedError:
        ended = self._ended(running)
        message = f"ended (exit {ended.exit}) and left no {what} open"
        hint = f"the first command of such a fence opens the {what}: put others into a fence of their own"
        if ended.exit:
            hint = "it failed: correct it"
        return NotOpenedError(message, ended.output, hint)

    def _await_end(self, screen: Screen, until: float) -> Mark:
        """Show what comes until a mark of an end. Raises HostError if none comes in time."""
        while (piece := self._next(screen, until)) is not None:
            if is_end(piece):
                return piece
            if isinstance(piece, bytes):
                screen.feed(piece)
        raise HostError("the shell does not answer", hint="run the command again")

    def _next(self, screen: Screen, until: float) -> bytes | Mark | None:
        """Return the next piece. Raises CommandEndedShellError, with what the screen shows, if none will come."""
        try:
            return self._stream.next(until)
        except ChannelEnd as end:
            raise CommandEndedShellError(end.code, screen.output()) from None

    def _innermost(self) -> _Marked:
        shell = self._levels[-1]
        if not isinstance(shell, _Marked):
            raise TypeError("a program waits")
        return shell

    def _trust(self, *more: str) -> None:
        self._stream.trust(*(level.nonce for level in self._levels if isinstance(level, _Marked)), *more)

    def _arrived(self) -> bytes:
        """Return what has come since the last command."""
        arrived, self._between = self._between, b""
        while (piece := self._stream.next(self._clock())) is not None:
            arrived += piece if isinstance(piece, bytes) else b""
        return arrived

    def _lines(self, data: bytes) -> tuple[str, ...]:
        screen = Screen(self._columns, self._rows)
        screen.feed(data)
        return screen.output().lines


class _HandedOver:
    """The terminal in the hands of a person: a `model.Channel`. Shells that are reached again stop marking."""

    def __init__(self, channel: Channel, stream: Stream, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._stream = stream
        self._clock = clock
        self.shells: dict[str, bytes] = {}
        """What is typed into a shell, by its nonce, when it is reached again."""

    def send(self, data: bytes) -> None:
        self._channel.send(data)

    def receive(self, timeout: float) -> bytes | None:
        until = self._clock() + timeout
        try:
            while isinstance(piece := self._stream.next(until), Mark):
                if piece.kind == END and piece.nonce in self.shells:
                    self._channel.send(piece.nonce.encode() + b"\n" + self.shells[piece.nonce])
        except ChannelEnd:
            return b""
        return piece

    def exit_code(self) -> int | None:
        return self._channel.exit_code()

    def close(self) -> None:
        self._channel.close()


def _conversation(output: Output, at: str | None, text: str, prompt: str | None, above: int = 0) -> Output:
    """Return what a program showed, without its prompts and what was typed: in the end there were lines `above`."""
    lines = output.lines
    if above:  # the line editor may have drawn all of them anew
        lines, at = lines[above + 1 :], None
    return Output(without_echo(lines, at, text, prompt), output.omitted, output.omitted_after)
