"""What is said where a real machine is asked for and nobody has said that it may be broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livedeck.errors import UsageError
from livedeck.model import Location

WIDEST = 100


@dataclass(frozen=True, slots=True)
class Hazard:
    """A command of a deck, and in words what it would destroy on a real machine."""

    at: Location
    command: str
    words: str


def refusal(hazards: Sequence[Hazard], host: str) -> UsageError:
    """Return the error that keeps `host` from being used without `--disposable`, with all hazards in its detail."""
    detail: list[str] = []
    last = None
    for hazard in hazards:
        if (hazard.at, hazard.command) != last:
            detail.append(f"{hazard.at}: {_short(hazard.command)}")
            last = (hazard.at, hazard.command)
        detail.append(f"    {hazard.words}")
    return UsageError(
        f"{host} is a real machine, and what these decks do there stays done",
        hint="add --disposable if nothing on it is needed any more; without --host they run in a sandbox",
        detail=detail or ["no command of these decks is known to destroy anything"],
    )


def _short(command: str) -> str:
    first, *more = command.strip().split("\n")
    return f"{first[:WIDEST]}…" if more or len(first) > WIDEST else first
