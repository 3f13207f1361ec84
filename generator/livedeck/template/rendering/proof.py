"""The proof that values changed nothing but the words: the document before and after has the same pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template.markdown import TERMINAL
from livedeck.template.rendering import escaping, front_values
from livedeck.template.rendering.placeholders import Placeholders


def same(before: Sequence[Token], after: Sequence[Token], holes: Placeholders) -> None:
    """Raise TemplateError unless `after` is `before` with the values put in."""
    expected = [_shape(token, holes) for token in before]
    actual = [_shape(token, None) for token in after]
    if expected != actual:
        pairs = zip(expected, actual, strict=False)
        raise _suspect(before, next((i for i, pair in enumerate(pairs) if pair[0] != pair[1]), len(before) - 1), holes)


def shown(after: Sequence[Token], terminals: Sequence[tuple[str, Location]]) -> None:
    """Raise TemplateError unless the terminal fences hold just what the steps left, in order."""
    found = [token.content for token in after if token.type == "fence" and token.info.split(" ")[0] == TERMINAL]
    for (content, at), actual in zip(terminals, [*found, *[None] * len(terminals)], strict=False):
        if content != actual:
            raise TemplateError(
                "the terminal block of this step is not what was captured",
                at=at,
                hint="a step template prints {{ terminal }} once, as it is; odd control characters cannot be shown",
            )


def _suspect(before: Sequence[Token], first: int, holes: Placeholders) -> TemplateError:
    """The error for the block where the documents part."""
    for token in [*before[first:], *reversed(before[:first])]:
        numbers = [number for _, _, number in holes.find(token.content)]
        if not numbers:
            continue
        values = [holes.value(number) for number in numbers]
        message = f"the value {', '.join(repr(value) for value in values)} would change the slide around it"
        hint = "put it in code (`{{ ... }}`), or after a word"
        at = holes.at(numbers[0])
        if not "".join(values).strip():
            message, hint = "the value is empty, and nothing else stands here", "leave the line out with {% if %}"
        elif re.match(r"\d{1,9}[.)](?: |$)", holes.plain(token.content)):
            hint = "Markdown numbers lists by itself: begin every line with `1.`"
        return TemplateError(message, at=at, hint=hint)
    return TemplateError("a value would change the slide around it", at=Location(holes.path, 1))


def _shape(token: Token, holes: Placeholders | None) -> tuple[object, ...]:
    """What has to be equal about a token; with `holes`, after its values are put in."""
    content = "" if token.type == "inline" else holes.plain(token.content) if holes else token.content
    if token.type == "front_matter":
        content = front_values.shape(token.content, holes)
    attrs = tuple((key, _attribute(key, str(value), holes)) for key, value in token.attrs.items())
    # The marks of a code span follow its content, and a text that begins with an escape says so.
    written = token.type not in ("code_inline", "text")
    info = "" if not written else holes.plain(token.info) if holes else token.info
    markup = token.markup if written else ""
    return (token.type, token.tag, token.nesting, token.level, markup, info, content, attrs, _children(token, holes))


def _children(token: Token, holes: Placeholders | None) -> tuple[object, ...]:
    """The inline pieces; the text of a bare address `<https://...>` is the address once more, and left out."""
    shapes: list[object] = []
    bare = False
    for child in token.children or ():
        if child.type in ("link_open", "link_close"):
            bare = child.nesting > 0 and child.markup == "autolink"
        shapes.append("address" if bare and child.type == "text" else _shape(child, holes))
    return tuple(shapes)


def _attribute(key: str, value: str, holes: Placeholders | None) -> str:
    if holes is None:
        return value
    if key not in ("href", "src"):
        return holes.plain(value)
    first = next(holes.find(value), None)
    return holes.each(
        value,
        lambda number: escaping.url(
            holes.value(number), holes.at(number), whole=first is not None and (first[0], first[2]) == (0, number)
        ),
    )
