"""Figures drawn from captures, as stages pass them on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec

FIGURES = ("images", "containers")
"""The figures that templates can ask for."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: the name of its file, which changes with its content, and the SVG in it."""

    FOLDER: ClassVar[str] = "figures"

    name: str
    svg: str

    @property
    def address(self) -> str:
        """The path by which a deck names it, as it does its own pictures."""
        return f"{self.FOLDER}/{self.name}"


class FigureLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words in figures, in one language."""

    read_only: str = "read-only layers"
    read_write: str = "read/write layer"
    shared: str = "shared layers"
    new: str = "new"
    folded: str = "… {n} more layers …"
