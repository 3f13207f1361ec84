"""A font of last resort for the browser: on a machine without any, Chromium leaves out most of what the deck brings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path

_NAME = "Livedeck last resort"
_CONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">{include}</include>
  <dir>{folder}</dir>
</fontconfig>
"""


def variables(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What tells a browser that works in `folder` of one more font, beside those that it has without it.

    The font has a blank and nothing else, and is written into `folder` with the configuration that names it.
    """
    shelf = folder / "last"
    shelf.mkdir()
    (shelf / "last.ttf").write_bytes(_font())
    config = folder / "last.conf"
    # A relative name is one in the folders of the system's own configuration.
    include = environ.get("FONTCONFIG_FILE") or "fonts.conf"
    text = _CONFIG.format(include=escape(include, quote=False), folder=escape(str(shelf), quote=False))
    config.write_text(text, encoding="utf-8")
    return {"FONTCONFIG_FILE": str(config)}


@cache
def _font() -> bytes:
    from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415 (only a browser needs it)
    from fontTools.ttLib.tables._g_l_y_f import Glyph  # noqa: PLC0415

    glyphs = (".notdef", "space")
    font = FontBuilder(1000)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap({0x20: "space"})
    font.setupGlyf({name: Glyph() for name in glyphs})
    font.setupHorizontalMetrics(dict.fromkeys(glyphs, (500, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": _NAME, "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    data = BytesIO()
    font.save(data)
    return data.getvalue()
