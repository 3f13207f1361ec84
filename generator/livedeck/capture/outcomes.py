"""The possible outcomes of a command typed into a shell."""

from __future__ import annotations

from dataclasses import dataclass

from livedeck.capture.terminal import LONGEST_OUTPUT, Output
from livedeck.errors import LivedeckError


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended, with its output as the terminal showed it."""

    output: Output
    exit: int
    seconds: float


class CommandEndedShellError(LivedeckError):
    """The shell is gone: the command was `exit` or `exec`, or killed it. `code` is the shell's exit code."""

    def __init__(self, code: int | None, output: Output) -> None:
        super().__init__("the command ended the shell")
        self.code = code
        self.output = output


class CommandTimeoutError(LivedeckError):
    """The command did not end in time; `output` is the screen at that moment.

    For the last `silent` seconds it had printed nothing. `awaited` is the text to wait for before typing, if it did not
    come.
    """

    def __init__(self, seconds: float, output: Output, silent: float, awaited: str | None) -> None:
        super().__init__(f"the command did not end within {seconds:g} seconds")
        self.output = output
        self.silent = silent
        self.awaited = awaited


class OutputTooLongError(LivedeckError):
    """The command wrote more than any slide could show."""

    def __init__(self, output: Output) -> None:
        super().__init__(f"output too long: more than {LONGEST_OUTPUT // 1024 // 1024} MiB")
        self.output = output
