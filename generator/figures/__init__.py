"""Figures: what Docker said of images and containers, drawn as stacks of layers."""

from generator.figures.figure import Figure

__all__ = ["Figure"]
