"""A secret in a text."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A secret: `text[start:end]`, the rule that says that it is one, and what replaces it if that is not a mark."""

    start: int
    end: int
    rule: str
    shown: str = ""
