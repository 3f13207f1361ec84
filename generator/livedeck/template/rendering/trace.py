"""Take the anchors (`program.anchors`) out of what Jinja wrote, and learn from them where each line came from."""

from __future__ import annotations

import re

from livedeck.template.private_use import spelled
from livedeck.template.program.anchors import ANCHOR
from livedeck.template.rendering.placeholders import Placeholders
from livedeck.template.traced import Traced

_FIRST = re.compile(f"(?:{ANCHOR.pattern})+")


def trace(text: str, placeholders: Placeholders) -> Traced:
    """Return what Jinja wrote, without its anchors.

    Of several anchors the last one counts: the others end lines that hold only tags. A line without an anchor has the
    line of its first value, or that of the line above.
    """
    lines: list[int] = []
    rows = text.split("\n")
    for row in rows:
        if found := _FIRST.match(row):
            lines.append(spelled(found[1]))
        elif first := next(placeholders.find(ANCHOR.sub("", row)), None):
            lines.append(placeholders.at(first[2]).line)
        else:
            lines.append(lines[-1] if lines else 1)
    return Traced(ANCHOR.sub("", text), tuple(lines))
