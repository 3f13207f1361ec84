"""Parts of a line that change from one look to the next though nothing happened: times, ages, sizes."""

from __future__ import annotations

import re

_LS = re.compile(
    r"^[-bcdlps][-rwxsStT]{9}[.+@]?\s+\d+\s+\S+\s+\S+\s+(?:\d+,\s*)?[\d.]+[KMGT]?\s+"
    r"(?:[A-Z][a-z]{2}\s+\d{1,2}\s+(?:\d{2}:\d{2}|\d{4})|\d{4}-\d{2}-\d{2}(?:\s+\S+)*?)\s(?P<name>.+)$"
)
_TOTAL = re.compile(r"^total [\d.]+[KMGT]?$")
_UNIT = r"(?:second|minute|hour|day|week|month|year)s?"
_AGE = re.compile(rf"(?:About an?|Less than an?|\d+) {_UNIT}(?: ago)?")
_SIZE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?\s?(?:[kKMGT]i?)?B(?!\w)")
_BLANKS = re.compile(r"\s+")


def identity(line: str) -> str | None:
    """What of a line says which thing it is about, so that the same thing is found again in a later listing.

    A line of `ls -l` is its name; anywhere else ages, sizes and the width of blanks are left out. None for lines that
    are about nothing in particular (`total 12`, blank ones).
    """
    if not line.strip() or _TOTAL.match(line):
        return None
    if listed := _LS.match(line):
        return listed["name"]
    masked = _SIZE.sub("SIZE", _AGE.sub("AGE", line))
    return _BLANKS.sub(" ", masked).strip()
