"""What the Docker SDK raises, and what Livedeck says instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from livedeck.errors import HostError

NO_DAEMON = (
    "start Docker, or choose a daemon that you may use with DOCKER_HOST or `docker context use`; "
    "`docker version` shows whether it answers"
)
TRY_AGAIN = "check with `docker version` that Docker answers, then run the command again"
# Why there is no connection, at the end of the SDK's long message.
_CAUSE = re.compile(r"\(Caused by .*\[Errno -?\d+\] ([^'\")\]]+)")


def failures() -> tuple[type[Exception], ...]:
    """Return the exceptions of the Docker SDK for a daemon that refuses, is gone, or answers nonsense."""
    from docker.errors import DockerException  # noqa: PLC0415
    from requests.exceptions import RequestException  # noqa: PLC0415

    return (DockerException, RequestException, OSError)


@contextmanager
def explained(what: str, *, hint: str = TRY_AGAIN) -> Iterator[None]:
    """Turn what the Docker SDK raises into a HostError that begins with `what`."""
    try:
        yield
    except failures() as error:
        raise HostError(f"{what}: {reason(error)}", hint=hint) from error


def reason(error: BaseException) -> str:
    """Return the daemon's own words on one line, without those of the SDK."""
    if _timed_out(error):
        return "it did not answer in time"
    said = getattr(error, "explanation", None) or str(error)
    if isinstance(said, bytes):
        said = said.decode(errors="replace")
    said = " ".join(str(said).split())
    cause = _CAUSE.search(said)
    return (cause[1] if cause else said) or type(error).__name__


def _timed_out(error: BaseException | None) -> bool:
    """Return whether a time-out caused the SDK's error."""
    from requests.exceptions import Timeout  # noqa: PLC0415

    while error is not None and not isinstance(error, Timeout | TimeoutError):
        error = error.__cause__ or error.__context__
    return error is not None
