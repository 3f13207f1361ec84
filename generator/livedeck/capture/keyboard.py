"""Turn the text of an `input` option into what a person types while a command runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

ENTER = "\r"
"""What the key sends, on every terminal; programs that do not ask for single keys read it as a newline."""
_WAIT = re.compile(r"<wait:((?:[^>\\]|\\.)*)>")
_KEY = re.compile(r"\\(?P<escaped>.)|\^(?P<control>[A-Z\[\\\]^_])")
_CONTROL_KEY = re.compile(r"\^[A-Z\[\\\]^_]")
_ESCAPES = {"n": ENTER, "t": "\t", "e": "\x1b"}
_NO_ENTER = "\ue000"
"""Stands for `\\c` while a text is cut."""
_PIECE = re.compile(f"[^\r\x03\x04{_NO_ENTER}]*(?:[\r\x03\x04{_NO_ENTER}]|$)")


@dataclass(frozen=True, slots=True)
class Keys:
    """Bytes typed at once: when the text `after` has been shown, or without one when the command falls silent."""

    typed: bytes
    after: str | None = None


def keystrokes(text: str) -> tuple[Keys, ...]:
    r"""Return the pieces of an input, each to be typed when the command waits for it.

    `\n` is Enter, `\t` Tab, `\e` Escape and `^C` Ctrl-C; `\c` ends a piece without Enter; any other character after a
    backslash is itself. The text after `<wait:TEXT>` is typed once the command has shown TEXT. The last piece is
    followed by Enter unless it ends in `\c` or in a control key.
    """
    first, *rest = _WAIT.split(text)
    keys = _pieces(first, None)
    for after, part in zip(rest[::2], rest[1::2], strict=True):
        awaited = re.sub(r"\\(.)", r"\1", after)
        keys += _pieces(part, awaited) or [(_NO_ENTER, awaited)]
    if keys and keys[-1][0][-1:] >= " " and keys[-1][0][-1] != _NO_ENTER:
        keys[-1] = keys[-1][0] + ENTER, keys[-1][1]
    return tuple(Keys(typed.replace(_NO_ENTER, "").encode(), after) for typed, after in keys)


def typed_line(line: str) -> bytes:
    """Return what a person types for a line of a program: the key if it only names one, such as `^D`; else Enter."""
    if _CONTROL_KEY.fullmatch(line):
        return bytes([ord(line[1]) - 64])
    return (line + ENTER).encode()


def spelled(keys: bytes) -> str:
    """Return keys as messages show them."""
    return "".join(f"^{chr(ord(char) + 64)}" if char < " " else char for char in keys.decode(errors="replace"))


def _pieces(text: str, after: str | None) -> list[tuple[str, str | None]]:
    """Return the pieces of a text, with the text that each waits for: the first for `after`."""
    pieces = [piece for piece in _PIECE.findall(_KEY.sub(_key, text)) if piece]
    return [(piece, None if number else after) for number, piece in enumerate(pieces)]


def _key(match: re.Match[str]) -> str:
    if match["control"]:
        return chr(ord(match["control"]) - 64)
    return _NO_ENTER if match["escaped"] == "c" else _ESCAPES.get(match["escaped"], match["escaped"])
