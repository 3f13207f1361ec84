"""A font of last resort for the browser: on a machine without fonts, Chromium leaves out most of those in the deck."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from io import BytesIO
from pathlib import Path

from livedeck.project import disk

_CONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">{include}</include>
  <dir>{folder}</dir>
</fontconfig>
"""


def variables(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which a browser that works in `folder` finds one more font.

    The font has a blank and nothing else, and is written into `folder` with the configuration that names it.
    """
    from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415 (only a browser needs it)
    from fontTools.ttLib.tables._g_l_y_f import Glyph  # noqa: PLC0415

    glyphs = [".notdef", "space"]
    font = FontBuilder(1000)
    font.setupGlyphOrder(glyphs)
    font.setupCharacterMap({0x20: "space"})
    font.setupGlyf({name: Glyph() for name in glyphs})
    font.setupHorizontalMetrics(dict.fromkeys(glyphs, (500, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Livedeck last resort", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    shelf = folder / "last"
    made = BytesIO()
    font.save(made)
    disk.write(folder, shelf / "last.ttf", made.getvalue())
    config = folder / "last.conf"
    # A relative name is looked up in the folders of the system's own configuration.
    include = environ.get("FONTCONFIG_FILE") or "fonts.conf"
    text = _CONFIG.format(include=escape(include, quote=False), folder=escape(str(shelf), quote=False))
    disk.write(folder, config, text)
    return {"FONTCONFIG_FILE": str(config)}
