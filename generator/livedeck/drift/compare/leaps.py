"""Sizes are volatile, but some are so far apart that they are worth a look: 10MB, and now 10GB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from livedeck.records.volatile import Part

_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?P<unit>[kKMGTP]?)i?B?")
_UNITS = " KMGTP"
_FAR = 100


def leaps(old: Sequence[Part], new: Sequence[Part]) -> Iterator[str]:
    """Yield the sizes of a line then and now of which one is at least 100 times the other; 0 does not count."""
    sides = ([part.text for part in line if part.kind == "size"] for line in (old, new))
    for before, after in zip(*sides, strict=False):
        low, high = sorted((_bytes(before), _bytes(after)))
        if low and high >= _FAR * low:
            yield f"{before} -> {after}"


def _bytes(text: str) -> float:
    size = _SIZE.fullmatch(text)
    return float(size["number"]) * 1000 ** _UNITS.index(size["unit"].upper() or " ") if size else 0
