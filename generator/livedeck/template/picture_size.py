"""How big pictures are, read from the first bytes of their files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from livedeck.project import publishing
from livedeck.project.publishing import raster

PictureSize = Callable[[str], tuple[float, float] | None]
"""Width and height of the picture at an address, in pixels; None where it is unknown."""

_HEAD = 64 * 1024
_LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d{0,20})?|\.\d{1,20})(px)?\s*")
_NUMBER = re.compile(r"[+-]?(?:\d{1,6}(?:\.\d{0,20})?|\.\d{1,20})")
_SVG = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\b(width|height|viewBox)\s*=\s*["']([^"']*)["']""")
_REPLACED = (300.0, 150.0)
"""What browsers take for a picture that does not say how big it is."""


def size(folder: Path, room: float, address: str) -> tuple[float, float] | None:
    """Return width and height in pixels of a picture named relative to `folder`, None where it cannot be read.

    Only what may be published is looked at. `room` is the width of a slide, which an SVG takes that says nothing of its
    size.
    """
    name = unquote(address)
    try:
        with publishing.opened(folder, name, "picture") as file:
            if form := publishing.pillow_format(name):
                return raster.extent(file, form)
            return drawn(file.read(_HEAD).decode("utf-8", "replace"), room)
    except (publishing.Refusal, OSError):
        return None


def drawn(svg: str, room: float) -> tuple[float, float] | None:
    """Return width and height of an SVG picture on a slide with so much room, None for another text."""
    tag = _SVG.search(svg)
    if tag is None:
        return None
    attributes = dict(_ATTRIBUTE.findall(tag[0]))
    lengths = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    across, down = (float(found[1]) if found else 0.0 for found in lengths)
    if across and down:
        return across, down
    box = attributes.get("viewBox", "").replace(",", " ").split()
    if len(box) != 4 or not all(_NUMBER.fullmatch(number) for number in box):  # noqa: PLR2004 (x, y, width, height)
        return across or _REPLACED[0], down or _REPLACED[1]
    wide, high = float(box[2]), float(box[3])
    if wide <= 0 or high <= 0:
        return _REPLACED
    if across or down:
        return across or down * wide / high, down or across * high / wide
    return room, room * high / wide
