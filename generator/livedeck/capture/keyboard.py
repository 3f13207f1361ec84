"""What a person types while a command runs, from the text of an `input` option."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WAIT = re.compile(r"<wait:((?:[^>\\]|\\.)*)>")
_KEY = re.compile(r"\\(?P<escaped>.)|\^(?P<control>[A-Z\[\\\]^_])")
_ESCAPES = {"n": "\n", "t": "\t", "e": "\x1b"}


@dataclass(frozen=True, slots=True)
class Keys:
    """What is typed in one go: when the text `after` has been shown, or without one when the command falls silent."""

    typed: bytes
    after: str | None = None


def keystrokes(text: str) -> tuple[Keys, ...]:
    r"""The lines of an input, each to be typed when the command waits for it.

    `\n` is Enter, `\t` Tab, `\e` Escape and `^C` Ctrl-C; any other character behind a backslash is itself. What stands
    behind `<wait:TEXT>` is typed once the command has shown TEXT. A last line is followed by Enter unless it ends in a
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
    """The lines of a text; the first is typed behind `after`."""
    keys = _KEY.sub(lambda match: _key(match["escaped"], match["control"]), text)
    lines = [line.encode() for line in re.findall(r"[^\n\x03\x04]*(?:[\n\x03\x04]|$)", keys) if line]
    return [Keys(line, None if number else after) for number, line in enumerate(lines)]


def _key(escaped: str | None, control: str | None) -> str:
    if control:
        return chr(ord(control) - 64)
    return _ESCAPES.get(escaped or "", escaped or "")
