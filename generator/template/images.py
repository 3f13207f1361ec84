"""Pictures of a deck: where the finished Markdown looks for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token

from generator.errors import TemplateError
from generator.template import markdown

_INLINE, _DEFINITION = r"\]\(", r"^[ >]*\[[^\]]+\]:"
_CLOSED = ("fence", "code_block", "html_block", "front_matter")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as a deck names it: the address in the Markdown, and the path it stands for."""

    address: str
    path: str


def relocate(text: str, folder: str) -> tuple[str, tuple[Image, ...]]:
    """`text` with each relative picture looked for below `folder`, and those pictures.

    Only the lines of paragraphs that hold pictures are touched, and link definitions; addresses with a scheme stay.
    Raises TemplateError for an address that is not written as it is meant.
    """
    lines = text.split("\n")
    tokens = markdown.parse(text)
    closed = {row for token in tokens if token.type in _CLOSED and token.map for row in range(*token.map)}
    found: dict[str, Image] = {}
    for token in tokens:
        if token.type != "inline" or token.map is None:
            continue
        for address in {str(image.attrs["src"]) for image in _images(token)}:
            if not address or _ELSEWHERE.match(address):
                continue
            found[address] = Image(address, unquote(address).removeprefix("./"))
            for row in range(*token.map):
                lines[row] = _moved(lines[row], _INLINE, address, folder)
            for row in set(range(len(lines))) - closed:
                lines[row] = _moved(lines[row], _DEFINITION, address, folder)
    moved = "\n".join(lines)
    for image in (picture for token in markdown.parse(moved) for picture in _images(token)):
        address = str(image.attrs["src"])
        if address and not _ELSEWHERE.match(address) and not address.startswith(f"{folder}/"):
            raise TemplateError(
                f"the address of the picture {address} cannot be read",
                hint="write it plainly: ![](img/name.svg), no backslash, no blank",
            )
    return moved, tuple(found.values())


def _moved(line: str, start: str, address: str, folder: str) -> str:
    """A line with `folder` before the address, where it follows `start`."""
    place = f"{folder}/{address.removeprefix('./')}"
    return re.sub(rf"({start}\s*<?){re.escape(address)}(?=[\s)>]|$)", lambda found: f"{found[1]}{place}", line)


def _images(token: Token) -> list[Token]:
    children = token.children or []
    return [child for child in children if child.type == "image"] + [i for child in children for i in _images(child)]
