"""Which worlds of two captures go together: where Docker and images came from, and the architecture."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livedeck import drift
from livedeck.errors import WorldError
from livedeck.model import Course, Location, Record, World, WorldChange


@dataclass(frozen=True, slots=True)
class Comparable:
    """The rule for a capture that is compared with a record: both are of one world, unless `across` is asked for."""

    across: bool = False

    def check(self, old: Record, new: World) -> None:
        """Raise WorldError where the rule forbids a capture in that world."""
        if not self.across and (apart := drift.apart(old, new)):
            message = f"the records of {old.deck} are not of one world: {differences(apart)}"
            hint = "that alone may explain what differs; --across compares them anyway"
            raise WorldError(message, at=_place(old), hint=hint)


@dataclass(frozen=True, slots=True)
class Replaceable:
    """The rule for a capture that replaces a committed record.

    Docker comes from the same source, and images of Docker Hub do not give way to stand-ins, unless options of the
    command line say so; `given` are those that choose the host.
    """

    course: Course
    given: Mapping[str, str]

    def check(self, old: Record, new: World) -> None:
        """Raise WorldError where the rule forbids a capture in that world, with the line that makes it anyway."""
        needed = needed_to_replace(old, new)
        if needed.items() - self.given.items():
            apart = differences(drift.apart(old, new))
            line = capture_line(self.course, [old.deck], old.engine, {**self.given, **needed})
            message = f"a capture of {old.deck} would replace a record of another world: {apart}"
            raise WorldError(message, at=_place(old), hint=f"to replace it anyway: {line}")


Rule = Comparable | Replaceable
"""Which records a capture may be compared with, or replace. A value that other processes can be given."""


def needed_to_replace(old: Record, new: World) -> dict[str, str]:
    """Return the options without which a capture of that world does not replace a record."""
    needed = {}
    if new.docker and drift.another_docker(old, new):
        needed["--source"] = new.docker.name
    if (old.images.source, new.images) == ("hub", "stand-in"):
        needed["--images"] = "stand-in"
    return needed


def capture_line(course: Course, decks: Sequence[str], engine: str, options: Mapping[str, str]) -> str:
    """Return the command line that captures decks on an engine, or on `all`; the value of a flag is empty."""
    own = {} if engine == course.file.engine else {"--engine": engine}
    words = [word for option in {**own, **options}.items() for word in option if word]
    return shlex.join(["livedeck", "capture", *decks, *words])


def differences(changes: Sequence[WorldChange]) -> str:
    """Say in a line what differs between two worlds."""
    return ", ".join(f"{change.what} {change.old} -> {change.new}" for change in changes)


def _place(record: Record) -> Location:
    return Location(f"decks/{record.deck}/records/{record.engine}.json", 1)
