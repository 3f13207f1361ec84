"""The sentences of a template with the notes that its translators see: kind, place, and values as examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livedeck.errors import cut
from livedeck.translation.localise import Original
from livedeck.translation.units.units import Unit, expressions_by_line
from livedeck.translation.update import SourceEntry

_LONGEST = 120


def sources(original: Original, values: Sequence[tuple[int, str]]) -> tuple[SourceEntry, ...]:
    """Return the sentences of a template, each once, in its order.

    Args:
        original: the template.
        values: what its `{{ }}` held when it was rendered, each with its line.
    """
    examples = _examples(original, values)
    places: dict[str, list[Unit]] = {}
    for unit in original.units:
        places.setdefault(unit.text, []).append(unit)
    found = []
    for text, units in places.items():
        lines = list(dict.fromkeys(f"{unit.kind}, {unit.place}" if unit.place else unit.kind for unit in units))
        lines += [f"{name} = {value}" for name, value in examples.items() if name in text]
        comment = "\n".join(cut(" ".join(line.split()), _LONGEST) for line in lines)
        found.append(SourceEntry(text, comment))
    return tuple(found)


def _examples(original: Original, values: Sequence[tuple[int, str]]) -> Mapping[str, str]:
    """Return the first value of each expression.

    Values are known by line only. A line that printed as many values as it has expressions, or a multiple of that,
    printed them in order; of any other line nothing is known.
    """
    printed: dict[int, list[str]] = {}
    for line, value in values:
        printed.setdefault(line, []).append(value)
    found: dict[str, str] = {}
    for line, names in expressions_by_line(original.template.mask).items():
        here = printed.get(line, [])
        if here and len(here) % len(names) == 0:
            for name, value in zip(names, here, strict=False):
                found.setdefault(name, value)
    return found
