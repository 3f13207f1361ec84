"""The list of hazards of one command."""

from __future__ import annotations

from livedeck.hosts.hazards import destructive
from livedeck.model import Location

AT = Location("decks/01-docker-images/deck.md", 41)
MAY = "may run anything"


def found(command: str) -> list[str]:
    return [hazard.words for hazard in destructive([(AT, command)])]
