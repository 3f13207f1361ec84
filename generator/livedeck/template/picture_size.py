"""How big pictures are, read from the first bytes of their files."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

PictureSize = Callable[[str], tuple[float, float] | None]
"""Width and height of the picture at an address, in pixels; None where it is unknown."""

_HEAD = 64 * 1024
_LENGTH = re.compile(r"\s*([\d.]+)(px)?\s*")
_SVG = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\b(width|height|viewBox)\s*=\s*["']([^"']*)["']""")
_REPLACED = (300.0, 150.0)
"""What browsers take for a picture that does not say how big it is."""


def size(folder: Path, room: float, address: str) -> tuple[float, float] | None:
    """Return width and height in pixels of a picture named relative to `folder`, None where it cannot be read.

    `room` is the width of a slide, which an SVG takes that says nothing of its size.
    """
    try:
        path = (folder / unquote(address)).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():  # a pipe would be read for ever
            return None
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError, RuntimeError):
        return None
    if found := drawn(head.decode("utf-8", "replace"), room):
        return found
    from PIL import Image  # noqa: PLC0415 (a deck without pictures does not need it)

    try:
        with warnings.catch_warnings(), Image.open(path) as picture:
            warnings.simplefilter("ignore")
            return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
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
    try:
        _, _, wide, high = map(float, attributes.get("viewBox", "").replace(",", " ").split())
    except ValueError:
        return across or _REPLACED[0], down or _REPLACED[1]
    if not wide or not high:
        return _REPLACED
    if across or down:
        return across or down * wide / high, down or across * high / wide
    return room, room * high / wide
