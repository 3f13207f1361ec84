"""Regular expressions that authors write: in fences, and in the course file."""

from __future__ import annotations

import re
import warnings

_LONGEST = 1_000
_MOST_GROUPS = 50


def compiled(rule: str) -> re.Pattern[str]:
    """Return a regular expression. Raises ValueError with what is wrong with it."""
    if len(rule) > _LONGEST or rule.count("(") > _MOST_GROUPS:
        raise ValueError(f"it is longer than {_LONGEST:,} characters, or has more than {_MOST_GROUPS} brackets")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what a later Python might read differently
            return re.compile(rule)
    except (re.error, ArithmeticError, MemoryError, RecursionError) as error:
        raise ValueError(str(error)) from None
