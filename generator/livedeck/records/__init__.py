"""Records: captures as a file, their replay, secrets taken out of them, and values that vary in them."""

from livedeck.records.file import FORMAT, collect, dump, failure, keyed, load, parse, view
from livedeck.records.replay import Replay, differences, is_typed

__all__ = [
    "FORMAT",
    "Replay",
    "collect",
    "differences",
    "dump",
    "failure",
    "is_typed",
    "keyed",
    "load",
    "parse",
    "view",
]
