"""Whether a picture can be shown: it is decoded, as a browser would."""

from __future__ import annotations

import warnings
from pathlib import Path
from xml.parsers import expat

_VECTOR = ".svg"
_RASTER = (".apng", ".avif", ".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".webp")


def trouble(path: Path) -> str:
    """Why the picture at `path` cannot be shown, or nothing. Files that are no pictures by name are not looked into."""
    suffix = path.suffix.lower()
    if suffix == _VECTOR:
        return _drawing(path)
    return size(path)[1] if suffix in _RASTER else ""


def size(path: Path) -> tuple[tuple[int, int], str]:
    """Width and height in pixels of a picture that was decoded to its last one; else why it was not."""
    from PIL import Image  # noqa: PLC0415 (a deck without pictures does not need it)

    try:
        with warnings.catch_warnings(), Image.open(path) as picture:
            warnings.simplefilter("ignore")
            picture.load()
            return picture.size, ""
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as problem:
        said = " ".join(str(problem).replace(str(path), path.name).split())
        return (0, 0), f"cannot be decoded ({said})"


def _drawing(path: Path) -> str:
    """Why an SVG file is none. Entities are not unfolded beyond what expat itself bears."""
    names: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _attributes: names.append(name) if not names else None
    try:
        parser.Parse(path.read_bytes(), True)
    except (expat.ExpatError, OSError, ValueError) as problem:
        return f"cannot be read ({problem})"
    return "" if names == ["http://www.w3.org/2000/svg svg"] else "is no SVG: its first element is another one"
