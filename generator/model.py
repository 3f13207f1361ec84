"""The nouns every stage shares. Data only: nothing here reads a file, runs a command or prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

import msgspec

ImagePolicy = Literal["auto", "hub", "stand-in"]
ImageSource = Literal["hub", "stand-in"]
Show = Literal["both", "command", "output", "none"]


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file, as messages show it: the path relative to the project root, lines from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


# --- the course file (decks/course.toml) ---------------------------------------------------------


class Terminal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The terminal and the shell prompt students see: columns, login name and host name."""

    columns: int = 120
    user: str = "ubuntu"
    hostname: str = "ip-10-0-1-14"


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Docker host profile: the Debian suite its packages come from, its version rule, its image store."""

    base: str = "debian:sid"
    docker: str | None = None
    containerd_store: bool = False


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that Livedeck itself writes on slides, in one language."""

    command: str = "Command"
    cut: str = "… {n} more lines …"


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
    language: str = "en"
    engine: str = "current"
    images: ImagePolicy = "auto"
    theme: str = "mspt2"
    terminal: Terminal = Terminal()
    step: StepSettings = StepSettings()
    redact: RedactSettings = RedactSettings()
    sandbox: SandboxLimits = SandboxLimits()
    engines: Mapping[str, Engine] = msgspec.field(default_factory=dict)
    labels: Mapping[str, Labels] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deck:
    """A folder `decks/<slug>/` with its template."""

    slug: str
    folder: Path
    template: str
    """The template's path relative to the project root, for messages."""


@dataclass(frozen=True, slots=True)
class Course:
    """The course file with the project it belongs to."""

    root: Path
    file: CourseFile
    decks: tuple[Deck, ...]

    def engine(self, name: str) -> Engine:
        """The named engine's profile; `course.load` has made sure that the course's own engine exists."""
        return self.file.engines[name]


# --- steps and captures --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One `run` fence: where it stands and what its options say.

    `exits` holds the expected exit codes, one per command; empty means that every command must exit 0, and None that
    any exit code will do. `copy` is what students copy from: a rule, or the number of one command (from 1); `copy_text`
    stands in its place. `prefix` is what has to stand before each further line of the step on the slide. `retry` is how
    many seconds a command may be repeated until its exit code is right. Of a long output the slide shows the first and
    last `lines`. `mark` is `added:ID`, or an expression between slashes. `input` is typed while the command runs. A
    step that `waits_at` a prompt leaves a program there. A `file` step writes its text to that path and shows it.
    """

    index: int
    at: Location
    text: str
    prefix: str = ""
    id: str | None = None
    exits: tuple[int, ...] | None = ()
    timeout: float = 60.0
    show: Show = "both"
    copy: Literal["all", "last", "none"] | int = "all"
    copy_text: str | None = None
    expand: bool = False
    retry: float = 0.0
    lines: tuple[int, int] | None = None
    mark: str | None = None
    input: str | None = None
    waits_at: str | None = None
    file: str | None = None
    language: str = "bash"

    def expected(self, number: int) -> int | None:
        """The exit code that the command `number` (from 0) should have; None where any will do."""
        if self.exits is None:
            return None
        return self.exits[number] if number < len(self.exits) else 0


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which command of a deck: order of the fence, n-th execution of that fence, n-th command in it (all from 0)."""

    fence: int
    execution: int
    command: int


class Capture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one command did. `output` is what the screen showed, in logical lines (soft wraps joined).

    `input` is what was typed while it ran; with `program` the command was typed into a program, not into the shell.
    `omitted` counts lines of an overlong output that were not kept; they stood after the first `omitted_after` lines.
    """

    prompt: str
    command: str
    output: tuple[str, ...]
    exit: int
    seconds: float
    omitted: int = 0
    omitted_after: int = 0
    input: str = ""
    program: bool = False


class Runner(Protocol):
    """One verb: what a command did, typed live on a host or read from a record."""

    def split(self, text: str) -> tuple[str, ...]:
        """The commands in the text of a step, by the rules of whoever it is typed into: bash, or a program in it."""
        ...

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """The capture of `command`, the command `key` of its deck."""
        ...


# --- hosts ---------------------------------------------------------------------------------------


class HostFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a template may ask of the host as `host.<name>`, and what a record says about where it was made."""

    kind: str
    docker_version: str
    storage_driver: str
    docker_root: str
    layer_dir: str
    architecture: str
    operating_system: str
    kernel: str
    hostname: str
    user: str


class Images(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the images of a capture came from: Docker Hub or stand-ins; `digests` maps `name:tag` to its digest."""

    source: ImageSource
    digests: Mapping[str, str] = msgspec.field(default_factory=dict)


class Channel(Protocol):
    """The two byte streams of one terminal."""

    def send(self, data: bytes) -> None:
        """Type `data`. Raises HostError when the other end is gone."""
        ...

    def receive(self, timeout: float) -> bytes | None:
        """The next bytes of the screen; None when `timeout` seconds passed without any; b"" at the end."""
        ...

    def exit_code(self) -> int | None:
        """The exit code of the program behind the terminal once it ended, where the host can tell."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Host(Protocol):
    """A running machine on which commands are typed. A context manager: leaving it ends the machine."""

    facts: HostFacts

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> Channel:
        """Run `command` as the course's user, in that user's home folder, in a pseudo-terminal of that size."""
        ...

    def images(self) -> Images:
        """Where images came from, with the digests of those that the host holds now."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


# --- records -------------------------------------------------------------------------------------


class RecordedStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The captures of one execution of one fence."""

    fence: int
    execution: int
    captures: tuple[Capture, ...]


class RecordedClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch of a claim held: the claim's order in the template, its n-th execution, the branch (all from 0)."""

    claim: int
    execution: int
    branch: int


class Failure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an attempt ended: what was wrong, where in the template, and the last lines of the terminal."""

    message: str
    file: str
    line: int
    detail: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All captures of one deck on one engine, with provenance. `captured` is UTC, ISO 8601.

    `files` is a digest of the deck's `files/`; `redacted` counts secrets taken out by rule; an attempt has a `failure`.
    """

    format: int
    deck: str
    engine: str
    captured: str
    columns: int
    host: HostFacts
    images: Images
    claims: tuple[RecordedClaim, ...]
    steps: tuple[RecordedStep, ...]
    files: str = ""
    redacted: Mapping[str, int] = msgspec.field(default_factory=dict)
    failure: Failure | None = None


# --- what templates see ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CourseView:
    """`course` in templates."""

    title: str
    author: str
    footer: str
    language: str


@dataclass(frozen=True, slots=True)
class DeckView:
    """`deck` in templates."""

    slug: str
    engine: str


# --- what is built -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rendered:
    """A deck in one language as Marp Markdown, with its number of slides and the claim branches shown."""

    markdown: str
    slides: int
    claims: tuple[RecordedClaim, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """One rendered deck on disk."""

    deck: Deck
    lang: str
    markdown: Path
    slides: int
    files: tuple[Path, ...] = field(default=())


# --- progress ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know that is no error: a fallback, a choice, a long wait."""

    text: str


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A command is being typed."""

    deck: str
    at: Location
    number: int
    total: int
    command: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """That command is done."""

    deck: str
    number: int
    total: int
    capture: Capture


@dataclass(frozen=True, slots=True)
class Wrote:
    """A file is complete on disk."""

    path: Path


Event = Notice | StepStarted | StepFinished | Wrote
Report = Callable[[Event], None]
