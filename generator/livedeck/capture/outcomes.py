"""The possible outcomes of a command typed into a shell."""

from __future__ import annotations

from dataclasses import dataclass

from livedeck.capture.terminal import LONGEST_OUTPUT, Output
from livedeck.errors import LivedeckError


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended, or left a program waiting (`exit` is None); the output is what the terminal showed."""

    output: Output
    exit: int | None
    seconds: float


class CommandError(LivedeckError):
    """A command whose outcome cannot be captured; `output` is the screen at that moment."""

    def __init__(self, message: str, output: Output, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.output = output


class CommandEndedShellError(CommandError):
    """The shell is gone: the command was `exit` or `exec`, or killed it. `code` is the shell's exit code."""

    def __init__(self, code: int | None, output: Output) -> None:
        super().__init__("ended the shell", output)
        self.code = code


class CommandTimeoutError(CommandError):
    """The command did not end in time. For the last `silent` seconds it had printed nothing.

    `awaited` is the text to wait for before typing, if it did not come; `typed` says whether all there was to type was
    typed; `line` is the line at the cursor.
    """

    def __init__(
        self, seconds: float, output: Output, silent: float, *, awaited: str | None, typed: bool, line: str
    ) -> None:
        super().__init__(f"did not end within {seconds:g} seconds", output)
        self.silent = silent
        self.awaited = awaited
        self.typed = typed
        self.line = line


class OutputTooLongError(CommandError):
    """The command wrote more than any slide could show."""

    def __init__(self, output: Output) -> None:
        message = f"wrote too much (output too long: more than {LONGEST_OUTPUT // 1024 // 1024} MiB)"
        super().__init__(message, output, hint="show less: | head -n 20")


class UnreadInputError(CommandError):
    """The command ended before it had read all that was to be typed into it."""


class NotOpenedError(CommandError):
    """The command that was to open a shell or a program did not, or what it opened is no shell that can be marked."""
