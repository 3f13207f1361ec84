"""Characters in a run fence that a reader of the template cannot see: what runs must be what the diff shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livedeck.characters import hidden, name
from livedeck.template.complaints import Complaint
from livedeck.template.mask import line_of
from livedeck.template.reading.fences import Fence

_LAST_ASCII, _LAST_SHORT = 0x7F, 0xFFFF


def find(source: str, fences: Sequence[Fence]) -> Iterator[Complaint]:
    """Yield the first hidden character of each line of a fence, in its options, its commands or its file.

    Blanks count but for the ordinary one: bash takes a no-break space for a letter, and then there is no such command.
    So does a carriage return alone, unless it ends each line of the template.
    """
    newline = "\r\n" if "\n" in source else "\r"
    for fence in fences:
        text = source[fence.start : fence.end]
        seen: set[int] = set()
        for place in hidden(text, blanks=False):
            line = fence.line + line_of(text, place) - 1
            if text.startswith(newline, place) or line in seen:
                continue
            seen.add(line)
            yield line, f"this line holds {name(text[place])}, which is invisible", _hint(fence, line, text[place])


def _hint(fence: Fence, line: int, char: str) -> str:
    """Return what to do about a character on a line of a fence."""
    plain = "type the line again with an ordinary blank" if char.isspace() and char not in "\r\x85" else "delete it"
    if line == fence.line:
        return f"{plain}; keys have names in input: \\e is Escape, ^C is Ctrl-C"
    if fence.info.split()[1] != "run":
        return f"{plain}; a command such as printf can write a file that needs it"
    code = ord(char)
    spelled = f"\\x{code:02x}" if code <= _LAST_ASCII else f"\\u{code:04x}" if code <= _LAST_SHORT else f"\\U{code:08x}"
    return f"{plain}; bash makes it of $'{spelled}', and a key is typed with input"
