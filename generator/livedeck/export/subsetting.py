"""A font file cut to some characters, as WOFF2. Results are kept for the next build with the same characters."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import msgspec

from livedeck.errors import UsageError
from livedeck.project import disk

# What is read from a font besides outlines: kerning, digits of equal width, accents on letters, variants of a language.
_FEATURES = ("kern", "tnum", "ccmp", "mark", "mkmk", "locl")
_KEPT_NAMES = (0, 1, 2, 3, 4, 5, 6, 13, 14)
# Font licences reserve the name for the whole font.
_OWN_NAMES = (1, 3, 4, 6)
_KEPT_FILES = 300


class FontSubset(msgspec.Struct, frozen=True):
    """A cut font: the characters it draws, and its file as WOFF2 in base 64."""

    drawn: str = ""
    data: str = ""


def cut(font: Path, characters: frozenset[str], family: str, shelf: Path) -> FontSubset:
    """Return the font cut to `characters` and named `family`; the same bytes for the same arguments.

    `shelf` is the folder where results are kept. Raises UsageError for a file that is not a font.
    """
    import brotli  # noqa: PLC0415 (only to ask for its version)
    import fontTools  # noqa: PLC0415

    text = "".join(sorted(characters))
    tools = (str(fontTools.version), str(brotli.__version__))
    recipe = "\n".join([*tools, *_FEATURES, family, _digest(font), text])
    kept = shelf / f"{hashlib.sha256(recipe.encode()).hexdigest()}.json"
    with suppress(OSError, msgspec.DecodeError):
        found = msgspec.json.decode(kept.read_bytes(), type=FontSubset)
        os.utime(kept)
        return found
    fresh = _cut(font, text, family)
    disk.replace(kept, msgspec.json.encode(fresh).decode())
    return fresh


def tidy(shelf: Path) -> None:
    """Keep only the results that were used last; a build needs about a dozen."""
    with suppress(OSError):
        files = sorted(shelf.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in files[_KEPT_FILES:]:
            path.unlink()


@lru_cache(maxsize=32)
def _digest(font: Path) -> str:
    with font.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cut(path: Path, characters: str, family: str) -> FontSubset:
    from fontTools import subset  # noqa: PLC0415 (takes a quarter of a second, and most builds cut nothing)
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415

    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it warns of each table that it leaves out
    try:
        font = TTFont(BytesIO(path.read_bytes()), lazy=True, recalcTimestamp=False)
    except TTLibError as error:
        raise UsageError(f"{path} is not a font: {error}", hint="let the theme name another file") from None
    data = BytesIO()
    with font:
        drawn = "".join(c for c in characters if ord(c) in font.getBestCmap())
        options = subset.Options(layout_features=list(_FEATURES), name_IDs=list(_KEPT_NAMES), hinting=False)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=drawn)
        subsetter.subset(font)
        for name in font["name"].names:
            if name.nameID in _OWN_NAMES:
                name.string = family.replace(" ", "-")
        font.flavor = "woff2"
        font.save(data)
    return FontSubset(drawn, base64.b64encode(data.getvalue()).decode("ascii"))
