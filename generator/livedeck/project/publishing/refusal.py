"""Why a file is not published."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 (the caller turns it into an error with a place)
    """A file cannot be published.

    Args:
        reason: what is wrong with it; the words follow its name (`does not exist`).
        hint: what to do about it.
    """

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
