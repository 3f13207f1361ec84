"""Turn the text of an `input` option into what a person types while a command runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WAIT = re.compile(r"<wait:((?:[^>\\]|\\.)*)>")
_KEY = re.compile(r"\\(?P<escaped>.)|\^(?P<control>[A-Z\[\\\]^_])")
_ESCAPES = {"n": "\n", "t": "\t", "e": "\x1b"}


@dataclass(frozen=True, slots=True)
class Keys:
    """Bytes typed at once: when the text `after` has been shown, or without one when the command falls silent."""

    typed: bytes
    after: str | None = None


def keystrokes(text: str) -> tuple[Keys, ...]:
    r"""Return the lines of an input, each to be typed when the command waits for it.

    `\n` is Enter, `\t` Tab, `\e` Escape and `^C` Ctrl-C; any other character after a backslash is itself. The text
    after `<wait:TEXT>` is typed once the command has shown TEXT. The last line is followed by Enter unless it ends in a
    control key.
    """
    first, *rest = _WAIT.split(text)
    keys = _lines(first, None)
    for after, part in zip(rest[::2], rest[1::2], strict=True):
        keys += _lines(part, re.sub(r"\\(.)", r"\1", after))
    if keys and keys[-1].typed[-1:] >= b" ":
        keys[-1] = Keys(keys[-1].typed + b"\n", keys[-1].after)
    return tuple(keys)


def _lines(text: str, after: str | None) -> list[Keys]:
    """Return the lines of a text; the first waits for `after`."""
    keys = _KEY.sub(_key, text)
    lines = [line.encode() for line in re.findall(r"[^\n\x03\x04]*(?:[\n\x03\x04]|$)", keys) if line]
    return [Keys(line, None if number else after) for number, line in enumerate(lines)]


def _key(match: re.Match[str]) -> str:
    if match["control"]:
        return chr(ord(match["control"]) - 64)
    return _ESCAPES.get(match["escaped"], match["escaped"])
