"""The formats of a built deck, and where its files are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

Format = Literal["md", "html", "pdf", "png", "pptx"]
FORMATS: tuple[Format, ...] = get_args(Format)


def output_path(markdown: Path, form: Format) -> Path:
    """Return where a deck is in one format, next to its Markdown. PNG is a folder of pictures: `001.png` ..."""
    return markdown.with_suffix("" if form == "png" else f".{form}")
