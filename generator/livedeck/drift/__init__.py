"""Drift: the changes between two records of a deck that no volatile value explains, and the reports of them."""

from livedeck.drift.compare.claims import TemplateClaim
from livedeck.drift.compare.compare import Places, compare
from livedeck.drift.compare.world import another_docker, apart, world_of
from livedeck.drift.report.report import FORMATS, report
from livedeck.drift.report.text import as_lines

__all__ = [
    "FORMATS",
    "Places",
    "TemplateClaim",
    "another_docker",
    "apart",
    "as_lines",
    "compare",
    "report",
    "world_of",
]
