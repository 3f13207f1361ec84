"""What a person types while a command runs, from the text of an `input` option."""

from __future__ import annotations

import re

_KEY = re.compile(r"\\(?P<escaped>.)|\^(?P<control>[A-Z\[\\\]^_])")
_ESCAPES = {"n": "\n", "t": "\t", "e": "\x1b"}


def keystrokes(text: str) -> tuple[bytes, ...]:
    r"""The lines of an input, each to be typed when the command waits for it.

    `\n` is Enter, `\t` Tab, `\e` Escape and `^C` Ctrl-C; any other character behind a backslash is itself. A last line
    is followed by Enter unless it ends in a control key.
    """
    if not text:
        return ()
    keys = _KEY.sub(lambda match: _key(match["escaped"], match["control"]), text)
    lines = re.findall(r"[^\n\x03\x04]*(?:[\n\x03\x04]|$)", keys)
    typed = [line for line in lines if line]
    if typed and typed[-1][-1] >= " ":
        typed[-1] += "\n"
    return tuple(line.encode() for line in typed)


def _key(escaped: str | None, control: str | None) -> str:
    if control:
        return chr(ord(control) - 64)
    return _ESCAPES.get(escaped or "", escaped or "")
