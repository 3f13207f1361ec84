"""One call of the command line: the project it is about, the machine it chose, and where it reports to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import ContentError, LivedeckError, UsageError, raise_all
from generator.messages import Console
from generator.model import FORMATS, Format

if TYPE_CHECKING:
    from generator.model import Built, Course, Deck, Host, Job, Report, Suits
    from generator.opening import HostChoice
    from generator.translation import Source

DEFAULT_FORMATS = "md,html,pdf"


@dataclass(frozen=True, slots=True)
class Invocation:
    """What every command needs: the course, found when first asked for, and where to print."""

    root: Path | None
    environ: Mapping[str, str]
    console: Console

    def course(self) -> Course:
        """The course. Raises UsageError where there is none, or a wrong one."""
        from generator import course

        return course.load((self.root or course.find_root(Path.cwd())).resolve())

    def folder(self) -> Path:
        """The project, or the working directory where there is none."""
        from generator import course

        try:
            return self.root or course.find_root(Path.cwd())
        except UsageError:
            return Path.cwd()

    def decks(self, names: tuple[str, ...]) -> tuple[Course, tuple[Deck, ...]]:
        """The course and the decks named, all where none is. Raises UsageError."""
        from generator import course

        loaded = self.course()
        return loaded, course.select(loaded, names)

    def opener(self, course: Course, decks: tuple[Deck, ...], engine: str, choice: HostChoice) -> Callable[[], Host]:
        """What opens the chosen host. Raises UsageError where it refuses."""
        from generator import opening

        return opening.opener(course, decks, engine, choice, environ=self.environ, now=now, report=self.console.report)

    def capture(
        self,
        course: Course,
        decks: tuple[Deck, ...],
        engines: tuple[str, ...],
        choice: HostChoice,
        at_most: int,
        *,
        committed: bool,
    ) -> None:
        """Capture decks on the chosen host, so many at a time. Raises what `pipeline.capture` raises."""
        report = self.console.report
        if len(engines) == 1 and min(at_most, len(decks)) == 1:
            _capture(course, decks, engines[0], choice, self.environ, committed=committed, report=report)
        elif choice.address == "sandbox":
            _side_by_side(course, decks, engines, choice, self.environ, at_most, committed=committed, report=report)
        else:
            raise UsageError(
                f"{choice.address} is one machine with one Docker", hint="name one engine, and leave --jobs out"
            )

    def capture_afresh(
        self, course: Course, decks: Sequence[Deck], engine: str, choice: HostChoice, suits: Suits
    ) -> None:
        """Capture decks that suit the chosen host into `build/records/`, one after the other; raises likewise."""
        chosen = tuple(decks)
        report = self.console.report
        _capture(course, chosen, engine, choice, self.environ, committed=False, report=report, suits=suits)

    def build(
        self,
        course: Course,
        decks: tuple[Deck, ...],
        engines: tuple[str, ...],
        source: Source,
        languages: Sequence[str],
        *,
        strict: bool,
    ) -> tuple[Built, ...]:
        """Build decks from their records on each engine. Raises what `pipeline.build` raises, for all of them.

        Of failed captures those are built that there are; ContentError where there is none.
        """
        from generator import pipeline, project
        from generator.model import Notice

        report = self.console.report
        wanted = _attempted(course, decks, engines, report) if source == "attempt" else dict.fromkeys(engines, decks)
        built: list[Built] = []
        errors: list[LivedeckError] = []
        for engine, chosen in wanted.items():
            try:
                built += pipeline.build(
                    course,
                    chosen,
                    engine,
                    source=source,
                    languages=languages,
                    strict=strict,
                    report=report,
                )
            except LivedeckError as error:
                errors.append(error)
        raise_all(errors)
        if left := sorted({path.stem for path in project.former_decks(course) if path.exists()}):
            still = f"build/ still has {', '.join(left)}, which the course has no more"
            report(Notice(f"{still}: livedeck clean removes what is built"))
        return tuple(built)


def _attempted(
    course: Course, decks: Sequence[Deck], engines: Sequence[str], report: Report
) -> dict[str, tuple[Deck, ...]]:
    """By engine, the decks of which a failed capture is kept; which are not is told. ContentError where none is."""
    from generator import project
    from generator.model import Notice

    found: dict[str, tuple[Deck, ...]] = {}
    lacking: list[str] = []
    for engine in engines:
        kept = tuple(deck for deck in decks if project.attempt_path(course, deck, engine).exists())
        if kept:
            found[engine] = kept
        if others := [deck.slug for deck in decks if deck not in kept]:
            lacking.append(f"{', '.join(others)} on {engine}")
    if not found:
        hint = "captures that end well leave none: without --attempt the slides are built from the record"
        raise ContentError(f"there is no failed capture of {' and of '.join(lacking)}", hint=hint)
    for each in lacking:
        report(Notice(f"there is no failed capture of {each}: left out"))
    return found


def _side_by_side(
    course: Course,
    decks: tuple[Deck, ...],
    engines: tuple[str, ...],
    choice: HostChoice,
    environ: Mapping[str, str],
    at_most: int,
    *,
    committed: bool,
    report: Report,
) -> None:
    """Capture every deck on every engine; with --fresh each image is made anew by the first deck that needs it."""
    from generator import hosts, jobs, project
    from generator.model import Job

    project.read_templates(course, decks)
    at_most = hosts.fitting(environ, course.file.sandbox.memory, min(at_most, len(decks) * len(engines)), report)
    everything = [Job(deck, engine) for deck in decks for engine in engines]
    first = everything[: len(engines)] if choice.fresh else []
    errors: list[LivedeckError] = []
    for some, chosen in ((first, choice), (everything[len(first) :], replace(choice, fresh=False))):
        work = functools.partial(_capture_job, course, chosen, dict(environ), committed)
        try:
            jobs.side_by_side(some, work, at_most, report)
        except LivedeckError as error:
            errors.append(error)
    raise_all(errors)


def _capture_job(
    course: Course, choice: HostChoice, environ: Mapping[str, str], committed: bool, job: Job, report: Report
) -> None:
    _capture(course, (job.deck,), job.engine, choice, environ, committed=committed, report=report)


def _capture(
    course: Course,
    decks: tuple[Deck, ...],
    engine: str,
    choice: HostChoice,
    environ: Mapping[str, str],
    *,
    committed: bool,
    report: Report,
    suits: Suits = lambda *_: None,
) -> None:
    from generator import opening, pipeline

    pipeline.capture(
        course,
        decks,
        engine,
        open_host=opening.opener(course, decks, engine, choice, environ=environ, now=now, report=report),
        committed=committed,
        operator=opening.operator(course),
        now=now,
        report=report,
        suits=suits,
    )


def engines_of(course: Course, name: str | None) -> tuple[str, ...]:
    """The named engine, all of them for `all`, or the course's own. Raises UsageError where there is none such."""
    return tuple(course.file.engines) if name == "all" else (engine_of(course, name),)


def engine_of(course: Course, name: str | None) -> str:
    """The named engine, or the course's own. Raises UsageError where the course has none of that name."""
    chosen = name or course.file.engine
    if chosen not in course.file.engines:
        known = ", ".join(sorted(course.file.engines))
        raise UsageError(f"there is no engine {chosen}", hint=f"decks/course.toml has {known}")
    return chosen


def formats_of(text: str) -> list[Format]:
    """The formats in a list with commas. Raises UsageError for one there is not."""
    wanted: list[Format] = []
    for name in filter(None, map(str.strip, text.split(","))):
        known = next((form for form in FORMATS if form == name), None)
        if known is None:
            raise UsageError(f"there is no format {name}", hint=f"formats are {', '.join(FORMATS)}")
        wanted.append(known)
    return wanted


def languages_of(course: Course, text: str | None) -> tuple[str, ...]:
    """The languages in a list with commas, all of the course without one. Raises UsageError for one it has not."""
    wanted = dict.fromkeys(lang.strip() for lang in text.split(",") if lang.strip()) if text else course.file.languages
    for lang in wanted:
        if lang not in course.file.languages:
            known = ", ".join(course.file.languages)
            raise UsageError(
                f"the course has no language {lang}", hint=f"it has {known}; livedeck i18n add {lang} adds one"
            )
    return tuple(wanted)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
