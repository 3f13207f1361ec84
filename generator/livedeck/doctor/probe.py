"""The nouns of an examination: what is examined, a probe with the commands it affects, and what it finds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from livedeck.doctor.system import System
from livedeck.errors import HostError, LivedeckError, StaleRecordError, parts
from livedeck.model import Course

State = Literal["ok", "missing", "broken", "old"]

MARKDOWN = "build --format md"
"""Builds slides with Livedeck alone."""

PRINTS = ("build --format pdf,png,pptx", "fit")
"""Commands that need a browser."""

LIVE = ("capture", "drift", "build --live", "shell")
"""Commands that start a sandbox."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of looking at one thing.

    Commands in `affects` do not work while the thing is `missing` or `broken`; what is `old` works, but is not as it
    should be. `found` is a version and a path, or what is wrong; `fix` is what to do about it, empty where nothing is
    needed. `works` lists what can be done all the same.
    """

    name: str
    state: State
    found: str
    affects: tuple[str, ...] = ()
    fix: str = ""
    works: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined: a project, its course if it can be read, and the machine."""

    root: Path
    course: Course | None
    environ: Mapping[str, str]
    system: System
    now: datetime

    def which(self, program: str) -> str | None:
        """Return the path of a program, also from the sbin folders that most users' PATH leaves out."""
        path = self.environ.get("PATH", "")
        return shutil.which(program, path=path) or shutil.which(program, path=path.replace("/bin", "/sbin"))


@dataclass(frozen=True, slots=True)
class Probe:
    """A row of the table: what is looked at, which commands need it, and what works without it."""

    name: str
    look: Callable[[Probe, Case], Iterable[Finding]]
    affects: tuple[str, ...] = ()
    works: tuple[str, ...] = ()

    def ok(self, found: str) -> Finding:
        """Return the finding that all is well."""
        return Finding(self.name, "ok", found, self.affects)

    def gap(self, state: State, found: str, fix: str) -> Finding:
        """Return the finding that something is missing, broken or old."""
        return Finding(self.name, state, found, self.affects, fix, () if state == "old" else self.works)

    def wrong(self, error: LivedeckError, state: State = "broken") -> Iterable[Finding]:
        """Yield a finding for each error that `error` consists of."""
        for part in parts(error):
            fix = part.hint or "correct it"
            if isinstance(part, StaleRecordError):
                fix = fix.rpartition(": ")[2]  # the command alone: the rest repeats the message
            said = part.detail[-1:] if isinstance(part, HostError) else ()
            found = ": ".join([*map(str, filter(None, [part.at])), part.message, *said])
            yield self.gap(state, found, fix)
