"""A live session: one shell for one deck on one host, in which every command becomes a capture."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable

from livedeck.capture import failures
from livedeck.capture.keyboard import Keys, keystrokes
from livedeck.capture.outcomes import CommandEndedShellError, CommandError, CommandTimeoutError, Ran
from livedeck.capture.running import SHELL_PROMPT
from livedeck.capture.shell import COMMAND, Shell
from livedeck.errors import HostError, StepError, TemplateError, named
from livedeck.model import Capture, Channel, Host, Key, Step, Terminal
from livedeck.project.patterns import HINT, Expression, compiled, in_slashes

_TAIL = 12
_UNPACK_SECONDS = 120.0
_RETRY_SECONDS = 0.5
_PROOF_SECONDS = 20.0


class Session:
    """Type the commands of one deck into one bash on `host`, and into the shells and programs that they open.

    Args:
        host: where they run.
        terminal: its size.
        commands: cuts the text of a step into commands: as lines if it is typed `in_program`, else by bash's grammar.
        clock: a monotonic clock, in seconds.

    Raises:
        HostError: the host's shell does not start.
    """

    def __init__(
        self,
        host: Host,
        terminal: Terminal,
        commands: Callable[..., tuple[str, ...]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._commands = commands
        self._clock = clock
        self._host = host
        self._terminal = terminal
        self._failures: tuple[Expression, ...] = ()
        """What lines of answers count as errors in the program that is open."""
        self.late: tuple[str, ...] = ()
        """What background jobs printed before the last command began: it goes below the command before that."""
        self.unseen: tuple[Keys, ...] = ()
        """The answers in the input of the last command that nothing showed when they were typed."""
        self._channel = host.open_terminal(COMMAND, terminal.columns, terminal.rows)
        try:
            self._shell = Shell(self._channel, terminal.columns, terminal.rows, clock)
        except BaseException:
            self._channel.close()
            raise

    def split(self, step: Step, text: str) -> tuple[str, ...]:
        """Return the commands of a text: its lines if a program waits for them, else what bash takes for commands."""
        return self._commands(step, text, in_program=self._shell.in_program)

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
            StepError: it did not end in time, ended the shell, wrote too much, left unread what was typed, or its
                options make no sense where it is typed.
            HostError: the host is gone.
        """
        deadline = self._clock() + step.retry
        self.late, self.unseen = (), ()
        while True:
            try:
                capture = self._run(key, command, step)
            finally:
                self.late += self._shell.late
                self.unseen += tuple(self._shell.unseen)
            if not step.retry or step.expected(key.command) in (None, capture.exit) or self._clock() >= deadline:
                return capture
            time.sleep(_RETRY_SECONDS)

    def _run(self, key: Key, command: str, step: Step) -> Capture:
        """Try once; raises what `run` raises."""
        prompt, inside = self._shell.prompt, self._shell.in_program
        try:
            ran = self._typed(key, command, step)
        except CommandEndedShellError as error:
            self._prove_host(step)
            code = "unknown" if error.code is None else str(error.code)
            hint = "the rest of the deck needs the shell: run it in a subshell, ( ... )"
            raise _failed(command, f"{error.message} (exit {code})", step, hint, error) from None
        except CommandError as error:
            what, hint = error.message, error.hint or ""
            if isinstance(error, CommandTimeoutError):
                what, hint = _overdue(error, step, in_program=inside)
            raise _failed(command, what, step, hint, error) from None
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
            failed=failures.find(ran.output.lines, self._failures, _fail(step)) if inside else "",
        )

    def _typed(self, key: Key, command: str, step: Step) -> Ran:
        """Type a command where it belongs. Raises StepError before that if the step's options make no sense there."""
        shell = self._shell
        keys = keystrokes(step.input or "")
        prompts = tuple(_expression(step, "prompt", prompt) for prompt in step.prompts)
        if shell.in_program:
            if senseless := _senseless_in_program(step):
                message = f"{senseless} cannot be used here: {named(command)} is typed into a program"
                hint = f"it waits at {shell.prompt.strip()!r}: leave the program before, or the option out"
                raise StepError(message, at=step.at, hint=hint)
            return shell.type_line(command, step.timeout, keys, prompts)
        self._failures = ()
        if step.fail and not prompts:
            message = f"fail is for what is typed into a program, and {named(command)} is typed into a shell"
            raise StepError(message, at=step.at, hint="there it is exit=CODE that says what is expected")
        if key.command == 0 and step.shell:
            return shell.open_shell(command, step.timeout, keys, step.rows)
        if key.command == 0 and prompts:
            self._failures = failures.patterns(command, _fail(step))
            return shell.open_program(command, prompts, step.timeout, keys, step.rows)
        return shell.run(command, step.timeout, keys, step.rows)

    def catch_up(self) -> tuple[str, ...]:
        """Return what background jobs have printed since the last command. Raises HostError if the host is gone."""
        return self._shell.catch_up()

    def hand_over(self, columns: int, rows: int) -> Channel:
        """Return the session's terminal for a person: as wide as theirs, with line editing and prompt."""
        return self._shell.hand_over(columns, rows)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def _prove_host(self, step: Step) -> None:
        """Raise HostError unless the host still runs programs: it may be the host that ended, not just its shell."""
        hint = "run it again; a sandbox also ends at the limits of [sandbox] in decks/course.toml"
        gone = HostError("the host ended while a command was running on it", at=step.at, hint=hint)
        try:
            channel = self._host.open_terminal(("true",), self._terminal.columns, self._terminal.rows)
        except HostError:
            raise gone from None
        try:
            while channel.receive(_PROOF_SECONDS):
                pass
            if channel.exit_code() != 0:
                raise gone
        finally:
            channel.close()


def _senseless_in_program(step: Step) -> str | None:
    """Return the option of a step that means nothing to a program that is no shell."""
    found = {"file": step.file, "shell": step.shell, "retry": step.retry, "rows": step.rows}
    return next((name for name, value in found.items() if value), None)


def _overdue(error: CommandTimeoutError, step: Step, *, in_program: bool) -> tuple[str, str]:
    """Say what a command did that did not end in time, and what to do."""
    what, hint = error.message, f"make it end by itself, or give it longer: timeout={max(int(step.timeout * 2), 1)}"
    if error.awaited is not None:
        return f"{what}, nor show {error.awaited!r}", f"fix <wait:...> in its input; or {hint}"
    if error.typed and error.line:
        line = re.sub(r"([\\>])", r"\\\1", error.line)
        early = f"if its input was typed too early, wait for the line that stands there now: <wait:{line}>"
        return f"{what}, although all of its input was typed", f"{early}; or {hint}"
    if (step.prompts or in_program) and error.line:
        named_too = f'if it waits at the line that stands there now, name it: prompt="{error.line}"'
        return f"{what}, nor wait at a prompt that the deck names", f"{named_too}; or {hint}"
    if not step.shell and SHELL_PROMPT.search(error.line):
        opened = "if that is the prompt of a shell that it has opened, say that: shell"
        return f"{what}, and shows {error.line!r} now", f"{opened}; or {hint}"
    if error.silent >= step.timeout / 2:
        waits = 'if it waits for what you type, as `read` and `apt install` do, say that: input="yes"'
        return f"{what}, and showed nothing new for the last {error.silent:.0f}", f"{waits}; or {hint}"
    return what, hint


def _fail(step: Step) -> Expression | None:
    return _expression(step, "fail", step.fail) if step.fail else None


def _expression(step: Step, option: str, rule: str) -> Expression:
    """Return an expression of a step's fence, which raises TemplateError where it takes too long."""
    return compiled(rule, lambda why: TemplateError(f"{option}={in_slashes(rule)}: {why}", at=step.at, hint=HINT))


def _failed(command: str, what: str, step: Step, hint: str, error: CommandError) -> StepError:
    return StepError(f"{named(command)} {what}", at=step.at, hint=hint, detail=error.output.lines[-_TAIL:])
