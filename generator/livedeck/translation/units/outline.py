"""The outline, which a translation must keep: block tags, fences, blocks, slides, and what is not words in lines."""

from __future__ import annotations

from markdown_it.token import Token

from livedeck.template import markdown
from livedeck.template.reading import frontmatter
from livedeck.template.reading.fences import find
from livedeck.translation.units import notes, pieces

Outline = tuple[object, ...]


def of_template(source: str) -> Outline | None:
    """Return the outline of a template, or of a block of one; None if something in it cannot be read."""
    found = find(source)
    if found.complaints:
        return None
    tags = tuple(source[tag.start : tag.end] for tag in found.mask.tags if tag.kind != "expression")
    fences = tuple((fence.info, fence.content, fence.prefix) for fence in found.fences)
    try:
        return (tags, fences, *of_markdown(found.mask.text))
    except markdown.UnreadableError:
        return None


def of_markdown(text: str) -> Outline:
    """Return the outline of finished Markdown: equal for two texts that differ only in words."""
    return tuple(_shape(token) for token in markdown.parse(text))


def _shape(token: Token) -> Outline:
    shape = (token.type, token.tag, token.nesting, token.level, token.info)
    match token.type:
        case "inline":
            children = token.children or ()
            found = pieces.collect(children, {})
            kept = (found.code, found.html, found.links, found.pictures, found.emphasis, found.breaks)
            return (*shape, *kept, sum(child.type == "softbreak" for child in children))
        case "front_matter":
            return (*shape, *_settings(token.content))
        case "html_block":
            return (*shape, "a note" if notes.is_note(token.content) else token.content)
        case "fence" | "code_block":
            return (*shape, token.content)
    return shape


def _settings(content: str) -> Outline:
    try:
        data = frontmatter.load(content)
    except frontmatter.FrontMatterError:
        data = None
    if not isinstance(data, dict):
        return (content,)
    return tuple((str(key), type(value).__name__ if key in notes.FRONT else repr(value)) for key, value in data.items())
