"""Values and settings put into the front matter of a deck."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template.reading import frontmatter
from livedeck.template.rendering import escaping
from livedeck.template.rendering.placeholders import Placeholders
from livedeck.template.traced import Edit, Traced

_SCALAR = re.compile(r"^(?P<key>[\w-]+)(?P<colon>:[ \t]+)(?P<value>.*?)[ \t]*$")
_MARKDOWN = ("header", "footer")
"""Directives whose text Marp reads as Markdown."""


def with_settings(written: Traced, settings: Mapping[str, str], path: str, added_class: str = "") -> Traced:
    """Return `written` with `settings` in its front matter, and with `added_class` among the classes of its slides.

    Raises:
        TemplateError: there is no front matter that YAML can read.
    """
    error = frontmatter.problem(written.text)
    match = frontmatter.BLOCK.match(written.text)
    if error is not None or match is None:
        line, message, hint = error or (0, "", "")
        raise TemplateError(message, at=Location(path, written.lines[line]), hint=hint)
    if added_class:
        own = (frontmatter.load(match["yaml"]) or {}).get("class") or ()
        names = own.split() if isinstance(own, str) else map(str, own)
        settings = {**settings, "class": json.dumps(" ".join([*names, added_class]), ensure_ascii=False)}
    first = match.start("yaml")
    gone = [Edit(first + start, first + end, "", 1) for start, end in _places(match["yaml"], settings.keys())]
    added = "".join(f"{key}: {value}\n" for key, value in settings.items())
    return written.edited([*gone, Edit(match.end("yaml"), match.end("yaml"), added, 1)])


def _places(front: str, keys: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of these keys in `front`, each with all lines of its value."""
    mapping = frontmatter.compose(front)
    written = [(key.value, key.start_mark.line) for key, _ in mapping.value] if mapping else []
    rows = [0, *(newline.end() for newline in re.finditer("\n", front))]
    for (key, start), (_, end) in pairwise([*written, ("", len(rows) - 1)]):
        if key in keys:
            yield rows[start], rows[end]


def end(text: str) -> int:
    """Return the offset at which the front matter of a deck ends."""
    match = frontmatter.BLOCK.match(text)
    return match.end() if match else 0


def edits(front: str, placeholders: Placeholders) -> Iterator[tuple[int, int, str]]:
    """Yield the edits that fill the front matter: values become quoted YAML; the line has to be one `key: value`."""
    start = 0
    for line in front.split("\n"):
        if numbers := list(placeholders.numbers(line)):
            yield start, start + len(line), _line(line, placeholders, numbers)
        start += len(line) + 1


def _line(line: str, placeholders: Placeholders, numbers: list[int]) -> str:
    match = _SCALAR.match(line)
    try:
        value = frontmatter.load(match["value"]) if match else None
    except frontmatter.FrontMatterError:
        value = None
    if match is None or not isinstance(value, str):
        message = "in the front matter a value can only be in a line `key: text`"
        hint = 'write the text on the line of its key, in quotes: key: "{{ ... }}"'
        raise TemplateError(message, at=placeholders.at(numbers[0]), hint=hint)
    first = placeholders.items[numbers[0]]
    start = match["key"] + match["colon"]
    is_whole = next(placeholders.find(value), None) == (0, len(value), numbers[0])
    if is_whole and first.scalar and (first.text in ("True", "False") or math.isfinite(float(first.text))):
        return start + first.text.lower()
    return start + json.dumps(_filled(match["key"], value, placeholders), ensure_ascii=False)


def _filled(key: str, value: str, placeholders: Placeholders) -> str:
    if key in _MARKDOWN:
        return placeholders.each(value, lambda n: escaping.text(placeholders.value(n)))
    return placeholders.plain(value)


def shape(content: str, placeholders: Placeholders | None) -> str:
    """Return the front matter as data, for comparison; a scalar `{{ 3 }}` counts like the text "3"."""
    try:
        data = frontmatter.load(content)
    except frontmatter.FrontMatterError:
        return content
    if not isinstance(data, dict):
        return content
    pairs = ((str(key), str(value)) for key, value in data.items())
    return repr({key: (_filled(key, value, placeholders) if placeholders else value).lower() for key, value in pairs})
