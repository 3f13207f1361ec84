"""Judge decks as they are in the repository; nothing is executed, and no file is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from livedeck.errors import ErrorCollector
from livedeck.flow import translate
from livedeck.flow.build import build, export, fit
from livedeck.model import AnyEvent, BuiltDeck, Edition, Run, Wrote

if TYPE_CHECKING:
    from livedeck.export.fit import FitFinding


def check(editions: Sequence[Edition], run: Run) -> None:
    """Raise everything that is wrong with decks: templates, stale records, claims, catalogs, exports and fit."""
    course, run = editions[0].course, _without_files(run)
    built: list[BuiltDeck] = []
    with ErrorCollector() as errors:
        for edition in editions:
            with errors.catch():
                built += build([edition], course.file.languages, ["md"], run)
                errors.add(translate.wrong(edition))
        with errors.catch():
            exported = export(course, built, ["html"], run, optional=False)
            errors.add(finding.error() for finding in fit(course, exported, run, optional=True))


def measure(editions: Sequence[Edition], run: Run) -> tuple[int, tuple[FitFinding, ...]]:
    """Return how many slides the decks have in all languages, and what overflows on them."""
    course, run = editions[0].course, _without_files(run)
    built = build(editions, course.file.languages, ["html"], run)
    return sum(len(deck.slides) for deck in built), fit(course, built, run, optional=False)


def _without_files(run: Run) -> Run:
    """Return the run without reports of files that are made on the way: a check does not look like a build."""

    def report(event: AnyEvent) -> None:
        if not isinstance(event, Wrote):
            run.report(event)

    return replace(run, report=report)
