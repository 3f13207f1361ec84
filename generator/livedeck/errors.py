"""The one tree of errors. Each carries what is wrong, where, and what to do; its class knows the exit code.

A command that fails on the host is data (`model.Capture.exit`) until a step says it should not have failed.
Not being able to run it at all is a `HostError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from livedeck.model import Location

_LONGEST_NAME = 100


class LivedeckError(Exception):
    """Something the user has to know: one sentence, a place and the way out.

    Args:
        message: what is wrong, without a full stop.
        at: the file and line it is about, where there is one.
        hint: what to do about it.
        detail: further lines shown as they are (the last lines of a terminal, say).
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        at: Location | None = None,
        hint: str | None = None,
        detail: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint
        self.detail = tuple(detail)


class ContentError(LivedeckError):
    """The content is wrong: a template, a step, a claim, a record or what came out of them (exit 1)."""


class TemplateError(ContentError):
    """A template cannot be read or rendered."""


class StepError(ContentError):
    """A command ran and did not do what its step says."""


class ClaimError(ContentError):
    """A sentence of the deck is not true of the captures."""


class StaleRecordError(ContentError):
    """The record is not of this template: other commands, or another order."""


class CatalogError(ContentError):
    """A catalog is damaged, or a translation would change more than words."""


class ExportError(ContentError):
    """Marp ran and what it wrote is not the deck."""


class FitError(ContentError):
    """A slide shows more than it has room for."""


class UsageError(LivedeckError):
    """The command line or the course file is wrong (exit 2)."""

    exit_code: ClassVar[int] = 2


class WorldError(UsageError):
    """Two records are not of one world: other sources of Docker, Docker Hub and stand-ins, or two architectures."""


class HostError(LivedeckError):
    """A host or a tool is missing or broke down (exit 3)."""

    exit_code: ClassVar[int] = 3


class DriftError(LivedeckError):
    """What a deck does is no longer what its record says; the slides still build (exit 4)."""

    exit_code: ClassVar[int] = 4


class Problems(LivedeckError):  # noqa: N818 (several errors, not one)
    """Several errors found in one go; its exit code is the gravest of theirs."""

    def __init__(self, errors: Sequence[LivedeckError]) -> None:
        super().__init__(f"{len(errors)} problems")
        self.errors = tuple(errors)


def named(command: str) -> str:
    """A command as messages name it: its first line in backticks, cut where it is very long."""
    line = command.splitlines()[0]
    return f"`{line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + '…'}`"


def number(count: int, noun: str) -> str:
    """A count with its noun, as messages say it."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The name that somebody who wrote `name` may have meant; None where none is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 (nobody waits for it who writes no wrong name)

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


def parts(error: LivedeckError) -> tuple[LivedeckError, ...]:
    """The errors that an error stands for: those of `Problems`, or itself."""
    return error.errors if isinstance(error, Problems) else (error,)


def exit_code(error: LivedeckError) -> int:
    """The exit code of an error: the highest one among the errors it stands for."""
    return max((part.exit_code for part in parts(error)), default=1)


def raise_all(errors: Sequence[LivedeckError]) -> None:
    """Raise nothing, the one error, or all they stand for as `Problems`, in the order of their places."""
    single = [part for error in errors for part in parts(error)]
    if not single:
        return
    if len(single) == 1:
        raise single[0]
    raise Problems(sorted(single, key=lambda e: (e.at.path, e.at.line) if e.at else ("", 0)))
