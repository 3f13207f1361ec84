"""A font file cut to some characters, as WOFF2. Results are kept for the next build with the same characters."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import msgspec

from livedeck.errors import HostError, UsageError
from livedeck.project import bounded, disk

# What is read from a font besides outlines: kerning, digits of equal width, accents on letters, variants of a language.
_FEATURES = ("kern", "tnum", "ccmp", "mark", "mkmk", "locl")
_KEPT_NAMES = (0, 1, 2, 3, 4, 5, 6, 13, 14)
# Font licences reserve the name for the whole font.
_OWN_NAMES = (1, 3, 4, 6)
_KEPT_FILES = 1000
_KEPT = re.compile(r"[0-9a-f]{64}\.json")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class FontSubset(msgspec.Struct, frozen=True):
    """A cut font: the characters it draws, and its file as WOFF2 in base 64."""

    drawn: str = ""
    data: str = ""


def shelf(environ: Mapping[str, str]) -> Path | None:
    """Return the folder where the user's cut fonts are kept, of all projects; None for a user who has no such place.

    It is not in the project: what is there may come from a stranger, and a font may draw other words than it is for.
    """
    places = (environ.get("XDG_CACHE_HOME", ""), f"{environ['HOME']}/.cache" if environ.get("HOME") else "")
    found = next((place for place in places if Path(place).is_absolute()), None)
    return Path(found, "livedeck", "fonts").resolve() if found else None


def cut(font: Path, characters: frozenset[str], family: str, shelf: Path | None) -> FontSubset:
    """Return the font cut to `characters` and named `family`; the same bytes for the same arguments.

    `shelf` is the folder where results are kept; without one, or where it cannot be used, the font is cut each time.
    Raises UsageError for a file that is not a font, HostError for one that cannot be read.
    """
    import brotli  # noqa: PLC0415 (only to ask for its version)
    import fontTools  # noqa: PLC0415

    text = "".join(sorted(characters))
    tools = (str(fontTools.version), str(brotli.__version__))
    recipe = "\n".join([*tools, *_FEATURES, family, _digest(font), text])
    if shelf is None:
        return _cut(font, text, family)
    kept = shelf / f"{hashlib.sha256(recipe.encode()).hexdigest()}.json"
    with suppress(OSError, msgspec.DecodeError):
        found = msgspec.json.decode(bounded.read(shelf, kept, bounded.FONT), type=FontSubset)
        if set(found.drawn) <= characters and _BASE64.fullmatch(found.data):
            os.utime(kept, follow_symlinks=False)
            return found
    fresh = _cut(font, text, family)
    with suppress(HostError):
        disk.replace(shelf, kept, msgspec.json.encode(fresh))
    return fresh


def tidy(shelf: Path | None) -> None:
    """Keep only the results that were used last; a build needs about a dozen."""
    if shelf is None:
        return
    with suppress(OSError, HostError):
        files = [path for path in bounded.entries(shelf, shelf) if _KEPT.fullmatch(path.name)]
        for path in sorted(files, key=lambda path: path.lstat().st_mtime_ns, reverse=True)[_KEPT_FILES:]:
            disk.remove(shelf, path)


@lru_cache(maxsize=32)
def _digest(font: Path) -> str:
    return hashlib.sha256(_read(font)).hexdigest()


def _read(font: Path) -> bytes:
    try:
        return bounded.read(font.parent, font, bounded.FONT)
    except OSError as error:
        hint = "let the theme name another file"
        raise HostError(f"cannot read the font {font}: {error.strerror}", hint=hint) from None


def _cut(path: Path, characters: str, family: str) -> FontSubset:
    from fontTools import subset  # noqa: PLC0415 (takes a quarter of a second, and most builds cut nothing)
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415

    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it warns of each table that it leaves out
    try:
        font = TTFont(BytesIO(_read(path)), lazy=True, recalcTimestamp=False)
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
