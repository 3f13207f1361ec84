"""Figures drawn from captures, as stages hand them on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec

FIGURES = ("images", "containers")
"""What templates can ask of `figure`."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: the name of its file, which changes with its content, and the SVG in it."""

    FOLDER: ClassVar[str] = "figures"

    name: str
    svg: str

    @property
    def address(self) -> str:
        """Where a deck looks for it, like for a picture of its own."""
        return f"{self.FOLDER}/{self.name}"


class FigureLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that stand in figures, in one language."""

    read_only: str = "read-only layers"
    read_write: str = "read/write layer"
    shared: str = "shared layers"
    new: str = "new"
    folded: str = "… {n} more layers …"
