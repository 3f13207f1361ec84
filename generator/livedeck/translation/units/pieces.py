"""What a line of prose is made of besides words: values, code, links, pictures, HTML, emphasis.

A translation may put them in another order, and has to have each of them as often as its source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from livedeck.template import markdown
from livedeck.template.mask import scan
from livedeck.template.rendering import escaping

_FIRST = 0xF0100
_EMPHASIS = ("em_open", "strong_open", "s_open")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text, each sorted; its words, and those of them that stand in no link."""

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
    """`text` with one private character for each value, and what each stands for; a raw block counts as a value."""
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
    """The pieces of `text`, which is the content of one block; `references` are the link definitions of its deck."""
    masked, names = opaque(text)
    return _Collector(names).collect(markdown.inline(masked, references))


def collect(tokens: Sequence[Token]) -> Pieces:
    """Return the pieces of inline tokens."""
    return _Collector({}).collect(tokens)


class _Collector:
    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._found: dict[str, list[str]] = {
            kind: [] for kind in ("code", "links", "pictures", "orders", "html", "emphasis")
        }
        self._words: list[str] = []
        self._prose: list[str] = []
        self._breaks = 0
        self._linked = 0

    def collect(self, tokens: Sequence[Token]) -> Pieces:
        for token in tokens:
            self._add(token)
        found = {kind: tuple(sorted(parts)) for kind, parts in self._found.items()}
        return Pieces(
            values=tuple(sorted(self._names.values())),
            breaks=self._breaks,
            words=" ".join(self._words),
            prose=" ".join(self._prose),
            **found,
        )

    def _add(self, token: Token) -> None:
        match token.type:
            case "code_inline":
                self._put("code", token.content)
            case "html_inline":
                self._put("html", token.content)
            case "link_open" | "link_close" | "image":
                self._address(token)
            case "hardbreak":
                self._breaks += 1
            case kind if kind in _EMPHASIS:
                self._put("emphasis", token.tag)
            case "text" | "text_special":
                text = "".join(" " if ord(char) in self._names else char for char in token.content)
                self._words.append(text)
                if not self._linked:
                    self._prose.append(text)

    def _address(self, token: Token) -> None:
        self._linked += token.nesting
        self._words.append(str(token.attrs.get("title", "")))
        if token.type == "link_open":
            self._put("links", str(token.attrs["href"]))
        elif token.type == "image":
            self._put("pictures", str(token.attrs["src"]))
            for word in token.content.split():
                if escaping.is_order(word):
                    self._put("orders", word)
                else:
                    self._words.append("".join(" " if ord(char) in self._names else char for char in word))

    def _put(self, kind: str, text: str) -> None:
        self._found[kind].append(text.translate(self._names))
