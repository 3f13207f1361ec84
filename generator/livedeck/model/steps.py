"""Steps of a template and what their commands did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

Show = Literal["both", "command", "output", "none"]
DriftRule = Literal["ignore", "unordered"]


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file, as messages show it: the path relative to the project root, lines from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One `run` fence: where it is and what its options say.

    `exits` holds the expected exit codes, one per command; empty means that every command must exit 0, None that any
    exit code is right. `copy` is what students copy from: a rule, or the number of one command (from 1); `copy_text`
    replaces it. `prefix` begins each further line of the step on the slide. `retry` is for how many seconds a command
    may be repeated until its exit code is right. The slide shows the first and last `lines` of a long output. `mark` is
    `added:ID`, or an expression between slashes. `input` is typed while the command runs; `rows` is the height of the
    terminal meanwhile, if not the course's. The first command of a `shell` step opens a shell, that of a step with
    `prompts` a program that waits at one of them (regular expressions for a whole line); what follows is typed into it.
    `fail` is an expression for a line that says that what was typed into the program failed. A `file` step writes its
    text to that path and shows it. `split` continues what is too long for a slide on more slides.
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
    rows: int | None = None
    shell: bool = False
    prompts: tuple[str, ...] = ()
    fail: str | None = None
    file: str | None = None
    language: str = "bash"
    drift: DriftRule | None = None
    split: bool = False

    def expected(self, number: int) -> int | None:
        """Return the exit code that the command `number` (from 0) should have; None if any is right."""
        if self.exits is None:
            return None
        return self.exits[number] if number < len(self.exits) else 0


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which command of a deck: number of the fence, of its execution, and of the command in it (all from 0)."""

    fence: int
    execution: int
    command: int


class Capture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one command did. `output` is what the screen showed, in logical lines (soft wraps joined).

    `prompt` has several lines where the shell's has. `exit` is None where nobody can know it: the command left a shell
    or a program open, or was typed into a program that went on. `input` is what was typed while it ran; with `program`
    the command was typed into a program that is no shell, and `failed` is the line of its answer that counts as error
    there. `omitted` counts the lines of a very long output that were not kept, after the first `omitted_after`.
    `styles` are the runs of colours and the like of an output line, by its index (from 0), such as `0-5 1;31, 8-9 4`:
    columns of the text (from 0, the end excluded) and parameters of SGR (ECMA-48, 8.3.117).
    """

    prompt: str
    command: str
    output: tuple[str, ...]
    exit: int | None
    seconds: float
    omitted: int = 0
    omitted_after: int = 0
    input: str = ""
    program: bool = False
    failed: str = ""
    styles: Mapping[int, str] = msgspec.field(default_factory=dict)


class Runner(Protocol):
    """Says what a command did: typed live on a host, or read from a record."""

    def split(self, step: Step, text: str) -> tuple[str, ...]:
        """Split the text of a step into commands, by the rules of what it is typed into: a shell, or a program."""
        ...

    def run(self, key: Key, command: str, step: Step) -> Capture:
        """Return the capture of `command`, the command `key` of its deck."""
        ...
