"""Figures with the fonts of the theme inside: an SVG shown as a picture sees nothing of the page around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from livedeck.export import fonts, subsetting, themes

# The weights that figures use are 400 and 700.
_OTHER_WEIGHT = re.compile(r"font-weight\s*:\s*(?!(?:400|700)\b)\d", re.IGNORECASE)
_FAMILIES = ("prose", "mono")
"""Classes of texts in figures, and the variables of the theme that name their fonts."""


def with_fonts(svg: str, root: Path, theme: str, environ: Mapping[str, str]) -> str:
    """Return the SVG with the fonts of the theme of the project at `root` inside, cut to what the SVG shows.

    Texts of the classes `prose` and `mono` get the families that the theme's variables of these names hold; `environ`
    says where cut fonts are kept. Equal arguments give equal bytes. Raises HostError for a missing font, UsageError for
    a missing theme.
    """
    found = themes.find(root, theme)
    wanted = fonts.characters([svg])
    shelf = subsetting.shelf(environ)
    sheets = [
        fonts.embed(sheet, wanted, shelf, lambda face: not _OTHER_WEIGHT.search(face)).css for sheet in found.sheets
    ]
    faces = [face for css in sheets for face in fonts.FACE.findall(css) if "data:font/" in face]
    families = [f".{name}{{font-family:{family}}}" for name in _FAMILIES if (family := fonts.variable(sheets, name))]
    if not faces:
        return svg
    style = escape("".join([*faces, *families]), quote=False)
    return svg.replace("</svg>", f"<style>{style}</style></svg>")
