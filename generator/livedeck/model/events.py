"""What is reported while something is going on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from livedeck.model.drift import Comparison
from livedeck.model.steps import Capture, Location


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


@dataclass(frozen=True, slots=True)
class Replaced:
    """A record has taken the place of another one; what that changed."""

    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Failed:
    """One of several captures went wrong; it is told in full once all are done."""

    text: str


Event = Notice | StepStarted | StepFinished | Wrote | Replaced | Failed


@dataclass(frozen=True, slots=True)
class JobEvent:
    """What one of several captures that run side by side reports."""

    job: str
    event: Event


AnyEvent = Event | JobEvent
Report = Callable[[AnyEvent], None]
