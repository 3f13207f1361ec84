"""The nouns of an examination: what was found, and what is examined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from livedeck.doctor.system import System
from livedeck.model import Course

State = Literal["ok", "missing", "broken", "old"]

FROM_RECORDS = ("build", "check", "fit")
"""What makes slides of committed records."""

PAGES = ("build", "build --live", "check", "fit")
"""What makes HTML, PDF and pictures."""

MARKDOWN = "build --format md"
"""What makes slides with Livedeck alone."""

WITHOUT_PAGES = (MARKDOWN, "capture", "drift")
"""What works where none can be made."""

PRINTS = ("build --format pdf,png,pptx", "fit")
"""What needs a browser."""

WITHOUT_PRINTS = ("build (without the PDF)", "check (without measuring)")
"""What works without one, and says so."""

LIVE = ("capture", "drift", "build --live", "shell")
"""What starts a sandbox."""

WITHOUT_LIVE = ("build", "check", "fit", "drift --against", "drift --from", "capture --host ssh://")
"""What works where none can be started."""

WRITING = (*PAGES, "capture", "drift")
"""What writes into `build/`."""

EVERYTHING = (*WRITING, "shell", "steps", "i18n", "clean")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    `missing` and `broken` things keep the commands in `affects` from working; what is `old` still works, and is not as
    it should be. `found` is a version and a path, or what is wrong; `mend` is what to do, empty where nothing is.
    `works` is what one can do all the same, as far as this thing is concerned.
    """

    name: str
    state: State
    found: str
    affects: tuple[str, ...] = ()
    mend: str = ""
    works: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined: a project, its course where that can be read, and the machine it lies on."""

    root: Path
    course: Course | None
    environ: Mapping[str, str]
    system: System
    now: datetime
