"""Values that change from one look to the next though nothing happened: ids, names, times, ages, sizes, addresses.

One definition for everybody: `mark=added:` and `.added()` find the same thing again by it, drift leaves out by it what
Docker did not change.
"""

from generator.volatile.patterns import LISTED, TOTAL
from generator.volatile.reading import NAMES, Known, Part, identity, read
from generator.volatile.tables import cells, is_head
from generator.volatile.vocabulary import learn

__all__ = ["LISTED", "NAMES", "TOTAL", "Known", "Part", "cells", "identity", "is_head", "learn", "read"]
