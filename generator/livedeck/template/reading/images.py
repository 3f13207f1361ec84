"""Pictures of a deck: where the finished Markdown looks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token

from livedeck.errors import TemplateError
from livedeck.template import markdown
from livedeck.template.complaints import Complaint
from livedeck.template.mask import NEWLINE, Mask

_INLINE, _DEFINITION = r"\]\(", r"^[ >]*\[[^\]]+\]:"
_CLOSED = ("fence", "code_block", "html_block", "front_matter")
_PLAINLY = "write it plainly: ![](img/name.svg), no backslash, no blank"
_FOLDER = "folder"
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a deck names it: the address in the Markdown, and the path that it means."""

    address: str
    path: str


def check(mask: Mask) -> Iterator[Complaint]:
    """Yield what is wrong with the addresses of a template's pictures, as far as no value is part of them."""
    tokens = markdown.parse(_moved_all(NEWLINE.sub("\n", mask.text), _FOLDER)[0])
    for row, message in _unmoved(tokens, _FOLDER):
        yield mask.line_at(row), message, _PLAINLY


def relocate(text: str, folder: str) -> tuple[str, tuple[Picture, ...]]:
    """Return `text` with the addresses of relative pictures below `folder`, and those pictures.

    Only the lines of paragraphs that hold pictures are touched, and link definitions; addresses with a scheme stay.
    Raises TemplateError for an address that is not written as it is meant.
    """
    moved, found = _moved_all(text, folder)
    for _, message in _unmoved(markdown.parse(moved), folder):
        raise TemplateError(message, hint=_PLAINLY)
    return moved, found


def _moved_all(text: str, folder: str) -> tuple[str, tuple[Picture, ...]]:
    """Return `text` with `folder` before the addresses of pictures that can be found in it, and the pictures."""
    lines = text.split("\n")
    tokens = markdown.parse(text)
    closed = {row for token in tokens if token.type in _CLOSED and token.map for row in range(*token.map)}
    found: dict[str, Picture] = {}
    for token in tokens:
        if token.type != "inline" or token.map is None:
            continue
        for address in {str(image.attrs["src"]) for image in _images(token)}:
            if not address or _ELSEWHERE.match(address):
                continue
            found[address] = Picture(address, unquote(address).removeprefix("./"))
            for row in range(*token.map):
                lines[row] = _moved(lines[row], _INLINE, address, folder)
            for row in set(range(len(lines))) - closed:
                lines[row] = _moved(lines[row], _DEFINITION, address, folder)
    return "\n".join(lines), tuple(found.values())


def _unmoved(tokens: Sequence[Token], folder: str) -> Iterator[tuple[int, str]]:
    """Yield the pictures whose address was not found: the row of their paragraph, and what is wrong."""
    for token in tokens:
        for image in _images(token):
            address = str(image.attrs["src"])
            if address and not _ELSEWHERE.match(address) and not address.startswith(f"{folder}/"):
                yield (token.map or [0])[0], f"the address of the picture {address} cannot be read"


def _moved(line: str, start: str, address: str, folder: str) -> str:
    """Return a line with `folder` before the address, where it follows `start`."""
    place = f"{folder}/{address.removeprefix('./')}"
    return re.sub(rf"({start}\s*<?){re.escape(address)}(?=[\s)>]|$)", lambda found: f"{found[1]}{place}", line)


def _images(token: Token) -> list[Token]:
    children = token.children or []
    return [child for child in children if child.type == "image"] + [i for child in children for i in _images(child)]
