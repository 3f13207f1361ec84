"""Whether every slide fits: measured in a browser, reported with what to do about it."""

from livedeck.export.fit.findings import FitFinding, find
from livedeck.export.fit.inspection import inspect

__all__ = ["FitFinding", "find", "inspect"]
