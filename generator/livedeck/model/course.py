"""The course: its file `decks/course.toml`, key for key, and its decks."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from livedeck.model.figures import FigureLabels

ImagePolicy = Literal["auto", "hub", "stand-in"]


HEIGHTS = range(5, 1001)
"""The numbers of rows that a terminal may have."""
STAND_INS = "decks/_stand-ins"
"""The folder, below the project root, that stand-ins are built from."""


class Terminal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The terminal and the shell prompt students see: columns and rows, login name and host name."""

    columns: int = 120
    rows: int = 40
    user: str = "ubuntu"
    hostname: str = "ip-10-0-1-14"


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A Docker host profile: where Docker comes from, its version, its image store.

    `source` is debian, docker.com, the address of an apt repository laid out like docker.com's (with the fingerprint
    of its `key`), or auto: docker.com where it can be reached, else Debian. None means what `docker_source` says.
    `archive` is the path or address of static binaries, with their `sha256`. Without `containerd_store` the image store
    is the one that a new installation of that version has. `machine_lines` are expressions by name: output lines that
    match one entirely are about the machine and not part of a capture.
    """

    source: str | None = None
    base: str | None = None
    docker: str | None = None
    archive: str | None = None
    sha256: str | None = None
    key: str | None = None
    containerd_store: bool | None = None
    machine_lines: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def docker_source(self) -> str:
        """The source: the one it names, its archive, Debian if only a base is given, else auto."""
        if self.source:
            return self.source
        return "archive" if self.archive else "debian" if self.base else "auto"


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that Livedeck itself writes on slides, in one language; the copy button uses the `copy` ones."""

    command: str = "Command"
    cut: str = "… {n} more lines …"
    copy: str = "Copy the command"
    copied: str = "Copied"
    not_copied: str = "Could not be copied: select the command instead"
    figure: FigureLabels = FigureLabels()


class SandboxLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sandbox may use: memory (`4g`; empty for no limit), processes, and the disk space it must leave free.

    The sandbox ends when its disk has less than `keep_free` left. `runtime` is the name of a runtime of the operator's
    daemon that runs it; empty for that daemon's default.
    """

    memory: str = "4g"
    processes: int = 8192
    keep_free: str = "1g"
    runtime: str = ""


class RedactSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What else must not reach a record: expressions by name. `allowed` texts are not secrets in this course."""

    rules: Mapping[str, str] = msgspec.field(default_factory=dict)
    allowed: tuple[str, ...] = ()


class StepSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How steps look: `template` is a Jinja file next to the course file that replaces the built-in one."""

    template: str | None = None


class CourseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`decks/course.toml`, key for key. Only `title` is required."""

    title: str
    author: str = ""
    footer: str = ""
    languages: tuple[str, ...] = ("en",)
    engine: str = "current"
    images: ImagePolicy = "auto"
    theme: str = "mspt2"
    terminal: Terminal = Terminal()
    step: StepSettings = StepSettings()
    redact: RedactSettings = RedactSettings()
    sandbox: SandboxLimits = SandboxLimits()
    engines: Mapping[str, Engine] = msgspec.field(default_factory=dict)
    labels: Mapping[str, Labels] = msgspec.field(default_factory=dict)
    masks: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language that the templates are written in: the first one."""
        return self.languages[0]


@dataclass(frozen=True, slots=True)
class Deck:
    """A folder `decks/<slug>/` with its template."""

    slug: str
    folder: Path
    template: str
    """The template's path relative to the project root, for messages."""

    @property
    def root(self) -> Path:
        """The project."""
        return self.folder.parents[1]


@dataclass(frozen=True, slots=True)
class Course:
    """The course file with the project it belongs to."""

    root: Path
    file: CourseFile
    decks: tuple[Deck, ...]

    def engine(self, name: str) -> Engine:
        """Return the profile of the named engine; `course.load` has checked that the course's own engine exists."""
        return self.file.engines[name]

    @property
    def locks(self) -> Path:
        """The folder of the files that keep commands apart: see `Edition.lock` and `flow.locks`."""
        return self.root / "build" / LOCKS


Source = Literal["committed", "live", "attempt"]
"""Which record an edition has: the committed one, the one of a live build, or the one of the last failed capture."""

ENGINES, RECORDS, ATTEMPTS, LOCKS, BEFORE = "engines", "records", "attempts", ".locks", "before"
"""The folders of `build/` that editions have files in, besides one of each deck for its pictures."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One deck on one engine from one source, and where its files are."""

    course: Course = field(repr=False, compare=False)
    deck: Deck
    engine: str
    source: Source = "committed"

    def __str__(self) -> str:
        return f"{self.deck.slug} on {self.engine}"

    def from_source(self, source: Source) -> Edition:
        """Return the edition of the same deck on the same engine from another source."""
        return replace(self, source=source)

    @property
    def record(self) -> Path:
        """The record that the edition is built from, and that a capture of it writes."""
        if self.source == "attempt":
            return self.attempt
        build = self.course.root / "build" / RECORDS / self.deck.slug
        folder = self.deck.folder / "records" if self.source == "committed" else build
        return folder / f"{self.engine}.json"

    @property
    def attempt(self) -> Path:
        """Where the captures of a failed capture go."""
        return self.course.root / "build" / ATTEMPTS / self.deck.slug / f"{self.engine}.json"

    def markdown(self, lang: str) -> Path:
        """Return where the Marp Markdown goes; the other formats are beside it.

        Builds of the course's own engine are in `build/`, those of each other engine in a folder of its own below it.
        """
        folder = self.course.root / "build"
        if self.source == "attempt":
            folder /= ATTEMPTS
        if self.engine != self.course.file.engine:
            folder = folder / ENGINES / self.engine
        return folder / f"{self.deck.slug}.{lang}.md"

    @property
    def lock(self) -> Path:
        """The file that keeps two captures of one deck apart."""
        return self.course.locks / f"{self.deck.slug}.{self.engine}"

    @property
    def arguments(self) -> str:
        """What follows `livedeck capture` or `livedeck shell` on a command line that names this deck and engine."""
        is_own = self.engine == self.course.file.engine
        slug = shlex.quote(self.deck.slug)
        return slug if is_own else f"{slug} --engine {self.engine}"

    def shown(self, path: Path) -> str:
        """Return a path of the course as messages show it: relative to the project root."""
        return str(path.relative_to(self.course.root))
