"""A runner that watches another one: it reports every command, keeps every capture, and lets no secret through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from generator.errors import LivedeckError, Problems, UsageError
from generator.model import Capture, Key, Report, Runner, Step, StepFinished, StepStarted
from generator.redaction import Redactor


class Reached(LivedeckError):  # noqa: N818 (nothing is wrong: the deck has come as far as was asked)
    """The step to stop after is done."""


@dataclass
class Observed:
    """Runs commands through `runner`; with `last` only those of the steps up to that index.

    Raises:
        Reached: a command behind the step `last` was asked for.
    """

    runner: Runner
    deck: str
    total: int
    redactor: Redactor
    report: Report
    last: int | None = None
    captures: list[tuple[Key, Capture]] = field(default_factory=list)
    started: Key | None = None

    def split(self, text: str) -> tuple[str, ...]:
        """As the runner splits it."""
        return self.runner.split(text)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """The capture of a command, without secrets."""
        if self.last is not None and key.fence > self.last:
            raise Reached("the deck has come as far as was asked")
        self.started = key
        shown = self._uncounted.text(command)
        self.report(StepStarted(self.deck, step.at, step.index + 1, self.total, shown))
        try:
            capture = self.redactor.capture(self.runner.run(key, command, step))
        except LivedeckError as error:
            raise self.without_secrets(error) from None
        self.report(StepFinished(self.deck, step.index + 1, self.total, capture))
        self.captures.append((key, capture))
        return capture

    def without_secrets(self, error: LivedeckError) -> LivedeckError:
        """The error without secrets; those in messages are not among the record's, and not counted."""
        return self._uncounted.error(error)

    @property
    def _uncounted(self) -> Redactor:
        return replace(self.redactor, counts=Counter())

    def with_way_back(self, error: LivedeckError) -> LivedeckError:
        """The error, with the line that opens a host as it was before what went wrong."""
        if isinstance(error, Problems):
            return Problems([*error.errors[:-1], self.with_way_back(error.errors[-1])])
        after = "" if self.started is None or self.started.fence == 0 else f" --after {self.started.fence}"
        back = f"look around there: livedeck shell {self.deck}{after}"
        hint = f"{error.hint}\n{back}" if error.hint else back
        return type(error)(error.message, at=error.at, hint=hint, detail=error.detail)


def stop_after(steps: Sequence[Step], after: str | None) -> int | None:
    """The index of the step that `after` names, by id or by number from 1. Raises UsageError where there is none."""
    if after is None:
        return None
    for step in steps:
        if after in (step.id, str(step.index + 1)):
            return step.index
    ids = ", ".join(step.id for step in steps if step.id)
    raise UsageError(f"there is no step {after}", hint=f"name one by its number, 1 to {len(steps)}, or id: {ids}")
