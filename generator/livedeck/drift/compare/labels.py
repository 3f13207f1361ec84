"""Sort lists of labels, which older Dockers print in another order each time because Go's maps have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from livedeck.records.volatile import Part

_MEMBER = re.compile(r'"Labels": ?"((?:[^"\\]|\\.)*)"')
_CELL = re.compile(r"(?:^|(?<=\s\s)|(?<=\t))[\w./-]+=\S*(?: \S+)*(?=\s\s|\t|\s*$)")


def settled(parts: Sequence[Part], command: str) -> Sequence[Part]:
    """Return the parts of a line with the labels of each list in it sorted; `command` printed the line."""
    text = "".join(part.text for part in parts)
    spans = [match.span(1) for match in _MEMBER.finditer(text)]
    if not spans and ".Labels" in command:
        spans = [match.span() for match in _CELL.finditer(text)]
    for first, last in spans:
        labels = sorted(_labels(_cut(parts, first, last)), key=lambda label: [part.kind or part.text for part in label])
        comma = [Part(",")]
        joined = [part for number, label in enumerate(labels) for part in (*comma[: number > 0], *label)]
        parts = [*_cut(parts, 0, first), *joined, *_cut(parts, last, len(text))]
    return parts


def _cut(parts: Sequence[Part], first: int, last: int) -> list[Part]:
    """Return the parts between two places; a value is never cut in two."""
    found: list[Part] = []
    start = 0
    for part in parts:
        end = start + len(part.text)
        if part.kind and first <= start < last:
            found.append(part)
        elif not part.kind and (text := part.text[max(first - start, 0) : max(last - start, 0)]):
            found.append(Part(text))
        start = end
    return found


def _labels(parts: Sequence[Part]) -> Iterator[list[Part]]:
    label: list[Part] = []
    for part in parts:
        for number, text in enumerate([part.text] if part.kind else part.text.split(",")):
            if number:
                yield label
                label = []
            if text:
                label.append(part if part.kind else Part(text))
    yield label
