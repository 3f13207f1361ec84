"""Which line of a template is being rendered, or raised an error: Jinja knows, and its frames have it."""

from __future__ import annotations

from types import FrameType, TracebackType

import jinja2

from livedeck.errors import LivedeckError, TemplateError
from livedeck.model import Location


def current_line(frame: FrameType | None) -> int:
    """Return the template line that is being rendered."""
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, jinja2.Template):
            return template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return 1


def line_of(trace: TracebackType | None, path: str) -> int:
    """Return the last line of the template on a traceback that Jinja has rewritten."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def located(error: LivedeckError, path: str) -> LivedeckError:
    """Return the error, with the template's line where it had no place."""
    if error.at is None and isinstance(error, TemplateError):
        return TemplateError(
            error.message, at=Location(path, line_of(error.__traceback__, path)), hint=error.hint, detail=error.detail
        )
    return error
