"""The result of comparing two records."""

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
    """A piece of a line, marked if it is volatile or has changed."""

    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class LinePair:
    """An old and a new line side by side; None on the side that has no such line."""

    kind: LineKind
    old: tuple[Span, ...] | None
    new: tuple[Span, ...] | None


@dataclass(frozen=True, slots=True)
class ComparedCommand:
    """One command in both records. `reasons` say in words what counts; `old` or `new` is None if it was not run there.

    `key` is its place in the newer record, or in the older one for a command that is gone. `leaps` are sizes in a
    volatile command that are far apart, which is not drift.
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
    """A branch of a claim, counted from 1, with its sentence and where that begins, if they are known.

    The values in the sentence are those of its record if they are known, else the template's `{{ }}`.
    """

    branch: int
    sentence: str = ""
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class ComparedClaim:
    """A claim that now holds by another branch; `old` or `new` is None if the claim was not reached."""

    number: int
    old: ClaimBranch | None
    new: ClaimBranch | None
    at: Location | None = None
    slide: Slide | None = None


@dataclass(frozen=True, slots=True)
class WorldChange:
    """A difference between the machines or images, not in what a command did."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records: its name in the report, its engine, and when it was captured (UTC)."""

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
    """Two records of a deck, compared. `masks` are the rules of the course that matched something in one of them.

    `unreached` counts commands that a failed capture did not reach.
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
        """Return how many commands have that verdict."""
        return sum(command.verdict == verdict for command in self.commands)

    @property
    def drifted(self) -> bool:
        """Whether anything differs that no volatile value explains."""
        return bool(self.claims) or self.count("drift") > 0
