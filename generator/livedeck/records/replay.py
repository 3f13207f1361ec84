"""The runner that answers from a record and executes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from livedeck.errors import StaleRecordError, raise_all
from livedeck.model import Capture, Key, Location, Record, Step
from livedeck.records.file import keyed
from livedeck.records.redaction import Redactor, secrets_in

_MARK = re.compile(r"<redacted:[^<>]*>")


class CommandsOf(Protocol):
    """Says what is typed for the text of a step, by the rules of a shell, or of a program that is waiting."""

    def __call__(self, step: Step, text: str, *, in_program: bool) -> tuple[str, ...]:
        """Return the commands of the text, or its lines."""
        ...


class Replay:
    """Answer with the captures of a record; unless the commands and their order are the same, the record is stale.

    `commands_of` finds the commands of a step. A secret in one is an error, by the rules of `redactor`.
    """

    def __init__(
        self,
        record: Record,
        commands_of: CommandsOf,
        redactor: Redactor | None = None,
        arguments: str = "",
    ) -> None:
        self._commands_of = commands_of
        self._redactor = redactor or Redactor()
        self._pending = keyed(record)[::-1]
        self._arguments = arguments or record.deck

    def split(self, step: Step, text: str) -> tuple[str, ...]:
        """Return the commands of a step: its lines if the record has them typed into a program."""
        in_program = bool(self._pending) and self._pending[-1][1].program
        return self._commands_of(step, text, in_program=in_program)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """Return the next capture.

        Raises:
            TemplateError: the command holds a secret.
            StaleRecordError: the template asks for another command.
        """
        raise_all(secrets_in(self._redactor, step, command))
        asked = f"`{_first_line(command)}`"
        if not self._pending:
            raise self._stale(f"{asked} is not in the record", step.at)
        recorded, capture = self._pending[-1]
        if capture.command != command:
            raise self._stale(f"{asked} is not what was captured here: `{_first_line(capture.command)}`", step.at)
        if recorded != key:
            raise self._stale(f"{asked} was captured as part of another step", step.at)
        if not is_typed(step.input or "", capture.input):
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


def is_typed(asked: str, recorded: str) -> bool:
    """Return whether a record may show an input so, with marks in the places of secrets."""
    first, *others = _MARK.split(recorded)
    if not others:
        return asked == recorded
    *middle, last = others
    at = len(first) + 1
    if not asked.startswith(first) or not asked.endswith(last):
        return False
    for piece in middle:
        found = asked.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece) + 1
    return at <= len(asked) - len(last)


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
