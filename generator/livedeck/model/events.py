"""What is reported while a command is working, and what a command has of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from livedeck.model.drift import Comparison
from livedeck.model.steps import Capture, Location


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know that is not an error: a fallback, a choice, a long wait."""

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
    """A command has finished."""

    deck: str
    number: int
    total: int
    capture: Capture


@dataclass(frozen=True, slots=True)
class Wrote:
    """A file is complete on disk."""

    path: Path


@dataclass(frozen=True, slots=True)
class Replaced:
    """A record has replaced another one; the comparison says what changed."""

    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Failed:
    """One of several captures failed; the error is shown in full once all are done."""

    text: str


Event = Notice | StepStarted | StepFinished | Wrote | Replaced | Failed


@dataclass(frozen=True, slots=True)
class JobEvent:
    """What one of several captures reports that run side by side."""

    job: str
    event: Event


AnyEvent = Event | JobEvent
Report = Callable[[AnyEvent], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What a command has of the world: its environment, the clock (UTC), and where it reports."""

    environ: Mapping[str, str]
    now: Callable[[], datetime]
    report: Report
