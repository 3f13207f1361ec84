"""Numbers spelled in characters that no template may hold, so that a mark of ours is never taken for text.

Tokens of values (`rendering.placeholders`) and anchors of lines (`program.anchors`) are made of them.
"""

from __future__ import annotations

import re

_FIRST, _LAST = "\U0010fe00", "\U0010ff01"
_HEX = "0123456789abcdef"
_SPELLED = "".join(chr(ord(_FIRST) + value) for value in range(len(_HEX)))
_TO_PRIVATE, _TO_HEX = str.maketrans(_HEX, _SPELLED), str.maketrans(_SPELLED, _HEX)
RESERVED = re.compile(f"[{_FIRST}-{_LAST}]")
"""A character that no template may hold."""
DIGITS = f"[{_SPELLED}]+"
"""The pattern of a spelled number."""


def spell(digits: str) -> str:
    """Return hexadecimal digits as private characters."""
    return digits.translate(_TO_PRIVATE)


def spelled(text: str) -> int:
    """Return the number that `spell` wrote."""
    return int(text.translate(_TO_HEX), 16)
