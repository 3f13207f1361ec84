"""Which characters a reader can see: the allow list of everything that is printed, and of every command that is typed.

A terminal, a browser and a diff do not agree about the others: some move the cursor, some turn the order of the text
around them, and some show nothing at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_SEEN = "LMNPS"
"""The first letters of the categories of what can be seen: letters, marks, numbers, punctuation, symbols."""
_BLANK = (
    *("\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180c", "\u180d", "\u180f", "\u2800"),
    *("\u3164", "\uffa0", *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))),
)
"""Letters and marks, by their category, that show nothing: fillers, joiners and variation selectors."""
_HIDDEN_MARKS = frozenset(_BLANK)
_NEW_PICTOGRAPHS = range(0x1F000, 0x1FB00)
"""The blocks of emoji: what is not assigned there may be in a newer Unicode than Python's, and can be seen."""
_CONTROLS = {
    "\0": "NULL",
    "\a": "BELL",
    "\b": "BACKSPACE",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
    "\x9b": "CONTROL SEQUENCE INTRODUCER",
}
"""Names that Unicode leaves to others."""
_SIGNS = "\u203c\u2049\u2139\u3030\u303d"
"""What is no symbol by its category and has a picture all the same."""
_JOINERS = "\u200c\u200d"
_PRESENTATIONS = "\ufe0e\ufe0f"
"""The variation selectors that choose text or emoji."""
_KEYCAP = "\u20e3"


def hidden(text: str, *, blanks: bool = True) -> Iterator[int]:
    """Yield the places of all characters that cannot be seen, but for newlines and tabs.

    Joiners and selectors count as seen where honest writing needs them: in an emoji, and between letters of scripts
    that join, such as Arabic and Devanagari. With `blanks` false, a blank other than the ordinary one counts as hidden.
    """
    if text.isascii() and text.isprintable():
        return
    for place, char in enumerate(text):
        if not (" " <= char <= "~" or "가" <= char <= "힣" or char in "\n\t" or _is_seen(text, place, char, blanks)):
            yield place


def name(char: str) -> str:
    """Return the number and the name of a character, as messages show them."""
    unnamed = {"Cc": "control character", "Co": "private use", "Cs": "half a character"}
    found = unicodedata.name(char, "") or _CONTROLS.get(char) or unnamed.get(unicodedata.category(char), "unassigned")
    return f"U+{ord(char):04X} ({found})"


def _is_seen(text: str, place: int, char: str, blanks: bool) -> bool:
    category = unicodedata.category(char)
    if category == "Zs":
        return blanks or char == " "
    if char in _JOINERS:
        return _joins(text, place)
    if char in _PRESENTATIONS:
        return _presents(text, place)
    if category == "Cn":
        return ord(char) in _NEW_PICTOGRAPHS
    return category[0] in _SEEN and char not in _HIDDEN_MARKS


def _joins(text: str, place: int) -> bool:
    """Return whether a joiner is in an emoji, or between letters without case: those of scripts that join."""
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    if not before or not after:
        return False
    letters = ("Lo", "Mn", "Mc")
    if unicodedata.category(before) in letters and unicodedata.category(after) in letters:
        return not {before, after} & _HIDDEN_MARKS
    parts = text[place] == "\u200d" and _is_pictograph(after)
    return parts and (_is_pictograph(before) or (before in _PRESENTATIONS and _presents(text, place - 1)))


def _presents(text: str, place: int) -> bool:
    """Return whether a selector follows a character that has two looks: a symbol, or the digit of a keycap."""
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    return bool(before) and (_is_pictograph(before) or (before in "#*0123456789" and after == _KEYCAP))


def _is_pictograph(char: str) -> bool:
    """Return whether an emoji can consist of this character: a symbol, and some signs."""
    if char.isascii() or char in _HIDDEN_MARKS:
        return False
    return unicodedata.category(char) in ("So", "Sm", "Sk") or char in _SIGNS or ord(char) in _NEW_PICTOGRAPHS
