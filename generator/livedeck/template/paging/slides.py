"""Where Marp divides a deck into slides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from livedeck.template.reading import frontmatter

_UNSEEN = re.compile(r"\s*(?:(?:<!--.*?-->|<style\b.*?</style>)\s*)*", re.DOTALL | re.IGNORECASE)
_LEVELS = range(1, 7)


def starts(tokens: Sequence[Token]) -> list[int]:
    """Return the line (from 0) on which each slide begins: after the front matter or a ruler, at a `headingDivider`.

    A heading begins none if it is the first thing in the whole deck: Marpit divides so.
    """
    divided = dividing(tokens)
    lines = [next((token.map[1] for token in tokens if token.type == "front_matter" and token.map), 0)]
    begun = False
    for token in tokens:
        if token.type == "hr" and token.level == 0 and token.map:
            lines.append(token.map[1])
        elif token.type == "heading_open" and token.tag in divided and begun and token.map:
            lines.append(token.map[0])
        unseen = token.type == "front_matter" or (token.type == "html_block" and _UNSEEN.fullmatch(token.content))
        begun = begun or not unseen
    return lines


def dividing(tokens: Sequence[Token]) -> set[str]:
    """Return the tags of the headings that begin a slide by themselves.

    A number as `headingDivider` is for headings of that level and all above it, a list for those of its levels.
    """
    front = next((token.content for token in tokens if token.type == "front_matter"), "")
    try:
        data = frontmatter.load(front)
    except frontmatter.FrontMatterError:
        return set()
    value = data.get("headingDivider") if isinstance(data, dict) else None
    if isinstance(value, list):
        return {f"h{level}" for level in _LEVELS if str(level) in map(str, value)}
    return {f"h{level}" for deepest in _LEVELS if str(deepest) == str(value) for level in range(1, deepest + 1)}
