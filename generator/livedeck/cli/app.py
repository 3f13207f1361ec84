"""One call of the command line: the course it is about, and what it has of the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from livedeck.cli.console import Console, secrets_of
from livedeck.errors import UsageError
from livedeck.model import FORMATS, Course, Edition, Format, Run, Source
from livedeck.project import course as course_file
from livedeck.project.validation import ALL_ENGINES


@dataclass(frozen=True, slots=True)
class App:
    """What every command needs: the course, found when it is first asked for, its `Run`, and where to print."""

    root: Path | None
    run: Run
    console: Console

    def course(self) -> Course:
        """Return the course; what is printed follows its rules from now on. Raises UsageError if there is none."""
        course = course_file.load((self.root or course_file.find_root(Path.cwd())).resolve())
        self.console.redact = secrets_of(course)
        return course

    def folder(self) -> Path:
        """Return the project, or the working directory where there is none."""
        try:
            return self.root or course_file.find_root(Path.cwd())
        except UsageError:
            return Path.cwd()

    def editions(
        self, names: tuple[str, ...], engine: str | None = None, source: Source = "committed"
    ) -> tuple[Edition, ...]:
        """Return the named decks, or all, on an engine, or on `all`; the course's own engine if none is given.

        There is at least one. Raises UsageError.
        """
        course = self.course()
        decks = course_file.select(course, names)
        engines = tuple(course.file.engines) if engine == ALL_ENGINES else (engine_of(course, engine),)
        return tuple(Edition(course, deck, name, source) for name in engines for deck in decks)

    def edition(self, name: str, engine: str | None = None) -> Edition:
        """Return the named deck on the named engine, or on the course's own. Raises UsageError."""
        course = self.course()
        return Edition(course, course_file.select(course, (name,))[0], engine_of(course, engine))


def engine_of(course: Course, name: str | None) -> str:
    """Return the named engine, or the course's own. Raises UsageError where the course has none of that name."""
    chosen = name or course.file.engine
    if chosen not in course.file.engines:
        known = ", ".join(sorted(course.file.engines))
        raise UsageError(f"there is no engine {chosen}", hint=f"decks/course.toml has {known}")
    return chosen


def formats_of(text: str) -> list[Format]:
    """Return the formats in a list with commas. Raises UsageError for an unknown one."""
    wanted: list[Format] = []
    for name in filter(None, map(str.strip, text.split(","))):
        known = next((form for form in FORMATS if form == name), None)
        if known is None:
            raise UsageError(f"there is no format {name}", hint=f"formats are {', '.join(FORMATS)}")
        wanted.append(known)
    return wanted


def languages_of(course: Course, text: str | None) -> tuple[str, ...]:
    """Return the languages in a list with commas, or all of the course. Raises UsageError for one it does not have."""
    wanted = dict.fromkeys(lang.strip() for lang in text.split(",") if lang.strip()) if text else course.file.languages
    for lang in wanted:
        if lang not in course.file.languages:
            known = ", ".join(course.file.languages)
            raise UsageError(
                f"the course has no language {lang}", hint=f"it has {known}; livedeck i18n add {lang} adds one"
            )
    return tuple(wanted)


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)
