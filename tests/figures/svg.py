"""A drawing as a reader of SVG sees it: texts and rectangles."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from livedeck.model import Drawing

TIMES = "\N{MULTIPLICATION SIGN}"
_NAMES = "{http://www.w3.org/2000/svg}"


def elements(drawing: Drawing, kind: str) -> list[ET.Element]:
    """All elements of one kind, in the order of drawing. The SVG has to be well-formed XML."""
    return list(ET.fromstring(drawing.svg).iter(_NAMES + kind))


def kinds(drawing: Drawing) -> set[str]:
    """The kinds of elements there are."""
    return {element.tag.removeprefix(_NAMES) for element in ET.fromstring(drawing.svg).iter()}


def texts(drawing: Drawing) -> list[str]:
    """All texts, in the order of drawing: the rows of each run from the bottom, then the heads, then the band."""
    return [element.text or "" for element in elements(drawing, "text")]


def frames(drawing: Drawing) -> list[ET.Element]:
    """The frames of the rows, without the bars at their left."""
    return [each for each in elements(drawing, "rect") if each.get("stroke")]


def height(drawing: Drawing) -> float:
    """The height it asks for."""
    return float(ET.fromstring(drawing.svg).get("height", "0"))
