"""What a comparison of two records says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livedeck.model.slides import Slide
from livedeck.model.steps import Capture, Key, Location

Verdict = Literal["same", "volatile", "drift", "failed"]
Mark = Literal["", "volatile", "changed"]
LineKind = Literal["same", "volatile", "changed", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line, and whether it is volatile or has changed."""

    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class LinePair:
    """A line then and now, side by side; None on the side that has no such line."""

    kind: LineKind
    old: tuple[Span, ...] | None
    new: tuple[Span, ...] | None


@dataclass(frozen=True, slots=True)
class ComparedCommand:
    """One command then and now. `reasons` say in words what counts; `old` and `new` are None where it was not run.

    `key` is the place in the newer record, or in the older one for a command that is gone. `leaps` are sizes of a
    volatile one that are far apart, which is no drift.
    """

    key: Key
    command: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    lines: tuple[LinePair, ...] = ()
    at: Location | None = None
    slide: Slide | None = None
    old: Capture | None = None
    new: Capture | None = None
    leaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimBranch:
    """A branch of a claim, from 1, with its sentence and where that begins; empty and None where they are not known.

    The values in the sentence are those of its record if it is known which they are, else the template's `{{ }}`.
    """

    branch: int
    sentence: str = ""
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class ComparedClaim:
    """A claim that holds by another branch than before; None where it was not reached."""

    number: int
    old: ClaimBranch | None
    new: ClaimBranch | None
    at: Location | None = None
    slide: Slide | None = None


@dataclass(frozen=True, slots=True)
class WorldChange:
    """What differs between the machines or images, not in what a command did."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records: what it is called in the report, its engine, and when it was captured (UTC)."""

    name: str
    engine: str
    captured: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A deck that could not be compared on an engine: what is wrong, and where."""

    deck: str
    engine: str
    message: str
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two records of a deck compared. `masks` are the course's rules that matched something in one of them.

    `unreached` counts commands that a failed capture did not come to.
    """

    deck: str
    old: Side
    new: Side
    world: tuple[WorldChange, ...]
    commands: tuple[ComparedCommand, ...]
    claims: tuple[ComparedClaim, ...]
    masks: frozenset[str] = frozenset()
    unreached: int = 0

    def count(self, verdict: Verdict) -> int:
        """How many commands have that verdict."""
        return sum(command.verdict == verdict for command in self.commands)

    @property
    def drifted(self) -> bool:
        """Whether anything counts that no volatile value explains."""
        return bool(self.claims) or self.count("drift") > 0
