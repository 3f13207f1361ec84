"""A runner around another one: it reports every command, keeps every capture, and removes secrets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from msgspec import structs

from livedeck.errors import LivedeckError, Problems, UsageError
from livedeck.model import Capture, Key, Report, Runner, Step, StepFinished, StepStarted
from livedeck.records.redaction import Redactor


class StopAfterStep(LivedeckError):  # noqa: N818 (not an error: the deck has run as far as was asked)
    """The step to stop after is done."""


class Live(Runner, Protocol):
    """A runner on a host, where background jobs may print while no command runs."""

    @property
    def late(self) -> tuple[str, ...]:
        """The lines that background jobs printed before the last command, after the one before it."""
        ...

    def catch_up(self) -> tuple[str, ...]:
        """Return the lines that background jobs have printed since the last command."""
        ...


@dataclass
class MachineLines:
    """Rules, by name, for lines about the machine, which are not part of a command's output.

    A line that a rule matches as a whole is removed; `counts` says how many lines each rule removed.
    """

    rules: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def capture(self, capture: Capture) -> Capture:
        """Return the capture without such lines."""
        if not self.rules:
            return capture
        names = [self._rule(line) for line in capture.output]
        self.counts.update(name for name in names if name is not None)
        kept = [number for number, name in enumerate(names) if name is None]
        output = tuple(capture.output[number] for number in kept)
        return structs.replace(
            capture,
            output=output,
            omitted_after=sum(number < capture.omitted_after for number in kept),
            failed=capture.failed if capture.failed in output else "",
            styles={place: capture.styles[number] for place, number in enumerate(kept) if number in capture.styles},
        )

    def lines(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Return the lines that no rule matches."""
        found = [self._rule(line) for line in lines]
        self.counts.update(name for name in found if name is not None)
        return tuple(line for line, name in zip(lines, found, strict=True) if name is None)

    def _rule(self, line: str) -> str | None:
        return next((name for name, rule in self.rules.items() if rule.fullmatch(line)), None)


@dataclass
class ReportingRunner:
    """Run commands through `runner`; with `last` only those of the steps up to that index.

    Raises:
        StopAfterStep: the next command belongs to a step after `last`.
    """

    runner: Live
    deck: str
    total: int
    redactor: Redactor
    report: Report
    machine: MachineLines = field(default_factory=MachineLines)
    arguments: str = ""
    last: int | None = None
    captures: list[tuple[Key, Capture]] = field(default_factory=list)
    started: Key | None = None
    _amended: bool = False

    def split(self, step: Step, text: str) -> tuple[str, ...]:
        """Return the commands of a step's text, as the runner splits it."""
        return self.runner.split(step, text)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """Return the capture of a command, without secrets."""
        if self.last is not None and key.fence > self.last:
            raise StopAfterStep("the deck has run as far as was asked")
        self.started = key
        self.report(StepStarted(self.deck, step.at, step.index + 1, self.total, self.text(command)))
        try:
            capture = self.redactor.capture(self.machine.capture(self.runner.run(key, command, step)))
        except LivedeckError as error:
            raise self.without_secrets(error) from None
        finally:
            self._amend(self.runner.late)
        self.report(StepFinished(self.deck, step.index + 1, self.total, capture))
        self.captures.append((key, capture))
        return capture

    def text(self, text: str) -> str:
        """Return a text without secrets; those are not counted."""
        return self._uncounted().text(text)

    def catch_up(self) -> bool:
        """Keep what background jobs have printed since the last command; return whether any did so in the whole deck.

        It goes below the last command that had ended, as on a student's screen. Claims were checked without it.
        """
        self._amend(self.runner.catch_up())
        return self._amended

    def _amend(self, late: tuple[str, ...]) -> None:
        if late and self.captures:
            key, capture = self.captures[-1]
            output = capture.output + self.redactor.lines(self.machine.lines(late))
            self.captures[-1] = key, structs.replace(capture, output=output)
            self._amended = True

    def without_secrets(self, error: LivedeckError) -> LivedeckError:
        """Return the error without secrets; only secrets in the record are counted, not those in messages."""
        return self._uncounted().error(error)

    def _uncounted(self) -> Redactor:
        return replace(self.redactor, counts=Counter())

    def with_way_back(self, error: LivedeckError) -> LivedeckError:
        """Add the command that opens a host in the state before the failed step to the hint of an error."""
        if isinstance(error, Problems):
            return Problems([*error.errors[:-1], self.with_way_back(error.errors[-1])])
        after = "" if self.started is None or self.started.fence == 0 else f" --after {self.started.fence}"
        back = f"look around there: livedeck shell {self.arguments or self.deck}{after}"
        hint = f"{error.hint}\n{back}" if error.hint else back
        return type(error)(error.message, at=error.at, hint=hint, detail=error.detail)


def stop_after(steps: Sequence[Step], after: str | None) -> int | None:
    """Return the index of the step that `after` names by id or by number from 1. Raises UsageError if there is none."""
    if after is None:
        return None
    for step in steps:
        if after in (step.id, str(step.index + 1)):
            return step.index
    ids = ", ".join(step.id for step in steps if step.id)
    raise UsageError(f"there is no step {after}", hint=f"name one by its number, 1 to {len(steps)}, or id: {ids}")
