"""One call of the command line: the project it is about, the machine it chose, and where it reports to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UsageError
from generator.messages import Console
from generator.model import FORMATS, Format

if TYPE_CHECKING:
    from generator.model import Course, Deck, Host
    from generator.opening import HostChoice

DEFAULT_FORMATS = "md,html,pdf"


@dataclass(frozen=True, slots=True)
class Invocation:
    """What every command needs: the course, found when first asked for, and where to print."""

    root: Path | None
    environ: Mapping[str, str]
    console: Console

    def course(self) -> Course:
        """The course. Raises UsageError where there is none, or a wrong one."""
        from generator import course  # noqa: PLC0415 (--help and --version come first)

        return course.load((self.root or course.find_root(Path.cwd())).resolve())

    def folder(self) -> Path:
        """The project, or the working directory where there is none."""
        from generator import course  # noqa: PLC0415

        try:
            return self.root or course.find_root(Path.cwd())
        except UsageError:
            return Path.cwd()

    def decks(self, names: tuple[str, ...]) -> tuple[Course, tuple[Deck, ...]]:
        """The course and the decks named, all where none is. Raises UsageError."""
        from generator import course  # noqa: PLC0415

        loaded = self.course()
        return loaded, course.select(loaded, names)

    def opener(self, course: Course, decks: tuple[Deck, ...], engine: str, choice: HostChoice) -> Callable[[], Host]:
        """What opens the chosen host. Raises UsageError where it refuses."""
        from generator import opening  # noqa: PLC0415

        return opening.opener(course, decks, engine, choice, environ=self.environ, now=now, report=self.console.report)

    def capture(
        self, course: Course, decks: tuple[Deck, ...], engine: str, choice: HostChoice, *, committed: bool
    ) -> None:
        """Capture decks on the chosen host. Raises what `pipeline.capture` raises."""
        from generator import opening, pipeline  # noqa: PLC0415

        pipeline.capture(
            course,
            decks,
            engine,
            open_host=self.opener(course, decks, engine, choice),
            committed=committed,
            operator=opening.operator(course),
            now=now,
            report=self.console.report,
        )


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
