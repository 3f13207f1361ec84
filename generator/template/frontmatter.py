"""The front matter of a deck: read as YAML, because Marp drops a broken one without a word."""

from __future__ import annotations

import re

import yaml

from generator.errors import TemplateError
from generator.model import Location

_BLOCK = re.compile(r"\A---[ \t]*\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\n|\Z)")


def with_language(text: str, lang: str, path: str) -> str:
    """`text` with `lang` in its front matter. Raises TemplateError where there is none, or where it is no YAML mapping."""
    match = _BLOCK.match(text)
    if match is None:
        raise TemplateError(
            "a deck begins with its front matter",
            at=Location(path, 1),
            hint="write --- , then marp: true, theme: mspt2 and so on, then --- again",
        )
    try:
        data = yaml.safe_load(match["yaml"]) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + mark.line if mark is not None else 1
        problem = getattr(error, "problem", None) or str(error)
        raise TemplateError(
            f"the front matter is no YAML: {problem}", at=Location(path, line), hint="put quotes around the text"
        ) from None
    if not isinstance(data, dict):
        raise TemplateError("the front matter is no list of `key: value` lines", at=Location(path, 1))
    kept = re.sub(r"^lang:.*\n", "", match["yaml"], flags=re.MULTILINE)
    return f"---\n{kept}lang: {lang}\n---\n{text[match.end() :]}"
