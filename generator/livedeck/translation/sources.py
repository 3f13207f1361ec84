"""What translators are told about a sentence: what it is, where it stands, and what its values were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livedeck.translation.localise import Original
from livedeck.translation.units.units import Unit, expressions_by_line
from livedeck.translation.update import SourceEntry

_LONGEST = 120


def sources(original: Original, values: Sequence[tuple[int, str]]) -> tuple[SourceEntry, ...]:
    """The sentences of a template, each once, in its order. `values` are what its `{{ }}` held, as rendered."""
    examples = _examples(original, values)
    places: dict[str, list[Unit]] = {}
    for unit in original.units:
        places.setdefault(unit.text, []).append(unit)
    return tuple(SourceEntry(text, _comment(text, units, examples)) for text, units in places.items())


def _comment(text: str, units: Sequence[Unit], examples: Mapping[str, str]) -> str:
    lines = list(dict.fromkeys(f"{unit.kind}, {unit.place}" if unit.place else unit.kind for unit in units))
    lines += [f"{name} = {value}" for name, value in examples.items() if name in text]
    return "\n".join(_short(line) for line in lines)


def _examples(original: Original, values: Sequence[tuple[int, str]]) -> Mapping[str, str]:
    """What each expression held when the deck passed it first.

    Values come with their line: where a line printed as many as it has expressions, or a multiple, they are in order.
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


def _short(line: str) -> str:
    plain = " ".join(line.split())
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"
