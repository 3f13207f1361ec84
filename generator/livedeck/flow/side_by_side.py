"""Capture several editions: in turn in this process, or side by side in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from livedeck.errors import HostError, LivedeckError, UsageError, parts, raise_all
from livedeck.flow import decks, jobs
from livedeck.flow.capture import capture
from livedeck.flow.drift import FreshCaptures
from livedeck.flow.jobs import FailedEdition
from livedeck.flow.open_host import SANDBOX, HostChoice, foreseen, opener, operator
from livedeck.flow.worlds import Replaceable, Rule
from livedeck.model import Edition, Report, Run


def capture_editions(editions: Sequence[Edition], choice: HostChoice, at_most: int, run: Run) -> None:
    """Capture editions on the chosen host, so many at a time. Every template is read before the first host starts.

    An edition whose content is wrong does not keep the others from being captured. Raises all errors together.
    """
    decks.read_templates(editions, operator(editions[0].course))
    is_committed = editions[0].source == "committed"
    rule = Replaceable(editions[0].course, choice.options) if is_committed else None
    failed = _capture_all(editions, choice, at_most, rule, run)
    raise_all(jobs.merged(failed, several=len({edition.engine for edition in editions}) > 1))


def fresh_captures(editions: Sequence[Edition], choice: HostChoice, at_most: int, run: Run) -> FreshCaptures:
    """Return how editions are captured into `build/records/` for a comparison, so many at a time.

    Raises UsageError where the chosen host takes only one.
    """
    _in_turn(editions, choice, at_most)

    def make(wanted: Sequence[Edition], rule: Rule) -> Sequence[FailedEdition]:
        try:
            return _capture_all([edition.from_source("live") for edition in wanted], choice, at_most, rule, run)
        except LivedeckError as error:
            return [(edition, part) for edition in wanted for part in parts(error)]

    return FreshCaptures(make, lambda edition: foreseen(edition, choice))


def _capture_all(
    editions: Sequence[Edition], choice: HostChoice, at_most: int, rule: Rule | None, run: Run
) -> list[FailedEdition]:
    """Capture editions and return what went wrong with which.

    In turn, no other is tried after a HostError: it would meet it, too. Side by side, each image that --fresh asks for
    is made by the first edition that needs it.
    """
    if _in_turn(editions, choice, at_most):
        open_host = opener(editions, choice, run)
        failed: list[FailedEdition] = []
        for place, edition in enumerate(editions):
            try:
                capture(edition, open_host, rule, run)
            except HostError as error:
                return [*failed, *((left, error) for left in editions[place:])]
            except LivedeckError as error:
                failed += [(edition, part) for part in parts(error)]
        return failed
    from livedeck.hosts import fitting  # noqa: PLC0415 (the Docker SDK is slow to import)

    memory = editions[0].course.file.sandbox.memory
    at_most = fitting(memory, min(at_most, len(editions)), run)
    first = list({edition.engine: edition for edition in reversed(editions)}.values()) if choice.fresh else []
    others = [edition for edition in editions if edition not in first]
    work = _Work(choice, rule, dict(run.environ), run.now)
    failed = jobs.side_by_side(first, work, at_most, run.report)
    return failed + jobs.side_by_side(others, replace(work, choice=replace(choice, fresh=False)), at_most, run.report)


def _in_turn(editions: Sequence[Edition], choice: HostChoice, at_most: int) -> bool:
    """Return whether editions are captured in this process. Raises UsageError for several on one real machine."""
    if len({edition.engine for edition in editions}) == 1 and min(at_most, len(editions)) == 1:
        return True
    if choice.address != SANDBOX:
        hint = "name one engine, and leave --jobs out"
        raise UsageError(f"{choice.address} is one machine with one Docker", hint=hint)
    return False


@dataclass(frozen=True, slots=True)
class _Work:
    """A capture as the work of another process."""

    choice: HostChoice
    rule: Rule | None
    environ: Mapping[str, str]
    now: Callable[[], datetime]

    def __call__(self, edition: Edition, report: Report) -> None:
        """Capture one edition."""
        run = Run(self.environ, self.now, report)
        capture(edition, opener([edition], self.choice, run), self.rule, run)
