"""Localising: template text to template text, before Jinja. What would change more than words is left as it was.

The proofs, in this order: the rules of each entry; the outline of the template; the outline of what is rendered. The
last two look at everything together, and only where they fail look for the entries that are to blame.
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
    "begin with a word: a sign such as # - > | or a number with a dot there makes something else of it",
)
_SLIDE = Breach("slide", "the same slide, with its values filled in", "another", "put values in code, or behind a word")

Words = Mapping[str, str]
"""Translations by the text of their units."""


@dataclass(frozen=True)
class Original:
    """A template, and what is asked of it in every language; worked out once."""

    template: Template

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units of the template, in its order."""
        return units(self.template.mask)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts of the units, each once: what a catalog has an entry for."""
        return tuple(dict.fromkeys(unit.text for unit in self.units))

    @cached_property
    def references(self) -> Mapping[str, Any]:
        """The link definitions of the template."""
        return references(self.template.mask.text)

    @cached_property
    def outline(self) -> Outline | None:
        """What every translation has to keep."""
        return outline_of_template(self.template.source)

    def spliced(self, words: Words) -> str:
        """The template's text with these translations in it."""
        return splice(self.template.source, [(unit, words[unit.text]) for unit in self.units if unit.text in words])


@dataclass(frozen=True, slots=True)
class Localised:
    """A template in another language: the translations that stand in it, those that must not, and how many."""

    original: Original
    lang: str
    catalog: Catalog
    words: Words
    faults: tuple[CatalogFault, ...]
    tally: Tally

    @property
    def text(self) -> str:
        """The template's text; byte for byte the source where nothing is translated."""
        return self.original.spliced(self.words)

    def without(self, broken: Mapping[str, Breach]) -> Localised:
        """The same with the source sentence in the place of some translations."""
        if not broken:
            return self
        return replace(
            self,
            words={text: new for text, new in self.words.items() if text not in broken},
            faults=(*self.faults, *(self.catalog.fault(text, found) for text, found in broken.items())),
            tally=self.tally.without(len(broken)),
        )


def unchanged(original: Original, lang: str) -> Localised:
    """The template in its own language, where nothing is translated and nothing counted."""
    return Localised(original, lang, Catalog(""), {}, (), Tally(0))


def localise(original: Original, lang: str, catalog: Catalog) -> Localised:
    """The template with the catalog's translations, as far as the rules and the outline of the template allow."""
    words = {text: new for text in original.texts if (new := catalog.translation(text))}
    known = [catalog.fault(text, breach) for text in original.texts if (breach := catalog.breach(text))]
    localised = Localised(original, lang, catalog, words, tuple(known), catalog.tally(original.texts))
    localised = localised.without(_broken(original, words))
    if _same(original, localised.words):
        return localised
    misfits = {text: _STRUCTURE for text, new in localised.words.items() if not _fits(original, text, new)}
    localised = localised.without(misfits)
    blamed = _blamed(localised.words, lambda some: _same(original, some))
    return localised.without(dict.fromkeys(blamed, _STRUCTURE))


def rendered(localised: Localised, render: Callable[[Template], Rendered]) -> tuple[Rendered, Localised]:
    """The deck in the catalog's language, and what of it is translated in the end.

    `render` makes a deck of a template in that language. The source is rendered first, and its errors are raised; what
    goes wrong with the translation alone is the fault of the catalog, and costs it the entries to blame.
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


def _broken(original: Original, words: Words) -> Mapping[str, Breach]:
    """The translations that break a rule, in one of their places at least."""
    broken: dict[str, Breach] = {}
    for unit in original.units:
        if unit.text in words and unit.text not in broken:
            found = broken_by(unit, words[unit.text], original.references)
            if found:
                broken[unit.text] = found
    return broken


def _same(original: Original, words: Words) -> bool:
    text = original.spliced(words)
    return text == original.template.source or outline_of_template(text) == original.outline


def _fits(original: Original, text: str, new: str) -> bool:
    """Whether the blocks around a text keep their outline: cheaper than to ask the whole template."""
    source = original.template.source
    for unit in original.units:
        if unit.text == text:
            start, end = unit.block
            block = splice(source, [(unit, new)])
            block = block[start : len(block) - len(source) + end]
            if outline_of_template(block) != outline_of_template(source[start:end]):
                return False
    return True


def _blamed(words: Words, good: Callable[[Words], bool]) -> list[str]:
    """The texts without which the rest is good together: all of it is tried at once, then by halves."""
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
