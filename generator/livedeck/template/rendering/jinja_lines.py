"""Which line of a template is being rendered, or raised an error: Jinja knows, and its frames have it."""

from __future__ import annotations

import traceback
from types import FrameType, TracebackType

import jinja2


def current_line(frame: FrameType) -> int:
    """Return the template line that is being rendered."""
    for outer, line in traceback.walk_stack(frame):
        template = outer.f_globals.get("__jinja_template__")
        if isinstance(template, jinja2.Template):
            return template.get_corresponding_lineno(line)
    return 1


def line_of(trace: TracebackType | None, path: str) -> int:
    """Return the last line of the template on a traceback that Jinja has rewritten."""
    lines = [line for frame, line in traceback.walk_tb(trace) if frame.f_code.co_filename == path]
    return lines[-1] if lines else 1
