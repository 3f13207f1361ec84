"""The kinds of files that a deck is built as, and where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

Format = Literal["md", "html", "pdf", "png", "pptx"]
FORMATS: tuple[Format, ...] = get_args(Format)


def output_path(markdown: Path, form: Format) -> Path:
    """Where a deck lies in one format, beside its Markdown. PNG is a folder with one picture a slide, `001.png` on."""
    return markdown.with_suffix("" if form == "png" else f".{form}")
