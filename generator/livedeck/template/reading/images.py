"""Pictures of a deck, and files that it links: where the finished Markdown looks for them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from markdown_it.token import Token

from livedeck.errors import TemplateError
from livedeck.project.publishing import Kind
from livedeck.template import markdown
from livedeck.template.complaints import Complaint
from livedeck.template.mask import NEWLINE, Mask

_INLINE, _DEFINITION = r"\]\(", r"^[ >]*\[[^\]]+\]:"
_CLOSED = ("fence", "code_block", "html_block", "front_matter")
_PLAINLY = "write it plainly: ![](img/name.svg) or [text](files/name.txt), no backslash, no blank"
_FOLDER = "folder"
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_FILES = "files/"
"""Where the files are that a deck can link; other relative links are not of the deck's folder."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture, or a linked file, as a deck names it: the address in the Markdown, and the path that it means.

    `line` is the line of the Markdown that names it first, from 1.
    """

    kind: Kind
    address: str
    path: str
    line: int


def check(mask: Mask) -> Iterator[Complaint]:
    """Yield what is wrong with the addresses of a template's pictures, as far as no value is part of them."""
    try:
        tokens = markdown.parse(_moved_all(NEWLINE.sub("\n", mask.text), _FOLDER)[0])
    except markdown.UnreadableError as error:
        yield mask.line_at(error.row), error.message, error.hint or ""
        return
    for row, message in _unmoved(tokens, _FOLDER):
        yield mask.line_at(row), message, _PLAINLY


def relocate(text: str, folder: str) -> tuple[str, tuple[Asset, ...]]:
    """Return `text` with the addresses of relative pictures and linked files below `folder`, and those files.

    Only the lines of paragraphs that name them are touched, and link definitions; addresses with a scheme stay.
    Raises TemplateError for an address that is not written as it is meant.
    """
    moved, found = _moved_all(text, folder)
    for _, message in _unmoved(markdown.parse(moved), folder):
        raise TemplateError(message, hint=_PLAINLY)
    return moved, found


def named(text: str, folder: str) -> frozenset[str]:
    """Return the paths in `folder` that relocated Markdown names, by pictures and links."""
    found = [each for token in markdown.parse(text) for each in _addresses(token)]
    return frozenset(
        _path(kind, address[len(folder) + 1 :]) for kind, address in found if address.startswith(f"{folder}/")
    )


def _moved_all(text: str, folder: str) -> tuple[str, tuple[Asset, ...]]:
    """Return `text` with `folder` before the addresses that can be found in it, and what they name."""
    lines = text.split("\n")
    tokens = markdown.parse(text)
    closed = {row for token in tokens if token.type in _CLOSED and token.map for row in range(*token.map)}
    found: dict[tuple[Kind, str], Asset] = {}
    for token in tokens:
        if token.type != "inline" or token.map is None:
            continue
        own = dict.fromkeys(each for each in _addresses(token) if _is_own(*each))
        for kind, address in own:
            row = next((row for row in range(*token.map) if address in lines[row]), token.map[0])
            found.setdefault((kind, address), Asset(kind, address, _path(kind, address), row + 1))
        for address in dict.fromkeys(address for _, address in own):
            for row in range(*token.map):
                lines[row] = _moved(lines[row], _INLINE, address, folder)
            for row in set(range(len(lines))) - closed:
                lines[row] = _moved(lines[row], _DEFINITION, address, folder)
    return "\n".join(lines), tuple(found.values())


def _unmoved(tokens: Sequence[Token], folder: str) -> Iterator[tuple[int, str]]:
    """Yield the pictures and files whose address was not found: the row of their paragraph, and what is wrong."""
    for token in tokens:
        for kind, address in _addresses(token):
            if _is_own(kind, address) and not address.startswith(f"{folder}/"):
                yield (token.map or [0])[0], f"the address of the {kind} {address} cannot be read"


def _moved(line: str, start: str, address: str, folder: str) -> str:
    """Return a line with `folder` before the address, where it follows `start`."""
    place = f"{folder}/{address.removeprefix('./')}"
    return re.sub(rf"({start}\s*<?){re.escape(address)}(?=[\s)>]|$)", lambda found: f"{found[1]}{place}", line)


def _is_own(kind: Kind, address: str) -> bool:
    """Return whether an address is that of a picture or a file of the deck."""
    if not address or _ELSEWHERE.match(address):
        return False
    return kind == "picture" or f"{posixpath.normpath(_path(kind, address))}/".startswith(_FILES)


def _path(kind: Kind, address: str) -> str:
    """Return the path that an address means; what follows the `#` of a link is a place in the file."""
    return unquote(address.partition("#")[0] if kind == "file" else address).removeprefix("./")


def _addresses(token: Token) -> list[tuple[Kind, str]]:
    """Return the addresses that a token shows and links, those of pictures in descriptions of pictures too."""
    found: list[tuple[Kind, str]] = []
    for child in token.children or []:
        if child.type == "image":
            found.append(("picture", str(child.attrs["src"])))
        elif child.type == "link_open":
            found.append(("file", str(child.attrs["href"])))
        found += [each for each in _addresses(child) if each[0] == "picture"]
    return found
