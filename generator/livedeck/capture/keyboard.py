"""Turn the text of an `input` option into what a person types while a command runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest

ENTER = "\r"
"""What the key sends, on every terminal; programs that do not ask for single keys read it as a newline."""
_WAIT = re.compile(r"<wait:((?:[^>\\]|\\.)*)>")
_KEY = re.compile(r"\\(?P<escaped>.)|\^(?P<control>[A-Z\[\\\]^_])")
_CONTROL_KEY = re.compile(r"\^[A-Z\[\\\]^_]")
_ESCAPES = {"n": ENTER, "t": "\t", "e": "\x1b"}
_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_NO_ENTER = "\ue000"
"""Stands for `\\c` while a text is cut."""
_PIECE = re.compile(f"[^\r\x03\x04{_NO_ENTER}]*(?:[\r\x03\x04{_NO_ENTER}]|$)")


@dataclass(frozen=True, slots=True)
class Keys:
    """Bytes typed at once: when the text `after` has been shown, or without one when the command falls silent."""

    typed: bytes
    after: str | None = None
    written: tuple[int, int] = field(default=(0, 0), compare=False)
    """Where the input has them, without what says that they end."""

    @property
    def line(self) -> str | None:
        """What is typed before Enter, as the answer to a question; None if they are other keys."""
        text, enter, _ = self.typed.decode().partition(ENTER)
        return text if enter and text.strip() and not _CONTROLS.search(text) else None


def keystrokes(text: str) -> tuple[Keys, ...]:
    r"""Return the pieces of an input, each to be typed when the command waits for it.

    `\n` is Enter, `\t` Tab, `\e` Escape and `^C` Ctrl-C; `\c` ends a piece without Enter; any other character after a
    backslash is itself. The text after `<wait:TEXT>` is typed once the command has shown TEXT. The last piece is
    followed by Enter unless it ends in `\c` or in a control key.
    """
    waits = [*_WAIT.finditer(text)]
    keys = _pieces(text, 0, waits[0].start() if waits else len(text), None)
    for wait, following in zip_longest(waits, waits[1:]):
        awaited = re.sub(r"\\(.)", r"\1", wait[1])
        end = following.start() if following else len(text)
        keys += _pieces(text, wait.end(), end, awaited) or [(_NO_ENTER, awaited, (end, end))]
    if keys and keys[-1][0][-1:] >= " " and keys[-1][0][-1] != _NO_ENTER:
        keys[-1] = keys[-1][0] + ENTER, *keys[-1][1:]
    return tuple(Keys(typed.replace(_NO_ENTER, "").encode(), after, written) for typed, after, written in keys)


def typed_line(line: str) -> bytes:
    """Return what a person types for a line of a program: the key if it only names one, such as `^D`; else Enter."""
    if _CONTROL_KEY.fullmatch(line):
        return bytes([ord(line[1]) - 64])
    return (line + ENTER).encode()


def spelled(keys: bytes) -> str:
    """Return keys as messages show them."""
    return "".join(f"^{chr(ord(char) + 64)}" if char < " " else char for char in keys.decode(errors="replace"))


def _pieces(text: str, start: int, end: int, after: str | None) -> list[tuple[str, str | None, tuple[int, int]]]:
    """Return the pieces of a part of a text, the text that each waits for (the first for `after`), and their places."""
    typed, at = "", start
    places: list[int] = []
    for key in _KEY.finditer(text, start, end):
        typed += text[at : key.start()] + _key(key)
        places += range(at, key.start() + 1)
        at = key.end()
    typed += text[at:end]
    places += range(at, end + 1)
    found = [piece for piece in _PIECE.finditer(typed) if piece[0]]
    return [
        (piece[0], None if number else after, (places[piece.start()], places[piece.end() - _ends(piece[0])]))
        for number, piece in enumerate(found)
    ]


def _ends(piece: str) -> bool:
    """Return whether the last character of a piece says that it ends there."""
    return piece[-1] < " " or piece[-1] == _NO_ENTER


def _key(match: re.Match[str]) -> str:
    if match["control"]:
        return chr(ord(match["control"]) - 64)
    return _NO_ENTER if match["escaped"] == "c" else _ESCAPES.get(match["escaped"], match["escaped"])
