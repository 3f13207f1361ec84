"""A value as Markdown that shows exactly it, for each place where a value can be."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template import markdown

_SPECIAL = re.compile(r"[\\`*_\[\]<|~$#]|&(?=[A-Za-z#])|\.(?=[A-Za-z])|:(?=//|[a-z0-9+_-]+:)|(?<!:)/(?=/)|@")
_LEADING = re.compile(r"^(?:[-+](?=\s|$)|-(?=-)|=(?=[=\s]|$)|[>:]|\d{1,9}(?=[.)](?:\s|$)))")
_ORDER = re.compile(
    r"(?:w|h|width|height):.*|[\d.]+%|(?:bg|fit|auto|cover|contain|left|right|vertical|horizontal|blur|brightness|contrast"
    r"|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia)(?::.*)?"
)


def text(value: str) -> str:
    """Return a value in a sentence: nothing in it means anything, no address becomes a link."""
    escaped = _SPECIAL.sub(r"\\\g<0>", value)
    escaped = _LEADING.sub(lambda match: "\\" + match[0] if not match[0].isdigit() else match[0] + "\\", escaped)
    if _is_blank(escaped[:1]):
        escaped = f"&#{ord(escaped[0])};{escaped[1:]}"
    if _is_blank(escaped[-1:]):
        escaped = f"{escaped[:-1]}&#{ord(escaped[-1])};"
    return escaped


def _is_blank(char: str) -> bool:
    """Whether Markdown, here or in Marp, would trim it from the end of a line."""
    return char.isspace() or char == "\ufeff"


def code(value: str, at: Location) -> str:
    """Return a code span. Raises TemplateError for blanks alone, which Marp does not keep."""
    if len(value) > 2 and not value.strip(" "):  # noqa: PLR2004 (two blanks are kept)
        raise TemplateError("the code here holds nothing but blanks", at=at, hint="put a word beside the value")
    return markdown.code_span(value)


def description(value: str, at: Location) -> str:
    """Return a value in the description of a picture. Raises TemplateError for what cannot be one.

    Marp drops escapes there, and takes some words (`bg`, `w:300`) for orders.
    """
    hint = "describe the picture in your own words"
    if any(is_order(word) for word in value.split()):
        raise TemplateError(f"{value!r} in the description of a picture is an order to Marp", at=at, hint=hint)
    pictures = [part for token in markdown.parse(f"![.{value}.](x)") for part in token.children or ()]
    words = [(part.type, part.content) for picture in pictures for part in picture.children or ()]
    if len(pictures) != 1 or words != [("text", f".{value}.")]:
        raise TemplateError(f"{value!r} cannot be the description of a picture", at=at, hint=hint)
    return value


def describes(content: str) -> bool:
    """Whether the description of a picture holds a word that is not an order to Marp or the theme."""
    return any(not is_order(word) for word in content.split())


def is_order(word: str) -> bool:
    """Whether Marp or the theme takes a word in the description of a picture for an order."""
    return word == "center" or _ORDER.fullmatch(word) is not None


def url(value: str, at: Location, *, whole: bool) -> str:
    """Return a value in an address, percent-encoded; `whole` where the address begins with it. Raises TemplateError."""
    if not whole:
        return quote(value, safe="/-._~")
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        scheme = "?"
    if scheme not in ("http", "https", ""):
        raise TemplateError(f"a link to {value!r} is not let through", at=at, hint="links go to http or https")
    return quote(value, safe="/:?#@!$&'*+,;=%-._~")
