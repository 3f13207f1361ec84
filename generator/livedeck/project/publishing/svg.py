"""SVG that only draws: judged by the elements, attributes and references that it may use.

On a slide an SVG is a picture, in which browsers run nothing. But it is published as a file, and opened on its own it
is a document: there scripts run, links lead elsewhere, and pictures are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from livedeck.project.publishing import css, svg_words
from livedeck.project.publishing.refusal import Refusal

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_MOST_ELEMENTS = 200_000
_DEEPEST = 256
_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii")
_SEPARATOR = " "
_FREE = re.compile(r"(?:aria|data)-[\w.-]+")
_XLINK_NAMES = ("actuate", "arcrole", "href", "role", "show", "title", "type")
_INSIDE = re.compile(r"#[^\s\"'<>]*")
_EMBEDDED = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:https?://|mailto:)[^\s\"'<>\x00-\x20]*", re.IGNORECASE)
_HTML_TEXT = (
    'draw.io: export with "Convert labels to SVG", or without formatted text and word wrap; '
    "Mermaid: set htmlLabels to false"
)
_PLAIN = "export it as plain SVG, or as PNG"


def check(data: bytes) -> None:
    """Raise Refusal if a file is not SVG, or holds anything besides a drawing."""
    _Reader().read(data)


class _Reader:
    """One pass through an SVG file. Nothing is built from it, so neither depth nor size can exhaust the memory."""

    def __init__(self) -> None:
        # Browsers know some encodings that Python reads in another way: only UTF-8 is read.
        parser = expat.ParserCreate("utf-8", _SEPARATOR)
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._skipped
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = True
        self._parser = parser
        self._elements = 0
        self._depth = 0
        self._style: list[str] | None = None

    def read(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as problem:
            raise Refusal(f"cannot be read ({problem})") from None
        except Refusal as refusal:
            at = f" (line {self._parser.CurrentLineNumber} of it)"
            raise Refusal(f"{refusal.reason}{at}", refusal.hint or _PLAIN) from None
        except (ValueError, LookupError, RecursionError, MemoryError) as problem:
            raise Refusal(f"cannot be read ({type(problem).__name__})") from None

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise Refusal(f"is in the encoding {encoding[:40]}", "save it in UTF-8")

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:
            raise Refusal("declares entities or attributes in its document type")

    def _entity(self, *_declared: object) -> None:
        raise Refusal("declares entities")

    def _skipped(self, name: str, _is_parameter: object) -> None:
        raise Refusal(f"uses the entity {name[:40]}, which it does not have")

    def _instruction(self, target: str, _data: str) -> None:
        raise Refusal(f"has an instruction for programs, <?{target[:40]}?>")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > _MOST_ELEMENTS or self._depth > _DEEPEST:
            raise Refusal("has too many elements, or too deep ones", "export it as PNG")
        space, _, local = name.rpartition(_SEPARATOR)
        if self._elements == 1 and (space, local) != (_SVG, "svg"):
            raise Refusal("is not SVG: its first element is another one")
        if self._style is not None:
            raise Refusal(f"has <{local[:40]}> inside of its style")
        if space != _SVG:
            self._need_note(space, local)
            return
        if local == "foreignObject":
            raise Refusal("has text as HTML (<foreignObject>), which is not drawn everywhere", _HTML_TEXT)
        if local not in svg_words.ELEMENTS:
            raise Refusal(f"has <{local[:40]}>, which is no part of a drawing")
        for attribute, value in attributes.items():
            self._attribute(local, attribute, value)
        if local == "style":
            self._style = []

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._style is not None:
            css.check("".join(self._style))
            self._style = None

    def _text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def _need_note(self, space: str, local: str) -> None:
        """Raise Refusal unless an element is one of those that drawing programs write for themselves."""
        if space and not space.startswith(svg_words.NOTES):
            raise Refusal(f"has <{local[:40]}> of {space[:80]}, which is no part of a drawing")

    def _attribute(self, element: str, name: str, value: str) -> None:
        space, _, local = name.rpartition(_SEPARATOR)
        if (space == _XLINK and local in _XLINK_NAMES) or (not space and local == "href"):
            if local == "href":
                self._reference(element, value)
            return
        if space.startswith(svg_words.NOTES) or (space == _XML and local in ("id", "lang", "space")):
            return
        free = _FREE.fullmatch(local) is not None
        if space or not (free or local in svg_words.ATTRIBUTES):
            raise Refusal(f'has the attribute {local[:40]}="...", which is no part of a drawing')
        if local == "attributeName" and value.strip() not in svg_words.ANIMATED:
            raise Refusal(f"animates {value[:40]}, which is no part of a drawing")
        if local == "type" and element == "style" and value.strip().lower() not in ("", "text/css"):
            raise Refusal("has a style that is not CSS")
        if not free and local not in svg_words.UNREAD and (local == "style" or "(" in value or "\\" in value):
            css.check(value)

    def _reference(self, element: str, address: str) -> None:
        """Raise Refusal unless an address leads to a part of the same file, or holds a picture itself."""
        if not address or _INSIDE.fullmatch(address) or element == "color-profile":  # which no browser reads
            return
        if element == "a" and _ELSEWHERE.fullmatch(address):
            return
        if element in ("image", "feImage") and _EMBEDDED.fullmatch(address):
            return
        what = "leads to" if element == "a" else "refers to"
        raise Refusal(f"{what} {address[:60]!r} by <{element}>", "embed the picture as PNG or JPEG, or leave it out")
