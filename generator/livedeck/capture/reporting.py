"""A runner around another one: it reports every command, keeps every capture, and removes secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from msgspec import structs

from livedeck.capture.keyboard import Keys
from livedeck.errors import LivedeckError, Problems, UsageError, raise_all
from livedeck.model import Capture, Key, Location, Report, Runner, Step, StepFinished, StepStarted
from livedeck.project.patterns import Expression
from livedeck.records.redaction import INPUT, Redactor, mark, secrets_in

_MOST_PLACES = 5


class StopAfterStep(LivedeckError):  # noqa: N818 (not an error: the deck has run as far as was asked)
    """The step to stop after is done."""


class Live(Runner, Protocol):
    """A runner on a host, where background jobs may print while no command runs."""

    @property
    def late(self) -> tuple[str, ...]:
        """The lines that background jobs printed before the last command, after the one before it."""
        ...

    @property
    def unseen(self) -> tuple[Keys, ...]:
        """The answers in the input of the last command that nothing showed when they were typed."""
        ...

    def catch_up(self) -> tuple[str, ...]:
        """Return the lines that background jobs have printed since the last command."""
        ...


@dataclass
class MachineLines:
    """Rules, by name, for lines about the machine, which are not part of a command's output.

    A line that a rule matches as a whole is removed; `counts` says how many lines each rule removed.
    """

    rules: Mapping[str, Expression] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def capture(self, capture: Capture) -> Capture:
        """Return the capture without such lines."""
        if not self.rules:
            return capture
        names = self._matching(capture.output)
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
        found = self._matching(lines)
        self.counts.update(name for name in found if name is not None)
        return tuple(line for line, name in zip(lines, found, strict=True) if name is None)

    def _matching(self, lines: Sequence[str]) -> list[str | None]:
        """Return for each line the first rule that matches it."""
        found: list[str | None] = [None] * len(lines)
        for name, rule in reversed(list(self.rules.items())):
            found = [name if hit else other for hit, other in zip(rule.fullmatch(lines), found, strict=True)]
        return found


@dataclass
class ReportingRunner:
    """Run commands through `runner`; with `last` only those of the steps up to that index.

    `removed` counts what was taken out of outputs, by rule and by step.

    Raises:
        StopAfterStep: the next command belongs to a step after `last`.
        TemplateError: the next command holds a secret; it is not typed.
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
    removed: Counter[tuple[str, Location]] = field(default_factory=Counter)
    started: Key | None = None
    _amended: bool = False
    _at: Location | None = None
    """The step of the last capture."""

    def split(self, step: Step, text: str) -> tuple[str, ...]:
        """Return the commands of a step's text, as the runner splits it."""
        return self.runner.split(step, text)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """Return the capture of a command, without secrets."""
        if self.last is not None and key.fence > self.last:
            raise StopAfterStep("the deck has run as far as was asked")
        self.started = key
        raise_all(secrets_in(self.redactor, step, command))
        self.report(StepStarted(self.deck, step.at, step.index + 1, self.total, self.text(command)))
        try:
            shown = self.machine.capture(self._typed(key, command, step))
        except LivedeckError as error:
            raise self.without_secrets(error) from None
        finally:
            self._amend(self.runner.late)
        capture = structs.replace(self._clean(shown, step.at), input=self._input(shown.input))
        self.report(StepFinished(self.deck, step.index + 1, self.total, capture))
        self.captures.append((key, capture))
        return capture

    def _typed(self, key: Key, command: str, step: Step) -> Capture:
        """Return the capture of a command. However it ends, the redactor knows the answers that nothing showed."""
        try:
            return self.runner.run(key, command, step)
        finally:
            for keys in self.runner.unseen:
                self.redactor.learn(keys.line or "")

    def _input(self, text: str) -> str:
        """Return an input with marks in the places of the answers that nothing showed."""
        for start, end in sorted({k.written for k in self.runner.unseen if k.line not in self.redactor.allowed})[::-1]:
            text = text[:start] + mark(INPUT) + text[end:]
        return text

    def _clean(self, capture: Capture, at: Location) -> Capture:
        """Return the capture of a step without secrets, and count those of its output."""
        prompt, self._at = self.redactor.text(capture.prompt), at
        with self._counting():
            return structs.replace(self.redactor.capture(structs.replace(capture, prompt="")), prompt=prompt)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        """Count what is taken out inside for the step of the last capture."""
        before = self.redactor.counts.copy()
        yield
        for rule, count in (self.redactor.counts - before).items():
            if self._at is not None:
                self.removed[rule, self._at] += count

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
            with self._counting():
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

    def redactions(self) -> list[str]:
        """Return what was taken out of the outputs of the deck: a line for each rule, with the steps."""
        lines = []
        for rule in sorted({rule for rule, _ in self.removed}):
            counts = {at: count for (name, at), count in self.removed.items() if name == rule}
            places = [str(at) for at in sorted(counts, key=lambda at: (at.path, at.line))]
            if len(places) > _MOST_PLACES + 1:
                places[_MOST_PLACES:] = [f"{len(places) - _MOST_PLACES} more steps"]
            *others, last = places
            named = f"{', '.join(others)} and {last}" if others else last
            lines.append(f"redacted: {sum(counts.values())} by the rule {rule}, in the output of {named}")
        return lines


def stop_after(steps: Sequence[Step], after: str | None) -> int | None:
    """Return the index of the step that `after` names by id or by number from 1. Raises UsageError if there is none."""
    if after is None:
        return None
    for step in steps:
        if after in (step.id, str(step.index + 1)):
            return step.index
    ids = ", ".join(step.id for step in steps if step.id)
    raise UsageError(f"there is no step {after}", hint=f"name one by its number, 1 to {len(steps)}, or id: {ids}")
