"""Localise a template: text to text, before Jinja. A translation that would change more than words is left out.

There are three proofs, in this order: the rules of each entry, the outline of the template, and the outline of the
rendered deck. The last two check all translations together; only if that fails do they search for the ones to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from livedeck.errors import LivedeckError
from livedeck.model import Rendered
from livedeck.template import Template, read, references
from livedeck.translation.catalog import Catalog, CatalogFault, Tally
from livedeck.translation.rules import Breach, broken_by
from livedeck.translation.units.outline import Outline
from livedeck.translation.units.outline import of_markdown as outline_of_markdown
from livedeck.translation.units.outline import of_template as outline_of_template
from livedeck.translation.units.units import Unit, splice, units

_STRUCTURE = Breach(
    "structure",
    "the same blocks, slides and steps",
    "others",
    "begin with a word: after a sign such as # - > | or a number with a dot it is no longer the same block",
)
_SLIDE = Breach("slide", "the same slide, with its values filled in", "another", "put values in code, or after a word")

Words = Mapping[str, str]
"""Translations by the text of their units."""


@dataclass(frozen=True)
class Original:
    """A template with what every language needs of it, computed once."""

    template: Template

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units of the template, in its order."""
        return units(self.template.mask)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts of the units, each once: a catalog has an entry for each."""
        return tuple(dict.fromkeys(unit.text for unit in self.units))

    @cached_property
    def references(self) -> Mapping[str, Any]:
        """The link definitions of the template."""
        return references(self.template.mask.text)

    @cached_property
    def outline(self) -> Outline | None:
        """The outline that every translation must keep."""
        return outline_of_template(self.template.source)

    def spliced(self, words: Words) -> str:
        """Return the template's text with these translations in it."""
        return splice(self.template.source, [(unit, words[unit.text]) for unit in self.units if unit.text in words])


@dataclass(frozen=True, slots=True)
class Localised:
    """A template in another language: the translations it uses, the faults of those it cannot use, and the counts."""

    original: Original
    lang: str
    catalog: Catalog
    words: Words
    faults: tuple[CatalogFault, ...]
    tally: Tally

    @property
    def text(self) -> str:
        """The template's text; byte for byte the source if nothing is translated."""
        return self.original.spliced(self.words)

    def without(self, broken: Mapping[str, Breach]) -> Localised:
        """Return the same with the source sentence instead of each broken translation."""
        tally, count = self.tally, len(broken)
        return replace(
            self,
            words={text: new for text, new in self.words.items() if text not in broken},
            faults=(*self.faults, *(self.catalog.fault(text, found) for text, found in broken.items())),
            tally=replace(tally, translated=tally.translated - count, invalid=tally.invalid + count),
        )


def unchanged(original: Original, lang: str) -> Localised:
    """Return the template in its own language: nothing is translated, nothing counted."""
    return Localised(original, lang, Catalog(""), {}, (), Tally(0))


def localise(original: Original, lang: str, catalog: Catalog) -> Localised:
    """Return the template with the catalog's translations, as far as rules and outline of the template allow."""
    words = {text: new for text in original.texts if (new := catalog.translation(text))}
    entries = ((text, catalog.entries.get(text)) for text in original.texts)
    known = tuple(catalog.fault(text, entry.breach) for text, entry in entries if entry and entry.breach)
    localised = Localised(original, lang, catalog, words, known, catalog.tally(original.texts))
    broken: dict[str, Breach] = {}
    for unit in original.units:  # a sentence in several places must fit all of them
        new = None if unit.text in broken else words.get(unit.text)
        if new and (breach := broken_by(unit, new, original.references)):
            broken[unit.text] = breach
    localised = localised.without(broken)
    if _same(original, localised.words):
        return localised
    misfits = [text for text, new in localised.words.items() if not _fits(original, text, new)]
    localised = localised.without(dict.fromkeys(misfits, _STRUCTURE))
    blamed = _blamed(localised.words, lambda some: _same(original, some))
    return localised.without(dict.fromkeys(blamed, _STRUCTURE))


def rendered(localised: Localised, render: Callable[[Template], Rendered]) -> tuple[Rendered, Localised]:
    """Return the deck in the catalog's language, and the template with the translations that were used in the end.

    `render` renders a template in that language. The source is rendered first, and its errors are raised. An error that
    only the translation has is the catalog's fault, and the entries to blame are left out.
    """
    template = localised.original.template
    plain = render(template)
    expected = outline_of_markdown(plain.unpaged) if localised.words else ()

    def made(words: Words) -> Rendered | None:
        if not words:
            return plain
        try:
            deck = render(read(localised.original.spliced(words), template.path))
        except LivedeckError:
            return None
        return deck if outline_of_markdown(deck.unpaged) == expected else None

    if deck := made(localised.words):
        return deck, localised
    blamed = _blamed(localised.words, lambda some: made(some) is not None)
    rest = localised.without(dict.fromkeys(blamed, _SLIDE))
    return made(rest.words) or plain, rest


def _same(original: Original, words: Words) -> bool:
    text = original.spliced(words)
    return text == original.template.source or outline_of_template(text) == original.outline


def _fits(original: Original, text: str, new: str) -> bool:
    """Return whether the blocks around a text keep their outline; cheaper than to check the whole template."""
    source = original.template.source

    def keeps(unit: Unit) -> bool:
        start, end = unit.block
        whole = splice(source, [(unit, new)])
        block = whole[start : len(whole) - len(source) + end]
        return outline_of_template(block) == outline_of_template(source[start:end])

    return all(keeps(unit) for unit in original.units if unit.text == text)


def _blamed(words: Words, good: Callable[[Words], bool]) -> list[str]:
    """Return the texts to leave out so that the rest is good together: try all of them, then each half."""
    kept: dict[str, str] = {}
    blamed: list[str] = []

    def take(some: Sequence[str]) -> None:
        tried = kept | {text: words[text] for text in some}
        if good(tried):
            kept.update(tried)
        elif len(some) == 1:
            blamed.extend(some)
        else:
            take(some[: len(some) // 2])
            take(some[len(some) // 2 :])

    if words:
        take(list(words))
    return blamed
