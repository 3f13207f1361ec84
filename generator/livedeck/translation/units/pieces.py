"""The pieces of a line of prose besides its words: values, code, links, pictures, HTML, emphasis.

A translation may put them in another order, but must have each of them as often as its source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from livedeck.template import markdown
from livedeck.template.mask import scan
from livedeck.template.rendering import escaping

_FIRST = 0xF0100
_KINDS = ("code", "links", "pictures", "orders", "html", "emphasis")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text, each kind sorted; its words, and those of them outside links."""

    values: tuple[str, ...]
    code: tuple[str, ...]
    links: tuple[str, ...]
    pictures: tuple[str, ...]
    orders: tuple[str, ...]
    html: tuple[str, ...]
    emphasis: tuple[str, ...]
    breaks: int
    words: str
    prose: str


def opaque(text: str) -> tuple[str, Mapping[int, str]]:
    """Replace each value by one private character; return the text and the values. A raw block counts as a value."""
    names: dict[int, str] = {}
    pieces: list[str] = []
    position = opened = 0
    for tag in scan(text)[0]:
        start = opened if tag.name == "endraw" else tag.start
        opened = tag.start
        if tag.name == "raw":
            continue
        mark = _FIRST + len(names)
        names[mark] = text[start : tag.end]
        pieces += [text[position:start], chr(mark)]
        position = tag.end
    return "".join([*pieces, text[position:]]), names


def pieces(text: str, references: Mapping[str, Any]) -> Pieces:
    """Return the pieces of `text`, the content of one block; `references` are the link definitions of its deck."""
    masked, names = opaque(text)
    return collect(markdown.inline(masked, references), names)


def collect(tokens: Sequence[Token], names: Mapping[int, str]) -> Pieces:
    """Return the pieces of inline tokens; `names` are the values that single characters stand for."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    linked = 0
    for token in tokens:
        linked += token.nesting if token.type in ("link_open", "link_close") else 0
        for kind, piece in _pieces_of(token):
            if kind != "prose" or not linked:
                found[kind].append(piece.translate(names if kind in _KINDS else dict.fromkeys(names, " ")))
    kinds = {kind: tuple(sorted(found[kind])) for kind in _KINDS}
    values, words, prose = tuple(sorted(names.values())), " ".join(found["words"]), " ".join(found["prose"])
    return Pieces(values, breaks=len(found["breaks"]), words=words, prose=prose, **kinds)


def _pieces_of(token: Token) -> Iterator[tuple[str, str]]:
    """Yield the kind and text of each piece of an inline token."""
    match token.type:
        case "code_inline" | "html_inline":
            yield token.type.removesuffix("_inline"), token.content
        case "hardbreak":
            yield "breaks", ""
        case "link_open":
            yield "links", str(token.attrs["href"])
            yield "words", str(token.attrs.get("title", ""))
        case "image":
            yield "pictures", str(token.attrs["src"])
            yield "words", str(token.attrs.get("title", ""))
            yield from (("orders" if escaping.is_order(word) else "words", word) for word in token.content.split())
        case "em_open" | "strong_open" | "s_open":
            yield "emphasis", token.tag
        case "text" | "text_special":
            yield "words", token.content
            yield "prose", token.content
