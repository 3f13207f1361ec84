"""The nouns of an examination: what was found, and what is examined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from generator.model import Course
from generator.system import System

State = Literal["ok", "missing", "broken", "old"]

ANY_BUILD = ("build",)
PAGES = ("build", "build --live")
"""What makes HTML, PDF and pictures."""

PRINTS = ("build --format pdf,png,pptx",)
"""What is printed by a browser; a plain build leaves the PDF out and says so."""

LIVE = ("capture", "build --live", "shell")
"""What starts a sandbox."""

EVERYTHING = ("build", "build --live", "capture", "shell", "steps", "clean")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    `missing` and `broken` things keep the commands in `affects` from working; what is `old` still works, and is not as
    it should be. `found` is a version and a path, or what is wrong; `mend` is what to do, empty where nothing is.
    """

    name: str
    state: State
    found: str
    affects: tuple[str, ...] = ()
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined: a project, its course where that can be read, and the machine it lies on."""

    root: Path
    course: Course | None
    environ: Mapping[str, str]
    system: System
    now: datetime
