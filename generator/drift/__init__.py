"""Drift: what changed from one record of a deck to another that no volatile value explains, and the reports of it."""

from generator.drift.compare import Places, compare
from generator.drift.world import apart

__all__ = ["Places", "apart", "compare"]
