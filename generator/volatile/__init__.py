"""Values that change from one look to the next though nothing happened: ids, names, times, ages, sizes, addresses.

One definition for everybody: `mark=added:` and `.added()` find the same thing again by it, drift leaves out by it what
Docker did not change.
"""

from generator.volatile.reading import NAMES, Known, Part, identity, read
from generator.volatile.vocabulary import learn

__all__ = ["NAMES", "Known", "Part", "identity", "learn", "read"]
