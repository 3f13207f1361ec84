"""The one tree of errors. Each carries what is wrong, where, and what to do; its class knows the exit code.

A command that fails on the host is data (`model.Capture.exit`) until a step says that it should not have failed. Only
when it could not be run at all is that a `HostError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import ClassVar, Self

from livedeck.model import Location

_LONGEST_NAME = 100


class LivedeckError(Exception):
    """Something the user has to know: what is wrong, where, and what to do.

    Args:
        message: what is wrong, without a full stop.
        at: the file and line it is about, if there is one.
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
    """The content is wrong: a template, a step, a claim, a record, or what was made from them (exit 1)."""


class TemplateError(ContentError):
    """A template cannot be read or rendered."""


class StepError(ContentError):
    """A command ran and did not do what its step expects."""


class ClaimError(ContentError):
    """A sentence of the deck is not true of the captures."""


class StaleRecordError(ContentError):
    """The record does not match this template: the commands or their order differ."""


class CatalogError(ContentError):
    """A catalog is damaged, or a translation would change more than words."""


class ExportError(ContentError):
    """Marp ran, and what it wrote is not the deck."""


class FitError(ContentError):
    """A slide shows more than it has room for."""


class UsageError(LivedeckError):
    """The command line or the course file is wrong (exit 2)."""

    exit_code: ClassVar[int] = 2


class WorldError(UsageError):
    """Two records come from different worlds: source of Docker, Docker Hub or stand-ins, or architecture."""


class HostError(LivedeckError):
    """A host or a tool is missing or failed (exit 3)."""

    exit_code: ClassVar[int] = 3


class DriftError(LivedeckError):
    """A deck no longer does what its record says; the slides still build (exit 4)."""

    exit_code: ClassVar[int] = 4


class Problems(LivedeckError):  # noqa: N818 (several errors, not one)
    """Several errors found together; its exit code is the highest of theirs."""

    def __init__(self, errors: Sequence[LivedeckError]) -> None:
        super().__init__(f"{len(errors)} problems")
        self.errors = tuple(errors)


def named(command: str) -> str:
    """Return a command as messages name it: its first line in backticks, cut if it is very long."""
    return f"`{first_line(command)}`"


def first_line(command: str) -> str:
    """Return the first line of a command, cut if it is very long."""
    return cut(command.split("\n", 1)[0], _LONGEST_NAME)


def cut(line: str, width: int) -> str:
    """Return a line cut to `width` characters, with a mark if anything was left out."""
    return line if len(line) <= width else f"{line[:width]}…"


def number(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that `name` may have been meant to be; None if none is similar."""
    from difflib import get_close_matches  # noqa: PLC0415 (only a misspelt name needs it)

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


def parts(error: LivedeckError) -> tuple[LivedeckError, ...]:
    """Return the errors in `Problems`, or the error itself."""
    return error.errors if isinstance(error, Problems) else (error,)


def exit_code(error: LivedeckError) -> int:
    """Return the exit code of an error: the highest one of its parts."""
    return max((part.exit_code for part in parts(error)), default=1)


def raise_all(errors: Sequence[LivedeckError]) -> None:
    """Raise nothing for no errors, a single one itself, and several as `Problems` in the order of their places."""
    if errors:
        raise combined(errors)


def combined(errors: Sequence[LivedeckError]) -> LivedeckError:
    """Return a single error itself, and several as `Problems` in the order of their places."""
    single = [part for error in errors for part in parts(error)]
    if len(single) == 1:
        return single[0]
    return Problems(sorted(single, key=lambda e: (e.at.path, e.at.line) if e.at else ("", 0)))


@contextmanager
def refusing(wrong: Callable[[str], LivedeckError]) -> Iterator[None]:
    """Raise the error that `wrong` makes of a reason where a parser gives up on the content it gets inside.

    The one guard around parsers: each says in its own ways what it cannot read, and content can also exhaust it
    (nested too deeply, a number with too many digits). Only the parser belongs inside, and what walks through
    its result.
    """
    try:
        yield
    except LivedeckError:
        raise
    except RecursionError:
        error = wrong("it is nested too deeply")
    except MemoryError:
        error = wrong("it is too large")
    except Exception as failure:  # noqa: BLE001 (a parser can raise anything; it is the content's fault)
        reason = " ".join(str(failure).split()) or type(failure).__name__
        error = wrong("a number has too many digits" if reason.startswith("Exceeds the limit") else reason)
    else:
        return
    raise error


class ErrorCollector:
    """Collects errors, so that one does not hide the others; at the end of its `with` block it raises them all.

    An error raised in the block outside of `catch` is raised alone.
    """

    def __init__(self) -> None:
        self.errors: list[LivedeckError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            raise_all(self.errors)

    def add(self, errors: Iterable[LivedeckError]) -> None:
        """Add errors."""
        self.errors.extend(errors)

    @contextmanager
    def catch(self) -> Iterator[None]:
        """Collect an error that is raised inside."""
        try:
            yield
        except LivedeckError as error:
            self.errors.append(error)
