"""Which line of a template is being rendered, or raised an error: Jinja knows, and its frames have it."""

from __future__ import annotations

import traceback
from bisect import bisect_right
from functools import lru_cache
from types import FrameType, TracebackType

import jinja2


def current_line(frame: FrameType) -> int:
    """Return the template line that is being rendered."""
    for outer, line in traceback.walk_stack(frame):
        template = outer.f_globals.get("__jinja_template__")
        if isinstance(template, jinja2.Template):
            lines, positions = _lines(template)
            found = bisect_right(positions, line)
            return lines[found - 1] if found else 1
    return 1


@lru_cache(maxsize=4)
def _lines(template: jinja2.Template) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the lines of a template and the lines of its code, in order; Jinja would read them again each time."""
    pairs = template.debug_info
    return tuple(line for line, _ in pairs), tuple(position for _, position in pairs)


def line_of(trace: TracebackType | None, path: str) -> int:
    """Return the last line of the template on a traceback that Jinja has rewritten."""
    lines = [line for frame, line in traceback.walk_tb(trace) if frame.f_code.co_filename == path]
    return lines[-1] if lines else 1
