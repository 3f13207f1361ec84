"""Values put into finished Markdown, each by its place.

So a captured value can never restructure a slide: filling is followed by a proof that the document has the same blocks
and the same inline pieces as before, with nothing but the values put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template import markdown
from livedeck.template.placed import Placed
from livedeck.template.rendering import escaping, front_values, proof
from livedeck.template.rendering.placeholders import Placeholders

Place = Literal["text", "code", "verbatim", "address", "title", "description", "picture", "nowhere"]

_REFUSED: Mapping[str, tuple[str, str]] = {
    "nowhere": ("a value cannot be used inside HTML or a comment", "put it in a sentence or in code"),
    "picture": ("a value cannot be used in code in the description of a picture", "describe it in your own words"),
}
_PICTURE = "write it as a picture: ![what it shows]({{ figure... }})"
_RUN = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class _Context:
    place: Place
    cell: bool = False
    markup: str = "`"
    start: bool = False
    bare: bool = False
    described: bool | None = None
    """Of the address of a picture: whether its description says anything."""


def fill(text: str, placeholders: Placeholders, placed: Sequence[Placed]) -> tuple[str, Sequence[Token]]:
    """Return the finished Markdown, line for line what `text` was, and its tokens.

    `placed` are the blocks that steps left in `text`, in order. Raises TemplateError where a value cannot be, or where
    the proof fails, with the line of the `{{ }}`.
    """
    before = markdown.parse(text)
    contexts: dict[int, _Context] = {}
    above = ""
    for token in before:
        contexts |= _contexts(token, above in ("th_open", "td_open"), placeholders)
        above = token.type
    pieces: list[str] = []
    position = 0
    for start, end, new in sorted(_edits(text, placeholders, contexts)):
        pieces += [text[position:start], new]
        position = end
    filled = "".join([*pieces, text[position:]])
    after = markdown.parse(filled)
    proof.same(before, after, placeholders)
    proof.shown(after, [(each.terminal, each.step.at) for each in placed if each.terminal is not None])
    return filled, after


def _contexts(token: Token, cell: bool, placeholders: Placeholders) -> Iterator[tuple[int, _Context]]:
    """Yield the context of each placeholder in a block token."""
    if token.type == "inline":
        bare = False
        for child in token.children or ():
            if child.type in ("link_open", "link_close"):
                bare = child.nesting > 0 and child.markup == "autolink"
            if not (bare and child.type == "text"):
                yield from _inline_contexts(child, placeholders, cell=cell)
        return
    place: Place = "nowhere" if token.type == "html_block" else "verbatim"
    yield from ((number, _Context(place)) for number in placeholders.numbers(token.content + token.info))


def _inline_contexts(
    child: Token, placeholders: Placeholders, *, cell: bool, picture: bool = False
) -> Iterator[tuple[int, _Context]]:
    for key, value in child.attrs.items():
        for start, _, number in placeholders.find(str(value)):
            place: Place = "address" if key in ("href", "src") else "title"
            described = escaping.describes(child.content) if key == "src" else None
            yield number, _Context(place, cell, start=start == 0, bare=child.markup == "autolink", described=described)
    if child.type == "image":
        for part in child.children or ():
            yield from _inline_contexts(part, placeholders, cell=cell, picture=True)
        return
    places: Mapping[str, Place] = {"code_inline": "picture" if picture else "code", "html_inline": "nowhere"}
    for number in placeholders.numbers(child.content):
        yield number, _Context(places.get(child.type, "description" if picture else "text"), cell, child.markup)


def _edits(text: str, placeholders: Placeholders, contexts: Mapping[int, _Context]) -> Iterator[tuple[int, int, str]]:
    """Yield the replacements that fill all placeholders of `text`."""
    done = front_values.end(text)
    yield from front_values.edits(text[:done], placeholders)
    for start, end, number in placeholders.find(text):
        if start < done:  # in the front matter, or in a code span that has been filled as a whole
            continue
        context, at = contexts.get(number), placeholders.at(number)
        if context is None:
            raise TemplateError("a value cannot be used here", at=at, hint="write links as [text](address)")
        if placeholders.items[number].drawing:
            if context.described is None or not context.start:
                raise TemplateError("a figure can only be used as the address of a picture", at=at, hint=_PICTURE)
            if not context.described:
                raise TemplateError("this figure has no description", at=at, hint=f"say what it shows; {_PICTURE}")
        if context.place in _REFUSED:
            message, hint = _REFUSED[context.place]
            raise TemplateError(message, at=at, hint=hint)
        if context.place == "code":
            first, done, new = _code_span(text, start, end, placeholders, context)
            yield first, done, new
        else:
            yield start, end, _value(placeholders.value(number), context, at)


def _value(value: str, context: _Context, at: Location) -> str:
    """Return a value as it has to be written at its place."""
    match context.place:
        case "address":
            address = escaping.url(value, at, whole=context.start)
            return address if context.bare else address.replace("&", "&amp;")  # in brackets, entities are read
        case "text":
            return escaping.text(value)
        case "description":
            value = escaping.description(value, at)
        case "title":
            value = re.sub(r"[\\\"'()&<]", r"\\\g<0>", value)  # whichever quotes or brackets it is in
    return value.replace("|", "\\|") if context.cell else value


def _code_span(text: str, start: int, end: int, placeholders: Placeholders, context: _Context) -> tuple[int, int, str]:
    """Return the whole code span around a placeholder, with marks that its values cannot close."""
    length = len(context.markup)
    first = _opening(text, start, length)
    last = next(run for run in _RUN.finditer(text, end) if len(run[0]) == length)
    inside = text[first + length : last.start()]
    content = inside.replace("\\|", "|") if context.cell else inside
    if content[:1] == content[-1:] == " " and content.strip(" "):
        content = content[1:-1]
    at = placeholders.at(next(placeholders.numbers(inside)))
    span = escaping.code(placeholders.plain(content), at)
    return first, last.end(), span.replace("|", "\\|") if context.cell else span


def _opening(text: str, end: int, length: int) -> int:
    """Return where the code span around `end` opens: the nearest run of that many backticks, escaped ones left out."""
    above = max(text.rfind("\n\n", 0, end), 0)  # a code span ends at a blank line
    for run in reversed(list(_RUN.finditer(text, above, end))):
        backslashes = len(text[: run.start()]) - len(text[: run.start()].rstrip("\\"))
        if len(run[0]) - backslashes % 2 == length:
            return run.end() - length
        if len(run[0]) == length:
            return run.start()
    raise AssertionError("Markdown has found a code span here")
