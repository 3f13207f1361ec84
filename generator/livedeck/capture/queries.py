"""What a terminal answers when a program asks it something."""

from __future__ import annotations

import re

QUESTION = re.compile(r"\x1b(?:\[[?>]?[\d;]{0,32}+(?:[cnt]|\$p)|\]1[01];\?(?:\x07|\x1b\\))")
"""A sequence that may ask for something."""
_COLOURS = {"10": "d3d3/dddd/e1e1", "11": "1f1f/2a2a/3030"}
"""Of text and of its ground, as in the theme."""
_DEVICE = "\x1b[?62;22c"
"""A VT220 with colours."""
_VERSION = "\x1b[>0;0;0c"
"""One that has no special features."""


def answer(kind: str, numbers: str, cursor: tuple[int, int], size: tuple[int, int]) -> str:
    """Return the answer to a control sequence, or nothing if it asks for nothing.

    Args:
        kind: what stands before and after its numbers, such as `?n`; of a question for a colour, which one.
        numbers: its parameters as they were written; of a question for a colour, how it ended.
        cursor: row and column, counted from one.
        size: columns and rows.
    """
    text = ""
    match kind, numbers:
        case "n", "5":
            text = "\x1b[0n"
        case (("n" | "?n"), "6"):
            text = f"\x1b[{kind[:-1]}{cursor[0]};{cursor[1]}R"
        case "c", "" | "0":
            text = _DEVICE
        case ">c", "" | "0":
            text = _VERSION
        case "t", "18":
            text = f"\x1b[8;{size[1]};{size[0]}t"
        case (("$p" | "?$p"), _):
            text = f"\x1b[{kind[:-2]}{numbers};0$y"
        case (("10" | "11"), _):
            text = f"\x1b]{kind};rgb:{_COLOURS[kind]}{numbers}"
    return text
