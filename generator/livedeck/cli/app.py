"""One call of the command line: the project it is about, the machine it chose, and where it reports to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from livedeck.cli.console import Console
from livedeck.errors import ContentError, HostError, LivedeckError, UsageError, parts, raise_all
from livedeck.model import FORMATS, Format

if TYPE_CHECKING:
    from livedeck.flow.drift import Fresh, Rule
    from livedeck.flow.jobs import Failure
    from livedeck.flow.open_host import HostChoice
    from livedeck.flow.translate import Source
    from livedeck.model import BuiltDeck, Course, Deck, Host, Job, Report

DEFAULT_FORMATS = "md,html,pdf"


@dataclass(frozen=True, slots=True)
class App:
    """What every command needs: the course, found when first asked for, and where to print."""

    root: Path | None
    environ: Mapping[str, str]
    console: Console

    def course(self) -> Course:
        """The course. Raises UsageError where there is none, or a wrong one."""
        from livedeck.project import course

        return course.load((self.root or course.find_root(Path.cwd())).resolve())

    def folder(self) -> Path:
        """The project, or the working directory where there is none."""
        from livedeck.project import course

        try:
            return self.root or course.find_root(Path.cwd())
        except UsageError:
            return Path.cwd()

    def decks(self, names: tuple[str, ...]) -> tuple[Course, tuple[Deck, ...]]:
        """The course and the decks named, all where none is. Raises UsageError."""
        from livedeck.project import course

        loaded = self.course()
        return loaded, course.select(loaded, names)

    def opener(self, course: Course, decks: tuple[Deck, ...], engine: str, choice: HostChoice) -> Callable[[], Host]:
        """What opens the chosen host. Raises UsageError where it refuses."""
        from livedeck.flow import open_host as opening

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
        """Capture decks on the chosen host, so many at a time. Raises what `pipeline.capture` raises.

        Where there are several engines or several at a time, a HostError ends none but its own capture.
        """
        from livedeck.flow import decks as project
        from livedeck.flow import drift as comparison
        from livedeck.flow.jobs import told
        from livedeck.model import Job

        rule = comparison.Replaceable(course, choice.options) if committed else None
        capturing = _Capturing(course, choice, dict(self.environ), committed, rule)
        wanted = [Job(deck, engine) for deck in decks for engine in engines]
        if _one_by_one(wanted, choice, at_most):
            capturing.capture(decks, engines[0], self.console.report)
            return
        project.read_templates(course, decks)
        failed = capturing.side_by_side(wanted, at_most, self.console.report)
        raise_all(told(failed, several=len(engines) > 1))

    def afresh(self, course: Course, wanted: Sequence[Job], choice: HostChoice, at_most: int) -> Fresh:
        """How decks are captured into `build/records/` for a comparison, so many at a time.

        Raises UsageError where the chosen host takes but one.
        """
        from livedeck.flow import drift as comparison
        from livedeck.flow import open_host as opening

        alone = _one_by_one(wanted, choice, at_most)

        def capture(known: Sequence[Job], rule: Rule) -> Sequence[Failure]:
            capturing = _Capturing(course, choice, dict(self.environ), committed=False, rule=rule)
            try:
                if alone:
                    return capturing.one_by_one(known, self.console.report)
                return capturing.side_by_side(known, at_most, self.console.report)
            except LivedeckError as error:
                return [(job, part) for job in known for part in parts(error)]

        return comparison.Fresh(capture, lambda engine: opening.foreseen(course, engine, choice))

    def build(
        self,
        course: Course,
        decks: tuple[Deck, ...],
        engines: tuple[str, ...],
        source: Source,
        languages: Sequence[str],
        *,
        strict: bool,
    ) -> tuple[BuiltDeck, ...]:
        """Build decks from their records on each engine. Raises what `pipeline.build` raises, for all of them.

        Of failed captures those are built that there are; ContentError where there is none.
        """
        from livedeck.flow import build as pipeline
        from livedeck.flow import decks as project
        from livedeck.model import Notice

        report = self.console.report
        wanted = _attempted(course, decks, engines, report) if source == "attempt" else dict.fromkeys(engines, decks)
        built: list[BuiltDeck] = []
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
    from livedeck.flow import decks as project
    from livedeck.model import Notice

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


@dataclass(frozen=True, slots=True)
class _Capturing:
    """How decks are captured, in this process or, as the work of a job, in another one."""

    course: Course
    choice: HostChoice
    environ: Mapping[str, str]
    committed: bool
    rule: Rule | None

    def __call__(self, job: Job, report: Report) -> None:
        """Capture one deck."""
        self.capture((job.deck,), job.engine, report)

    def capture(
        self, decks: Sequence[Deck], engine: str, report: Report, open_host: Callable[[], Host] | None = None
    ) -> None:
        """Capture decks on one engine. Raises what `pipeline.capture` raises, and UsageError where the host refuses."""
        from livedeck.flow import build as pipeline
        from livedeck.flow import open_host as opening

        pipeline.capture(
            self.course,
            decks,
            engine,
            open_host=open_host or self.opener(decks, engine, report),
            committed=self.committed,
            operator=opening.operator(self.course),
            now=now,
            report=report,
            rule=self.rule,
        )

    def opener(self, decks: Sequence[Deck], engine: str, report: Report) -> Callable[[], Host]:
        """What opens the chosen host. Raises UsageError where it refuses."""
        from livedeck.flow import open_host as opening

        return opening.opener(self.course, decks, engine, self.choice, environ=self.environ, now=now, report=report)

    def one_by_one(self, wanted: Sequence[Job], report: Report) -> list[Failure]:
        """Capture decks on one engine, and return what went wrong with which. After a HostError no other is tried."""
        open_host = self.opener([job.deck for job in wanted], wanted[0].engine, report)
        failed: list[Failure] = []
        for place, job in enumerate(wanted):
            try:
                self.capture((job.deck,), job.engine, report, open_host)
            except HostError as error:
                return [*failed, *((left, error) for left in wanted[place:])]
            except LivedeckError as error:
                failed += [(job, part) for part in parts(error)]
        return failed

    def side_by_side(self, wanted: Sequence[Job], at_most: int, report: Report) -> list[Failure]:
        """Capture decks on their engines, so many at a time, and return what went wrong with which.

        With --fresh each image is made anew by the first deck that needs it.
        """
        from livedeck import hosts
        from livedeck.flow import jobs

        memory = self.course.file.sandbox.memory
        at_most = hosts.fitting(self.environ, memory, min(at_most, len(wanted)), report)
        first = list({job.engine: job for job in reversed(wanted)}.values()) if self.choice.fresh else []
        others = [job for job in wanted if job not in first]
        failed = jobs.side_by_side(first, self, at_most, report)
        return failed + jobs.side_by_side(
            others, replace(self, choice=replace(self.choice, fresh=False)), at_most, report
        )


def _one_by_one(wanted: Sequence[Job], choice: HostChoice, at_most: int) -> bool:
    """Whether decks are captured in this process. Raises UsageError for several captures on what is no sandbox."""
    if len({job.engine for job in wanted}) == 1 and min(at_most, len(wanted)) == 1:
        return True
    if choice.address != "sandbox":
        hint = "name one engine, and leave --jobs out"
        raise UsageError(f"{choice.address} is one machine with one Docker", hint=hint)
    return False


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
