"""The runner that answers from a record and executes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from livedeck.errors import StaleRecordError
from livedeck.model import Capture, Key, Location, Record, Step
from livedeck.records.file import keyed


class CommandsOf(Protocol):
    """Says what is typed for the text of a step, by the rules of a shell, or of a program that is waiting."""

    def __call__(self, step: Step, text: str, *, in_program: bool) -> tuple[str, ...]:
        """Return the commands of the text, or its lines."""
        ...


class Replay:
    """Answer with the captures of a record; unless the commands and their order are the same, the record is stale.

    Commands are compared as they were recorded, that is after `redact`; `commands_of` finds those of a step.
    """

    def __init__(
        self,
        record: Record,
        commands_of: CommandsOf,
        redact: Callable[[str], str] = str,
        arguments: str = "",
    ) -> None:
        self._commands_of = commands_of
        self._redact = redact
        self._pending = keyed(record)[::-1]
        self._arguments = arguments or record.deck

    def split(self, step: Step, text: str) -> tuple[str, ...]:
        """Return the commands of a step: its lines if the record has them typed into a program."""
        in_program = bool(self._pending) and self._pending[-1][1].program
        return self._commands_of(step, text, in_program=in_program)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """Return the next capture. Raises StaleRecordError if the template asks for another command."""
        asked = f"`{_first_line(command)}`"
        if not self._pending:
            raise self._stale(f"{asked} is not in the record", step.at)
        recorded, capture = self._pending[-1]
        if capture.command != self._redact(command):
            raise self._stale(f"{asked} is not what was captured here: `{_first_line(capture.command)}`", step.at)
        if recorded != key:
            raise self._stale(f"{asked} was captured as part of another step", step.at)
        if capture.input != self._redact(step.input or ""):
            raise self._stale(f"{asked} was captured with other input", step.at)
        self._pending.pop()
        return capture

    def finish(self, template: str) -> None:
        """Raise StaleRecordError if the template left captures unused."""
        if self._pending:
            command = _first_line(self._pending[-1][1].command)
            message = f"the record has {len(self._pending)} commands more than the template, from `{command}` on"
            raise self._stale(message, Location(template, 1))

    def _stale(self, message: str, at: Location) -> StaleRecordError:
        return StaleRecordError(message, at=at, hint=f"the record is stale: livedeck capture {self._arguments}")


def _first_line(command: str) -> str:
    """Return the first line of a command. It is not cut: two long commands may differ at their ends."""
    return command.split("\n", 1)[0]


def differences(steps: Sequence[Step], commands: Sequence[Sequence[str]], record: Record) -> list[str]:
    """List the lines of commands that only the template or only the record has, as a diff."""
    from difflib import SequenceMatcher  # noqa: PLC0415 (a record that matches its deck needs none)

    # By lines: what is typed into a program is cut at each line, and where a program waits is not known here.
    asked = [
        (step.at, line)
        for step, own in zip(steps, commands, strict=True)
        for command in own
        for line in _lines(command)
    ]
    had = [line for step in record.steps for capture in step.captures for line in _lines(capture.command)]
    lines: list[str] = []
    matcher = SequenceMatcher(None, had, [line for _, line in asked], autojunk=False)
    for _, first, last, start, end in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        lines += [f"- {line}   (in the record)" for line in had[first:last]]
        lines += [f"+ {line}   ({at})" for at, line in asked[start:end]]
    return lines


def _lines(command: str) -> list[str]:
    return [line for line in command.split("\n") if line.strip()]
