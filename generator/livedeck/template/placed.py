"""The block of a step where it is in the Markdown: what rendering puts there, and paging moves."""

from __future__ import annotations

from dataclasses import dataclass

from livedeck.model import Key, Step


@dataclass(frozen=True, slots=True)
class Placed:
    """One execution of a step in the Markdown: the line (from 0) where its block begins, and its commands.

    `terminal` is the content of its terminal fence (None where the slide shows none), and `owners` has the command, by
    number from 0, that each line of it belongs to.
    """

    step: Step
    line: int
    keys: tuple[Key, ...]
    terminal: str | None
    owners: tuple[int, ...] = ()
