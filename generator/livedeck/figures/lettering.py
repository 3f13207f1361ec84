"""Text in figures: what can be written, and how wide it gets."""

from __future__ import annotations

import unicodedata
from typing import Literal

Family = Literal["prose", "mono"]

FAMILIES = {
    "prose": "Pretendard, 'Noto Sans CJK KR', 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif",
    "mono": "'JetBrains Mono', 'DejaVu Sans Mono', 'Noto Sans Mono CJK KR', Menlo, Consolas, monospace",
}
_MONO, _PROSE, _BROAD, _SLIM, _WIDE, _HANGUL = 0.61, 0.58, 0.68, 0.4, 1.0, 0.93
"""Advances in em, a little above those of the theme's fonts and of their substitutes."""
_UNSHOWABLE = ("Cc", "Cf", "Cs", "Cn")


def plain(text: str) -> str:
    """Return `text` in one line, with a mark for what XML cannot hold and what would change the order of letters."""
    words = " ".join(text.split())
    return "".join("\ufffd" if unicodedata.category(char) in _UNSHOWABLE else char for char in words)


def width(text: str, size: float, family: Family) -> float:
    """Return about how wide a text is in px: rather too wide, as the font that will draw it is not known."""
    return size * sum(_advance(char, family) for char in text)


def fitted(text: str, size: float, family: Family, room: float) -> str:
    """Return `text`, cut and with an ellipsis if it is wider than `room` px; nothing if not even that has room."""
    if width(text, size, family) <= room:
        return text
    left = room - width("…", size, family)
    kept = ""
    for char in text:
        left -= size * _advance(char, family)
        if left < 0:
            break
        kept += char
    return f"{kept.rstrip()}…" if kept else ""


def folded(text: str, size: float, family: Family, room: float, most: int) -> tuple[str, ...]:
    """Return `text` in at most `most` lines of `room` px, divided at its blanks; lines still too wide are cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if not lines[-1] or len(lines) == most or width(longer, size, family) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(fitted(line, size, family, room) for line in lines)


def _advance(char: str, family: Family) -> float:
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return _HANGUL if family == "prose" and "\uac00" <= char <= "\ud7a3" else _WIDE
    if family == "mono":
        return _MONO
    if char in " .,:;'|!()[]/ijl":
        return _SLIM
    return _BROAD if char.isupper() or char.isdigit() or char in "mw@%" else _PROSE
