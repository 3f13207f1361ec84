"""Whether every slide fits: measured in a browser, told with what to do about it."""

from generator.fit.findings import Finding, find
from generator.fit.inspection import inspect

__all__ = ["Finding", "find", "inspect"]
