"""Values in prose. Every `{{ }}` leaves Jinja as a hole and is filled after the Markdown parse, by where it stands.

So a captured value can never restructure a slide: filling is followed by a proof that the document has the same blocks and
the same inline pieces as before, with nothing but the values put in.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlsplit

import yaml
from markdown_it.token import Token

from generator.errors import TemplateError, raise_all
from generator.model import Location
from generator.template import markdown

_FIRST, _LAST = "\U0010fe00", "\U0010ff01"
_OPEN, _CLOSE = "\U0010ff00", "\U0010ff01"
_DIGITS = {format(i, "x"): chr(ord(_FIRST) + i) for i in range(16)}
_VALUES = {char: digit for digit, char in _DIGITS.items()}
_DEEPEST = 10

Place = Literal["text", "code", "verbatim", "link", "html"]

_SPECIAL = re.compile(r"[\\`*_\[\]<|~$#]|&(?=[A-Za-z#])|\.(?=[A-Za-z])|:(?=//|[a-z0-9+_-]+:)|@")
_LEADING = re.compile(r"^(?:[-+=>:](?=.)|[-+=>:]$|\d{1,9}(?=[.)]))")


def reserved(text: str) -> bool:
    """Whether `text` holds characters that holes are made of."""
    return any(_FIRST <= char <= _LAST for char in text)


@dataclass(frozen=True, slots=True)
class Hole:
    """A value waiting for its place: the text, and the template line of its `{{ }}`."""

    text: str
    line: int
    scalar: bool = False


@dataclass
class Holes:
    """The holes of one rendering. Tokens carry a nonce, so that no value can pass for one."""

    path: str
    nonce: str = field(default_factory=lambda: secrets.token_hex(6))
    holes: list[Hole] = field(default_factory=list)

    def __post_init__(self) -> None:
        nonce = "".join(_DIGITS[digit] for digit in self.nonce)
        digits = "".join(_DIGITS.values())
        self._token = re.compile(f"{_OPEN}{nonce}([{digits}]+){_CLOSE}")
        self._prefix = _OPEN + nonce

    def dig(self, value: object, line: int) -> str:
        """The token that stands for a value. Raises TemplateError for what cannot be printed in a sentence."""
        at = Location(self.path, line)
        if value is None or not isinstance(value, str | int | float):
            name = "nothing (none)" if value is None else f"a {type(value).__name__}"
            raise TemplateError(
                f"{{{{ }}}} holds {name}, which has no text of its own",
                at=at,
                hint="print a part of it, or use a filter such as join or length",
            )
        text = str(value)
        if "\n" in text or "\r" in text:
            number = len(text.splitlines())
            raise TemplateError(
                f"{{{{ }}}} holds {number} lines",
                at=at,
                hint="show the step itself, or print one line of it (.lines[0])",
            )
        self.holes.append(Hole(text, line, isinstance(value, int | float)))
        return self._prefix + "".join(_DIGITS[digit] for digit in format(len(self.holes) - 1, "x")) + _CLOSE

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """The tokens in `text`: (start, end, number of the hole)."""
        for match in self._token.finditer(text):
            yield match.start(), match.end(), int("".join(_VALUES[char] for char in match[1]), 16)

    def value(self, number: int, depth: int = 0) -> str:
        """A hole's text, with the holes that a macro or `set` left inside it."""
        hole = self.holes[number]
        if depth > _DEEPEST:
            raise TemplateError("values nest too deep", at=Location(self.path, hole.line))
        return self._token.sub(lambda m: self.value(int("".join(_VALUES[c] for c in m[1]), 16), depth + 1), hole.text)

    def plain(self, text: str) -> str:
        """`text` with the values just put in."""
        return self.each(text, self.value)

    def each(self, text: str, put: object) -> str:
        """`text` with every token replaced by `put(number)`."""
        assert callable(put)  # noqa: S101 (narrowing)
        return self._token.sub(lambda m: str(put(int("".join(_VALUES[c] for c in m[1]), 16))), text)


@dataclass(frozen=True, slots=True)
class _Context:
    place: Place
    cell: bool = False
    markup: str = "`"
    start: bool = False


def fill(text: str, holes: Holes, terminals: Sequence[str]) -> tuple[str, int]:
    """The finished Markdown and its number of slides.

    `terminals` are the contents of the terminal fences that steps left in `text`, in order. Raises TemplateError where a
    value cannot stand where it stands, or where the proof fails, with the line of the `{{ }}`.
    """
    before = markdown.parse(text)
    contexts = {number: context for token in before for number, context in _contexts(token, before, holes)}
    edits = list(_edits(text, holes, contexts))
    filled = text
    for start, end, new in sorted(edits, reverse=True):
        filled = filled[:start] + new + filled[end:]
    after = markdown.parse(filled)
    _prove(before, after, holes, terminals)
    return filled, markdown.slides(after)


def _contexts(token: Token, tokens: Sequence[Token], holes: Holes) -> Iterator[tuple[int, _Context]]:
    """Where each hole of a block token stands."""
    if token.type == "inline":
        index = next(i for i, other in enumerate(tokens) if other is token)
        cell = index > 0 and tokens[index - 1].type in ("th_open", "td_open")
        for child in token.children or ():
            yield from _inline_contexts(child, holes, cell=cell)
        return
    place: Place = "html" if token.type == "html_block" else "verbatim"
    for part in (token.content, token.info):
        for _, _, number in holes.find(part):
            yield number, _Context(place)


def _inline_contexts(child: Token, holes: Holes, *, cell: bool) -> Iterator[tuple[int, _Context]]:
    for value in child.attrs.values():
        for start, _, number in holes.find(str(value)):
            yield number, _Context("link", cell, start=start == 0)
    if child.type == "image":
        for inner in child.children or ():
            yield from _inline_contexts(inner, holes, cell=cell)
        return
    place: Place = {"code_inline": "code", "html_inline": "html"}.get(child.type, "text")  # type: ignore[assignment]
    for _, _, number in holes.find(child.content):
        yield number, _Context(place, cell, child.markup)


def _edits(text: str, holes: Holes, contexts: Mapping[int, _Context]) -> Iterator[tuple[int, int, str]]:
    """The replacements that fill all holes of `text`."""
    front = _front_matter(text)
    yield from _front_matter_edits(text[:front], holes)
    done = front
    for start, end, number in holes.find(text):
        if start < done:
            continue
        context = contexts.get(number)
        at = Location(holes.path, holes.holes[number].line)
        if context is None:
            raise TemplateError("a value cannot stand here", at=at, hint="write links as [text](address)")
        if context.place == "html":
            raise TemplateError(
                "a value cannot stand inside HTML or a comment", at=at, hint="put it in a sentence or in code"
            )
        if context.place == "code":
            first, done, new = _code_span(text, start, end, holes, context)
            yield first, done, new
            continue
        value = holes.value(number)
        if context.place == "link":
            value = _address(value, at, whole=context.start)
        elif context.place == "text":
            value = _escape(value)
        yield start, end, value.replace("|", "\\|") if context.cell and context.place != "text" else value
        done = end


def _escape(value: str) -> str:
    """A value as Markdown text: nothing in it means anything, no address becomes a link."""
    text = _SPECIAL.sub(lambda match: "\\" + match[0], value)
    text = _LEADING.sub(lambda match: "\\" + match[0] if not match[0].isdigit() else match[0] + "\\", text)
    if text.startswith((" ", "\t")):
        text = f"&#{ord(text[0])};{text[1:]}"
    if text.endswith((" ", "\t")):
        text = f"{text[:-1]}&#{ord(text[-1])};"
    return text


def _address(value: str, at: Location, *, whole: bool) -> str:
    if not whole:
        return quote(value, safe="/-._~")
    if urlsplit(value).scheme not in ("http", "https", ""):
        raise TemplateError(f"a link to {value!r} is not let through", at=at, hint="links go to http or https")
    return quote(value, safe="/:?#@!$&'*+,;=%-._~")


def _code_span(text: str, start: int, end: int, holes: Holes, context: _Context) -> tuple[int, int, str]:
    """The whole code span around a hole, with marks that its values cannot close."""
    ticks = re.compile(rf"(?<!`){context.markup}(?!`)")
    opening = [m for m in ticks.finditer(text, 0, start)][-1]
    closing = next(ticks.finditer(text, end))
    inner = text[opening.end() : closing.start()]
    content = holes.plain(inner)
    stripped = inner[:1] == inner[-1:] == " " and inner.strip()
    span = markdown.code_span(content)
    if stripped:
        mark = "`" * markdown.shortest_free_run(content)
        span = mark + content + mark
    return opening.start(), closing.end(), span.replace("|", "\\|") if context.cell else span


# --- front matter --------------------------------------------------------------------------------

_SCALAR = re.compile(r"^(?P<key>[\w-]+:[ \t]+)(?P<value>.*?)[ \t]*$")


def _front_matter(text: str) -> int:
    """Where the front matter ends."""
    match = re.match(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|$)", text)
    return match.end() if match else 0


def _front_matter_edits(front: str, holes: Holes) -> Iterator[tuple[int, int, str]]:
    """Values in the front matter become quoted YAML; the line has to be one `key: value`."""
    start = 0
    for line in front.splitlines(keepends=True):
        numbers = [number for _, _, number in holes.find(line)]
        if numbers:
            yield start, start + len(line.rstrip("\n")), _front_matter_line(line.rstrip("\n"), holes, numbers)
        start += len(line)


def _front_matter_line(line: str, holes: Holes, numbers: Sequence[int]) -> str:
    at = Location(holes.path, holes.holes[numbers[0]].line)
    match = _SCALAR.match(line)
    try:
        value = yaml.safe_load(match["value"]) if match else None
    except yaml.YAMLError:
        value = None
    if match is None or not isinstance(value, str):
        raise TemplateError("in the front matter a value can only stand in a line `key: text`", at=at)
    whole = next(holes.find(value), None) == (0, len(value), numbers[0])
    if whole and holes.holes[numbers[0]].scalar:
        return match["key"] + json.dumps(json.loads(holes.plain(value).lower()))
    return match["key"] + json.dumps(holes.plain(value), ensure_ascii=False)


# --- the proof -----------------------------------------------------------------------------------


def _prove(before: Sequence[Token], after: Sequence[Token], holes: Holes, terminals: Sequence[str]) -> None:
    """Raise TemplateError unless `after` is `before` with the values put in, and every terminal fence holds what it should."""
    expected = [_shape(token, holes) for token in before]
    actual = [_shape(token, None) for token in after]
    if expected != actual:
        first = next(
            (i for i, pair in enumerate(zip(expected, actual, strict=False)) if pair[0] != pair[1]), len(before) - 1
        )
        raise_all(_suspects(before, first, holes))
    shown = [token.content for token in after if token.type == "fence" and token.info.split(" ")[0] == "terminal"]
    if shown != list(terminals):
        raise TemplateError(
            "the terminal blocks of the finished Markdown are not what was captured",
            at=Location(holes.path, 1),
            hint="no fence of your own may have the language terminal, and a step template has to print {{ terminal }} once, as it is",
        )


def _suspects(before: Sequence[Token], first: int, holes: Holes) -> list[TemplateError]:
    """The error for the block where the documents part."""
    for token in [*before[first:], *reversed(before[:first])]:
        numbers = [number for _, _, number in holes.find(token.content)]
        if numbers:
            values = ", ".join(repr(holes.value(number)) for number in numbers)
            return [
                TemplateError(
                    f"the value {values} would change the slide around it",
                    at=Location(holes.path, holes.holes[numbers[0]].line),
                    hint="put it in code (`{{ ... }}`), or after a word",
                )
            ]
    return [TemplateError("a value would change the slide around it", at=Location(holes.path, 1))]


def _shape(token: Token, holes: Holes | None) -> tuple[object, ...]:
    """What has to be equal about a token; with `holes`, after its values are put in."""
    plain = holes.plain if holes else str
    content = "" if token.type in ("inline", "front_matter") else plain(token.content)
    if token.type == "front_matter":
        content = _yaml(token.content, holes)
    attrs = tuple((key, _attribute(key, str(value), holes)) for key, value in token.attrs.items())
    children = tuple(_shape(child, holes) for child in token.children or ())
    # An escaped character that begins a text leaves its own markup and info on the whole text.
    markup = "" if token.type in ("code_inline", "text") else token.markup
    info = "" if token.type == "text" else plain(token.info)
    return (token.type, token.tag, token.nesting, token.level, markup, info, content, attrs, children)


def _attribute(key: str, value: str, holes: Holes | None) -> str:
    if holes is None:
        return value
    if key not in ("href", "src"):
        return holes.plain(value)
    first = next(holes.find(value), None)
    at = Location(holes.path, 1)
    return holes.each(
        value,
        lambda number: _address(
            holes.value(number), at, whole=first is not None and first[0] == 0 and first[2] == number
        ),
    )


def _yaml(content: str, holes: Holes | None) -> str:
    """The front matter as data; a scalar `{{ 3 }}` counts like the text "3"."""
    try:
        data = yaml.safe_load(content)
    except yaml.YAMLError:
        return content
    if not isinstance(data, dict):
        return content
    return repr({str(key): (holes.plain(str(value)) if holes else str(value)).lower() for key, value in data.items()})
