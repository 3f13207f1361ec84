"""The course: its file `decks/course.toml`, key for key, and its decks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from livedeck.model.figures import FigureLabels

ImagePolicy = Literal["auto", "hub", "stand-in"]


class Terminal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The terminal and the shell prompt students see: columns, login name and host name."""

    columns: int = 120
    user: str = "ubuntu"
    hostname: str = "ip-10-0-1-14"


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Docker host profile: where its Docker comes from, its version rule, its image store.

    `source` is debian, docker.com, the address of an apt repository laid out like docker.com's (with the fingerprint
    of its `key`), or auto: docker.com where it can be reached, else Debian. None means what `docker_source` says.
    `archive` is the path or address of static binaries, with their `sha256`. Without `containerd_store` it is the image
    store of a new installation of that version. `machine_lines` are expressions by name: lines of output that match one
    whole are about the machine and no part of a capture.
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
        """The source: the one it names, its archive, Debian where only a base is given, else auto."""
        if self.source:
            return self.source
        return "archive" if self.archive else "debian" if self.base else "auto"


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that Livedeck itself writes on slides, in one language; the last three are those of the copy button."""

    command: str = "Command"
    cut: str = "… {n} more lines …"
    copy: str = "Copy the command"
    copied: str = "Copied"
    not_copied: str = "Could not be copied: select the command instead"
    figure: FigureLabels = FigureLabels()


class SandboxLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sandbox may use: memory (`4g`; empty for no limit), processes, and the disk space it has to leave free.

    Below `keep_free` on the disk that holds it, the sandbox ends.
    """

    memory: str = "4g"
    processes: int = 8192
    keep_free: str = "1g"


class RedactSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What else must not reach a record: expressions by name. `allowed` texts are no secrets in this course."""

    rules: Mapping[str, str] = msgspec.field(default_factory=dict)
    allowed: tuple[str, ...] = ()


class StepSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How steps look: `template` is a Jinja file beside the course file that replaces the built-in one."""

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


@dataclass(frozen=True, slots=True)
class Job:
    """One deck to be captured on one engine."""

    deck: Deck
    engine: str

    def __str__(self) -> str:
        return f"{self.deck.slug} on {self.engine}"


@dataclass(frozen=True, slots=True)
class Course:
    """The course file with the project it belongs to."""

    root: Path
    file: CourseFile
    decks: tuple[Deck, ...]

    def engine(self, name: str) -> Engine:
        """The named engine's profile; `course.load` has made sure that the course's own engine exists."""
        return self.file.engines[name]
