"""The catalogs of a course: where they are, what is in them, and what is reported about them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from livedeck import translation
from livedeck.errors import CatalogError, HostError, LivedeckError
from livedeck.flow import decks
from livedeck.model import Course, Deck, Edition, Location, Notice, Run
from livedeck.project import bounded
from livedeck.translation import Catalog, Localised, Original


def catalog_path(deck: Deck, lang: str) -> Path:
    """Return where a deck's catalog of a language is."""
    return deck.folder / "locale" / f"{lang}.po"


def shown_path(deck: Deck, lang: str) -> str:
    """Return the same for messages: relative to the project root."""
    return f"decks/{deck.slug}/locale/{lang}.po"


def catalog_bytes(deck: Deck, lang: str) -> bytes | None:
    """Return the bytes of a catalog; None where there is none.

    Raises CatalogError for what no catalog can be, HostError for one that cannot be read.
    """
    shown = shown_path(deck, lang)
    try:
        return bounded.read(deck.root, catalog_path(deck, lang), bounded.CATALOG)
    except FileNotFoundError:
        return None
    except bounded.RefusedError as error:
        hint = "restore the file from the repository"
        raise CatalogError(f"the catalog cannot be used: {error.strerror}", at=Location(shown, 1), hint=hint) from None
    except OSError as error:
        raise HostError(f"cannot read {shown}: {error.strerror}") from None


def load(deck: Deck, lang: str) -> Catalog:
    """Return the catalog of a deck: an empty one where there is none, with the reason where it is damaged."""
    path = shown_path(deck, lang)
    found = catalog_bytes(deck, lang)
    if found is None:
        return Catalog(path)
    try:
        return translation.of(translation.parse(found, path), path)
    except CatalogError as error:
        return Catalog(path, damage=error)


def translated(course: Course) -> tuple[str, ...]:
    """Return the languages that the decks are translated into."""
    return course.file.languages[1:]


def localise(original: Original, edition: Edition, lang: str) -> Localised:
    """Return the deck's template in a language, as far as its catalog can be used."""
    if lang == edition.course.file.language:
        return translation.unchanged(original, lang)
    return translation.localise(original, lang, load(edition.deck, lang))


def report(made: Localised, edition: Edition, run: Run, *, strict: bool) -> list[LivedeckError]:
    """Report how much of a deck is translated, which translations are not used and why.

    Returns the same as errors, if `strict`.
    """
    source = edition.course.file.language
    if made.lang == source:
        return []
    damage = made.catalog.damage
    if damage:
        run.report(Notice(f"{damage.at}: {damage.message}; the whole catalog is left out: {damage.hint}"))
    for fault in made.faults:
        breach = fault.breach
        found = f"breaks the rule {breach.rule}: expected {breach.expected}, found {breach.found}"
        run.report(Notice(f"{fault.at}: {found}; the {source} sentence is shown instead"))
    run.report(Notice(f"{edition.deck.slug}.{made.lang}: {_summary(made, source)}"))
    return list(_problems(made)) if strict else []


def wrong(edition: Edition) -> Iterator[LivedeckError]:
    """Yield everything in the catalogs of a deck that cannot be shown on a slide; gaps are not errors.

    Where the deck has a record, translations are also tried on what is rendered from it.
    """
    languages = translated(edition.course)
    if not languages:
        return
    original = Original(decks.read_template(edition))
    found = [localise(original, edition, lang) for lang in languages]
    try:
        record = decks.read_record(edition)
        replayed = [partial(decks.replay, edition.course, record, lang) for lang in languages]
        found = [translation.rendered(one, render)[1] for one, render in zip(found, replayed, strict=True)]
    except LivedeckError:  # `check` and `build` report the record's own trouble
        pass
    for one in found:
        if one.catalog.damage:
            yield one.catalog.damage
        yield from (fault.error() for fault in one.faults)


def _summary(made: Localised, source: str) -> str:
    """Say in a line how much of a deck is translated."""
    tally = made.tally
    if tally.translated == tally.total:
        return f"all {tally.total} sentences translated"
    rest = [(tally.missing, "missing"), (tally.fuzzy, "fuzzy"), (tally.invalid, "invalid")]
    named = ", ".join(f"{number} {word}" for number, word in rest if number)
    return f"{tally.translated} of {tally.total} sentences translated ({named}); the rest is in {source}"


def _problems(made: Localised) -> Iterator[LivedeckError]:
    if made.catalog.damage:
        yield made.catalog.damage
        return
    yield from (fault.error() for fault in made.faults)
    tally = made.tally
    if tally.missing or tally.fuzzy:
        at = Location(made.catalog.path, 1)
        message = f"{tally.missing} sentences have no translation, and {tally.fuzzy} are marked as fuzzy"
        yield CatalogError(message, at=at, hint="livedeck i18n update, then translate what is empty or fuzzy")
