"""Values that change from one look to the next though nothing happened: ids, names, times, ages, sizes, addresses.

One definition for everybody: `mark=added:` and `.added()` find the same thing again by it, drift leaves out by it what
Docker did not change.
"""

from livedeck.records.volatile.patterns import LISTED, TOTAL
from livedeck.records.volatile.reading import NAMES, Part, Vocabulary, identity, read
from livedeck.records.volatile.tables import cells, is_head
from livedeck.records.volatile.vocabulary import learn

__all__ = ["LISTED", "NAMES", "TOTAL", "Part", "Vocabulary", "cells", "identity", "is_head", "learn", "read"]
