"""Figures: what Docker printed about images and containers, drawn as stacks of layers."""

from livedeck.figures.figure import Figure

__all__ = ["Figure"]
