"""Check that a picture can be shown: it is decoded, as a browser would do."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

_RASTER = (".apng", ".avif", ".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".webp")


def trouble(path: Path) -> str:
    """Return why the picture at `path` cannot be shown, or nothing; files with other suffixes are not looked into."""
    suffix = path.suffix.lower()
    if suffix == ".svg":
        try:
            root = ET.parse(path).getroot()  # noqa: S314 (expat itself limits how far entities are expanded)
        except (ET.ParseError, OSError, ValueError) as problem:
            return f"cannot be read ({problem})"
        is_drawing = root.tag == "{http://www.w3.org/2000/svg}svg"
        return "" if is_drawing else "is not SVG: its first element is another one"
    return size(path)[1] if suffix in _RASTER else ""


def size(picture: Path | IO[bytes]) -> tuple[tuple[int, int] | None, str]:
    """Return width and height of a picture in pixels, or None and why it cannot be decoded to its end."""
    from PIL import Image  # noqa: PLC0415 (a deck without pictures does not need it)

    try:
        with warnings.catch_warnings(), Image.open(picture) as decoded:
            warnings.simplefilter("ignore")
            decoded.load()
            return decoded.size, ""
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as problem:
        reason = str(problem)
        if isinstance(picture, Path):
            reason = reason.replace(str(picture), picture.name)
        return None, f"cannot be decoded ({' '.join(reason.split())})"
