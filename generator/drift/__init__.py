"""Drift: what changed from one record of a deck to another that no volatile value explains, and the reports of it."""

from generator.drift.claims import Written
from generator.drift.compare import Places, compare
from generator.drift.report import FORMATS, report
from generator.drift.text import as_lines, command_line
from generator.drift.world import another_docker, apart, world_of

__all__ = [
    "FORMATS",
    "Places",
    "Written",
    "another_docker",
    "apart",
    "as_lines",
    "command_line",
    "compare",
    "report",
    "world_of",
]
