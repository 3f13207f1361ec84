"""The refusal to use a real machine without `--disposable`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from livedeck.errors import UsageError, cut
from livedeck.model import Location

WIDEST = 100


@dataclass(frozen=True, slots=True)
class Hazard:
    """A command of a deck, and what it would destroy on a real machine."""

    at: Location
    command: str
    words: str


def refusal(hazards: Sequence[Hazard], host: str) -> UsageError:
    """Return the error for using `host` without `--disposable`; its detail lists all hazards."""
    detail: list[str] = []
    for (at, command), found in groupby(hazards, key=lambda hazard: (hazard.at, hazard.command.strip())):
        short = cut(command, min(WIDEST, len(command.split("\n")[0])))
        detail += [f"{at}: {short}", *(f"    {hazard.words}" for hazard in found)]
    return UsageError(
        f"{host} is a real machine, and what these decks do there cannot be undone",
        hint="add --disposable if nothing on it is needed any more; without --host the decks run in a sandbox",
        detail=detail or ["no command of these decks is known to destroy anything"],
    )
