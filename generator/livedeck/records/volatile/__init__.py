"""Volatile values, which change from one look to the next: ids, names, times, ages, sizes, addresses.

There is one definition of them: `mark=added:` and `.added()` use it to recognise the same thing again, and drift uses
it to ignore what Docker did not change.
"""

from livedeck.records.volatile.patterns import LISTED, TOTAL
from livedeck.records.volatile.reading import NAMES, Part, Vocabulary, identity, read
from livedeck.records.volatile.tables import cells, is_head
from livedeck.records.volatile.vocabulary import learn

__all__ = ["LISTED", "NAMES", "TOTAL", "Part", "Vocabulary", "cells", "identity", "is_head", "learn", "read"]
