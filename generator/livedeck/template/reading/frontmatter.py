"""The front matter of a deck: read as YAML, because Marp drops a broken one without a word."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

import yaml

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template.mask import NEWLINE, Mask
from livedeck.template.rendering import escaping
from livedeck.template.rendering.placeholders import Placeholders
from livedeck.template.traced import Edit, Traced

_BLOCK = re.compile(r"\A---[ \t]*\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\n|\Z)")
_SCALAR = re.compile(r"^(?P<key>[\w-]+)(?P<colon>:[ \t]+)(?P<value>.*?)[ \t]*$")
_MARKDOWN = ("header", "footer")
"""Directives whose text Marp reads as Markdown."""


def check(mask: Mask, path: str) -> list[TemplateError]:
    """What is wrong with a template's front matter, as far as it can be told before values are known."""
    error = _problem(NEWLINE.sub("\n", mask.text))
    if error is None:
        return []
    line, message, hint = error
    return [TemplateError(message, at=Location(path, mask.line_at(line) if mask.starts else 1), hint=hint)]


def with_settings(written: Traced, settings: Mapping[str, str], path: str, added_class: str = "") -> Traced:
    """`written` with `settings` in its front matter, and with `added_class` among the classes of its slides.

    Raises:
        TemplateError: there is no front matter that YAML can read.
    """
    error = _problem(written.text)
    match = _BLOCK.match(written.text)
    if error is not None or match is None:
        line, message, hint = error or (0, "", "")
        raise TemplateError(message, at=Location(path, written.lines[line]), hint=hint)
    if added_class:
        settings = {**settings, "class": _classes(match["yaml"], added_class)}
    first = match.start("yaml")
    gone = [Edit(first + start, first + end, "", 1) for start, end in _places(match["yaml"], settings.keys())]
    added = "".join(f"{key}: {value}\n" for key, value in settings.items())
    return written.edited([*gone, Edit(match.end("yaml"), match.end("yaml"), added, 1)])


def _classes(front: str, added: str) -> str:
    """The value of `class` with one more in it."""
    own = (yaml.safe_load(front) or {}).get("class") or ()
    names = own.split() if isinstance(own, str) else [str(name) for name in own]
    return json.dumps(" ".join([*names, added]), ensure_ascii=False)


def _places(front: str, keys: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where these keys stand in `front`, each with what is written for it, on however many lines."""
    mapping = yaml.compose(front, Loader=yaml.SafeLoader)
    written = [(key.value, key.start_mark.line) for key, _ in mapping.value] if mapping else []
    rows = [0, *(newline.end() for newline in re.finditer("\n", front))]
    for (key, start), (_, end) in pairwise([*written, ("", len(rows) - 1)]):
        if key in keys:
            yield rows[start], rows[end]


def end(text: str) -> int:
    """Where the front matter of a deck ends."""
    match = _BLOCK.match(text)
    return match.end() if match else 0


def _problem(text: str) -> tuple[int, str, str] | None:
    """The line (from 0), what is wrong there, and what to do."""
    match = _BLOCK.match(text)
    if match is None:
        hint = "write --- , then marp: true, theme: mspt2 and so on, then --- again"
        return 0, "a deck begins with its front matter", hint
    try:
        data = yaml.safe_load(match["yaml"]) or {}
    except yaml.YAMLError as error:
        quoted = "quoted scalar" in (getattr(error, "context", None) or "")
        mark = getattr(error, "context_mark" if quoted else "problem_mark", None)
        last = match["yaml"].count("\n")
        problem = getattr(error, "problem", None) or "characters that YAML does not know"
        line = 1 + min(mark.line, last) if mark is not None else 0
        return line, f"the front matter is no YAML: {problem}", "put quotes around the text"
    if not isinstance(data, dict):
        return 0, "the front matter is no list of `key: value` lines", "write one `key: value` a line"
    return None


# --- values ----------------------------------------------------------------------------------------


def edits(front: str, holes: Placeholders) -> Iterator[tuple[int, int, str]]:
    """The replacements that fill the front matter: values become quoted YAML; the line has to be one `key: value`."""
    start = 0
    for line in front.split("\n"):
        numbers = [number for _, _, number in holes.find(line)]
        if numbers:
            yield start, start + len(line), _line(line, holes, numbers)
        start += len(line) + 1


def _line(line: str, holes: Placeholders, numbers: list[int]) -> str:
    match = _SCALAR.match(line)
    try:
        value = yaml.safe_load(match["value"]) if match else None
    except yaml.YAMLError:
        value = None
    if match is None or not isinstance(value, str):
        raise TemplateError(
            "in the front matter a value can only stand in a line `key: text`",
            at=holes.at(numbers[0]),
            hint='write the text on the line of its key, in quotes: key: "{{ ... }}"',
        )
    whole = next(holes.find(value), None) == (0, len(value), numbers[0])
    hole = holes.items[numbers[0]]
    if whole and hole.scalar and (hole.text in ("True", "False") or math.isfinite(float(hole.text))):
        return match["key"] + match["colon"] + hole.text.lower()
    return match["key"] + match["colon"] + json.dumps(_filled(match["key"], value, holes), ensure_ascii=False)


def _filled(key: str, value: str, holes: Placeholders) -> str:
    return holes.each(value, lambda n: escaping.text(holes.value(n))) if key in _MARKDOWN else holes.plain(value)


def shape(content: str, holes: Placeholders | None) -> str:
    """The front matter as data, for comparison; a scalar `{{ 3 }}` counts like the text "3"."""
    try:
        data = yaml.safe_load(content)
    except yaml.YAMLError:
        return content
    if not isinstance(data, dict):
        return content
    return repr(
        {
            str(key): (_filled(str(key), str(value), holes) if holes else str(value)).lower()
            for key, value in data.items()
        }
    )
