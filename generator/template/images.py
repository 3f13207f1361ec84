"""Pictures of a deck: where the finished Markdown looks for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token

from generator.template import markdown

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as a deck names it: the address in the Markdown, and the path it stands for."""

    address: str
    path: str


def relocate(text: str, folder: str) -> tuple[str, tuple[Image, ...]]:
    """`text` with each relative picture looked for below `folder`, and those pictures.

    Only the lines of paragraphs that hold pictures are touched; addresses with a scheme stay.
    """
    lines = text.split("\n")
    found: dict[str, Image] = {}
    for token in markdown.parse(text):
        if token.type != "inline" or token.map is None:
            continue
        for address in {str(image.attrs["src"]) for image in _images(token)}:
            if not address or _ELSEWHERE.match(address):
                continue
            path = unquote(address).removeprefix("./")
            found[address] = Image(address, path)
            for number in range(*token.map):
                lines[number] = lines[number].replace(f"]({address}", f"]({folder}/{address.removeprefix('./')}")
    return "\n".join(lines), tuple(found.values())


def _images(token: Token) -> list[Token]:
    children = token.children or []
    return [child for child in children if child.type == "image"] + [i for child in children for i in _images(child)]
