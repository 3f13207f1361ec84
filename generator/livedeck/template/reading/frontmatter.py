"""The front matter of a deck: read as YAML, because Marp drops a broken one without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from livedeck.template.complaints import Complaint
from livedeck.template.mask import NEWLINE, Mask

BLOCK = re.compile(r"\A---[ \t]*\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\n|\Z)")


def check(mask: Mask) -> Iterator[Complaint]:
    """Yield what is wrong with a template's front matter, as far as that is known before values are."""
    if error := problem(NEWLINE.sub("\n", mask.text)):
        line, message, hint = error
        yield mask.line_at(line) if mask.starts else 1, message, hint


def problem(text: str) -> Complaint | None:
    """Return the first problem of the front matter of `text`, with its line from 0."""
    match = BLOCK.match(text)
    if match is None:
        hint = "write --- , then marp: true, theme: mspt2 and so on, then --- again"
        return 0, "a deck begins with its front matter", hint
    try:
        data = yaml.safe_load(match["yaml"]) or {}
    except yaml.YAMLError as error:
        # An open quote is noticed only at the end of the text: its context says where it began.
        quoted = "quoted scalar" in (getattr(error, "context", None) or "")
        mark = getattr(error, "context_mark" if quoted else "problem_mark", None)
        last = match["yaml"].count("\n")
        message = getattr(error, "problem", None) or "characters that YAML does not know"
        line = 1 + min(mark.line, last) if mark is not None else 0
        return line, f"the front matter is not YAML: {message}", "put quotes around the text"
    if not isinstance(data, dict):
        return 0, "the front matter is not a list of `key: value` lines", "write one `key: value` per line"
    return None
