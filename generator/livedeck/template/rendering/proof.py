"""The proof that values changed nothing but the words: the document before and after has the same pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template.markdown import is_terminal
from livedeck.template.rendering import escaping, front_values
from livedeck.template.rendering.placeholders import Placeholders


def same(before: Sequence[Token], after: Sequence[Token], placeholders: Placeholders) -> None:
    """Raise TemplateError unless `after` is `before` with the values put in."""
    expected = [_shape(token, placeholders) for token in before]
    actual = [_shape(token, None) for token in after]
    if expected != actual:
        pairs = zip(expected, actual, strict=False)
        first = next((i for i, (one, other) in enumerate(pairs) if one != other), len(before) - 1)
        raise _suspect(before, first, placeholders)


def shown(after: Sequence[Token], terminals: Sequence[tuple[str, Location]]) -> None:
    """Raise TemplateError unless the terminal fences hold just what the steps left, in order."""
    found = [token.content for token in after if is_terminal(token)]
    for (content, at), actual in zip(terminals, [*found, *[None] * len(terminals)], strict=False):
        if content != actual:
            hint = "a step template prints {{ terminal }} once, as it is; odd control characters cannot be shown"
            raise TemplateError("the terminal block of this step is not what was captured", at=at, hint=hint)


def _suspect(before: Sequence[Token], first: int, placeholders: Placeholders) -> TemplateError:
    """Return the error for the block where the documents part."""
    for token in [*before[first:], *reversed(before[:first])]:
        numbers = list(placeholders.numbers(token.content))
        if not numbers:
            continue
        values = [placeholders.value(number) for number in numbers]
        message = f"the value {', '.join(repr(value) for value in values)} would change the slide around it"
        hint = "put it in code (`{{ ... }}`), or after a word"
        at = placeholders.at(numbers[0])
        if not "".join(values).strip():
            message, hint = "the value is empty, and nothing else is here", "leave the line out with {% if %}"
        elif re.match(r"\d{1,9}[.)](?: |$)", placeholders.plain(token.content)):
            hint = "Markdown numbers lists by itself: begin every line with `1.`"
        return TemplateError(message, at=at, hint=hint)
    return TemplateError("a value would change the slide around it", at=Location(placeholders.path, 1))


def _shape(token: Token, placeholders: Placeholders | None) -> tuple[object, ...]:
    """Return what has to be equal about a token; with `placeholders`, after its values are put in."""
    put = placeholders.plain if placeholders else str
    content = "" if token.type == "inline" else put(token.content)
    if token.type == "front_matter":
        content = front_values.shape(token.content, placeholders)
    # The marks of a code span follow its content, and a text that begins with an escape says so.
    marks = () if token.type in ("code_inline", "text") else (token.markup, put(token.info))
    attrs = tuple((key, _attribute(key, str(value), placeholders)) for key, value in token.attrs.items())
    children: list[object] = []
    bare = False
    for child in token.children or ():
        if child.type in ("link_open", "link_close"):
            bare = child.nesting > 0 and child.markup == "autolink"
        # The text of a bare address `<https://...>` is the address once more, but written in another way.
        children.append("address" if bare and child.type == "text" else _shape(child, placeholders))
    return token.type, token.tag, token.nesting, token.level, marks, content, attrs, tuple(children)


def _attribute(key: str, value: str, placeholders: Placeholders | None) -> str:
    if placeholders is None:
        return value
    if key not in ("href", "src"):
        return placeholders.plain(value)
    whole = next((number for start, _, number in placeholders.find(value) if start == 0), None)
    return placeholders.each(
        value, lambda number: escaping.url(placeholders.value(number), placeholders.at(number), whole=number == whole)
    )
