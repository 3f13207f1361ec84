"""Values put into finished Markdown, by where they stand.

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

Place = Literal["text", "code", "verbatim", "address", "title", "picture", "nowhere"]

_REFUSED: Mapping[str, tuple[str, str]] = {
    "nowhere": ("a value cannot stand inside HTML or a comment", "put it in a sentence or in code"),
    "picture": ("a value cannot stand in code in the description of a picture", "describe it in your own words"),
}
_PICTURE = "write it as a picture: ![what it shows]({{ figure... }})"
_RUN = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class _Context:
    place: Place
    cell: bool = False
    markup: str = "`"
    start: bool = False
    picture: bool = False
    bare: bool = False
    described: bool | None = None
    """Of the address of a picture: whether its description says anything."""


def fill(text: str, holes: Placeholders, placed: Sequence[Placed]) -> tuple[str, Sequence[Token]]:
    """The finished Markdown, line for line what `text` was, and its tokens.

    `placed` are the blocks that steps left in `text`, in order. Raises TemplateError where a value cannot stand where
    it stands, or where the proof fails, with the line of the `{{ }}`.
    """
    before = markdown.parse(text)
    contexts = {number: context for token, cell in _leaves(before) for number, context in _contexts(token, cell, holes)}
    filled = text
    for start, end, new in sorted(_edits(text, holes, contexts), reverse=True):
        filled = filled[:start] + new + filled[end:]
    after = markdown.parse(filled)
    proof.same(before, after, holes)
    proof.shown(after, [(each.terminal, each.step.at) for each in placed if each.terminal is not None])
    return filled, after


def _leaves(tokens: Sequence[Token]) -> Iterator[tuple[Token, bool]]:
    """Each token, and whether it is the text of a table cell."""
    previous = ""
    for token in tokens:
        yield token, token.type == "inline" and previous in ("th_open", "td_open")
        previous = token.type


def _contexts(token: Token, cell: bool, holes: Placeholders) -> Iterator[tuple[int, _Context]]:
    """Where each hole of a block token stands."""
    if token.type == "inline":
        bare = False
        for child in token.children or ():
            if child.type in ("link_open", "link_close"):
                bare = child.nesting > 0 and child.markup == "autolink"
            if not (bare and child.type == "text"):
                yield from _inline_contexts(child, holes, cell=cell)
        return
    place: Place = "nowhere" if token.type == "html_block" else "verbatim"
    for part in (token.content, token.info):
        for _, _, number in holes.find(part):
            yield number, _Context(place)


def _inline_contexts(
    child: Token, holes: Placeholders, *, cell: bool, picture: bool = False
) -> Iterator[tuple[int, _Context]]:
    for key, value in child.attrs.items():
        for start, _, number in holes.find(str(value)):
            place: Place = "address" if key in ("href", "src") else "title"
            described = escaping.describes(child.content) if key == "src" else None
            yield number, _Context(place, cell, start=start == 0, bare=child.markup == "autolink", described=described)
    if child.type == "image":
        for inner in child.children or ():
            yield from _inline_contexts(inner, holes, cell=cell, picture=True)
        return
    places: Mapping[str, Place] = {"code_inline": "picture" if picture else "code", "html_inline": "nowhere"}
    for _, _, number in holes.find(child.content):
        yield number, _Context(places.get(child.type, "text"), cell, child.markup, picture=picture)


def _edits(text: str, holes: Placeholders, contexts: Mapping[int, _Context]) -> Iterator[tuple[int, int, str]]:
    """The replacements that fill all holes of `text`."""
    done = front_values.end(text)
    yield from front_values.edits(text[:done], holes)
    for start, end, number in holes.find(text):
        if start < done:
            continue
        context = contexts.get(number)
        if context is None:
            raise TemplateError("a value cannot stand here", at=holes.at(number), hint="write links as [text](address)")
        if holes.drawing(number):
            _check_figure(context, holes.at(number))
        if context.place in _REFUSED:
            message, hint = _REFUSED[context.place]
            raise TemplateError(message, at=holes.at(number), hint=hint)
        if context.place == "code":
            first, done, new = _code_span(text, start, end, holes, context)
            yield first, done, new
        else:
            done = end
            yield start, end, _value(holes.value(number), context, holes.at(number))


def _check_figure(context: _Context, at: Location) -> None:
    """Raises TemplateError for a figure that is not a picture, or one without a description."""
    if context.described is None or not context.start:
        raise TemplateError("a figure stands where no picture is", at=at, hint=_PICTURE)
    if not context.described:
        raise TemplateError("this figure has no description", at=at, hint=f"say what it shows; {_PICTURE}")


def _value(value: str, context: _Context, at: Location) -> str:
    """A value as it has to be written at its place."""
    match context.place:
        case "address":
            address = escaping.url(value, at, whole=context.start)
            return address if context.bare else escaping.destination(address)
        case "text" if not context.picture:
            return escaping.text(value)
        case "text":
            value = escaping.description(value, at)
        case "title":
            value = escaping.title(value)
    return value.replace("|", "\\|") if context.cell else value


def _code_span(text: str, start: int, end: int, holes: Placeholders, context: _Context) -> tuple[int, int, str]:
    """The whole code span around a hole, with marks that its values cannot close."""
    length = len(context.markup)
    first = _opening(text, start, length)
    last = next(run for run in _RUN.finditer(text, end) if len(run[0]) == length)
    inner = text[first + length : last.start()]
    content = inner.replace("\\|", "|") if context.cell else inner
    if content[:1] == content[-1:] == " " and content.strip(" "):
        content = content[1:-1]
    at = holes.at(next(number for _, _, number in holes.find(inner)))
    span = escaping.code(holes.plain(content), at)
    return first, last.end(), span.replace("|", "\\|") if context.cell else span


def _opening(text: str, end: int, length: int) -> int:
    """Where the marks that open the code span around `end` stand: the nearest run of their length, escapes left out."""
    for run in reversed(list(_RUN.finditer(text, 0, end))):
        backslashes = len(text[: run.start()]) - len(text[: run.start()].rstrip("\\"))
        if len(run[0]) - backslashes % 2 == length:
            return run.end() - length
        if len(run[0]) == length:
            return run.start()
    raise AssertionError("Markdown has found a code span here")
