"""The catalogs of a course: where they lie, what is in them, and what is said about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from livedeck import records
from livedeck import translation as catalog
from livedeck.errors import CatalogError, HostError, LivedeckError, StaleRecordError
from livedeck.flow import decks as project
from livedeck.model import Course, Deck, Location, Notice, Record, Rendered, Report
from livedeck.project import files as packing
from livedeck.records.redaction import Operator
from livedeck.template import Template, split
from livedeck.translation import Catalog, Localised, Original

Source = Literal["committed", "live", "attempt"]
"""Which record a build replays: the committed one, that of a live build, or that of the last failed attempt."""


def catalog_path(deck: Deck, lang: str) -> Path:
    """Where a deck's catalog of a language lies."""
    return deck.folder / "locale" / f"{lang}.po"


def shown_path(deck: Deck, lang: str) -> str:
    """The same for messages: as seen from the project."""
    return f"decks/{deck.slug}/locale/{lang}.po"


def data(deck: Deck, lang: str) -> bytes | None:
    """The bytes of a catalog; None where there is none. Raises HostError where it cannot be read."""
    try:
        return catalog_path(deck, lang).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"cannot read {shown_path(deck, lang)}: {error.strerror}") from None


def load(deck: Deck, lang: str) -> Catalog:
    """The catalog of a deck; an empty one where there is none, and where it is damaged, with the reason."""
    path = shown_path(deck, lang)
    found = data(deck, lang)
    if found is None:
        return Catalog(path)
    try:
        return catalog.of(catalog.parse(found, path), path)
    except CatalogError as error:
        return Catalog(path, damage=error)


def localised(
    course: Course, deck: Deck, engine: str, source: Source, languages: Sequence[str]
) -> Iterator[tuple[Rendered, Localised]]:
    """A deck in each language, and what of it is translated there. Template and record are read once.

    Raises what is wrong with the template and its record; a catalog can only lose its own sentences.
    """
    original = Original(project.read_template(course, deck))
    record = _record(course, deck, engine, source)
    for lang in languages:
        own = lang == course.file.language
        found = catalog.unchanged(original, lang) if own else catalog.localise(original, lang, load(deck, lang))
        yield catalog.rendered(found, partial(_rendered, course, record, lang))


def _record(course: Course, deck: Deck, engine: str, source: Source) -> Record:
    """The record that a build replays. Raises StaleRecordError where the deck's files are others than then."""
    if source == "attempt":
        return project.load_record(course, deck, engine, project.attempt_path(course, deck, engine))
    path = project.record_path(course, deck, engine, committed=source == "committed")
    record = project.load_record(course, deck, engine, path)
    if record.files != packing.digest(deck):
        at = Location(deck.template, 1)
        hint = f"the record is stale: livedeck capture {project.arguments(course, deck.slug, engine)}"
        raise StaleRecordError(f"decks/{deck.slug}/files/ is not what was captured", at=at, hint=hint)
    return record


def _rendered(course: Course, record: Record, lang: str, template: Template) -> Rendered:
    again = project.arguments(course, record.deck, record.engine)
    replay = records.Replay(record, split, project.redactor(course, Operator()).text, again)
    try:
        view = records.view(record)
        made = project.render_deck(course, template, replay, record.host, view, lang, record.failure)
        if not record.failure:
            replay.finish(template.path)
    except StaleRecordError as error:
        detail = records.differences(template.steps, template.commands, record)
        raise StaleRecordError(error.message, at=error.at, hint=error.hint, detail=detail) from None
    return made


def tell(made: Localised, deck: Deck, source: str, report: Report) -> None:
    """Say how much of a deck is translated, and which translations are not used and why."""
    damage = made.catalog.damage
    if damage:
        report(Notice(f"{damage.at}: {damage.message}; the whole catalog is left out: {damage.hint}"))
    for fault in made.faults:
        breach = fault.breach
        report(
            Notice(
                f"{fault.at}: breaks the rule {breach.rule}: expected {breach.expected}, found {breach.found}; "
                f"the {source} sentence stands in its place"
            )
        )
    report(Notice(f"{deck.slug}.{made.lang}: {summary(made, source)}"))


def summary(made: Localised, source: str) -> str:
    """How much of a deck is translated, in a line."""
    tally = made.tally
    if tally.translated == tally.total:
        return f"all {tally.total} sentences translated"
    rest = [(tally.missing, "missing"), (tally.fuzzy, "fuzzy"), (tally.invalid, "invalid")]
    named = ", ".join(f"{number} {word}" for number, word in rest if number)
    return f"{tally.translated} of {tally.total} sentences translated ({named}); the rest is in {source}"


def problems(made: Localised) -> Iterator[LivedeckError]:
    """What keeps a translation from being complete and right, as errors."""
    if made.catalog.damage:
        yield made.catalog.damage
        return
    yield from (fault.error() for fault in made.faults)
    tally = made.tally
    if tally.missing or tally.fuzzy:
        at = Location(made.catalog.path, 1)
        message = f"{tally.missing} sentences have no translation, and {tally.fuzzy} are marked as fuzzy"
        yield CatalogError(message, at=at, hint="livedeck i18n update, then translate what is empty or fuzzy")


def translated(course: Course) -> tuple[str, ...]:
    """The languages that the decks are translated into."""
    return course.file.languages[1:]


def wrong(course: Course, decks: Sequence[Deck]) -> Iterator[LivedeckError]:
    """Everything in the catalogs of decks that cannot stand on a slide; offline, and without a complaint about gaps.

    Where a deck has a record, translations are also tried on what is rendered from it.
    """
    for deck in decks if translated(course) else ():
        try:
            made = [one for _, one in localised(course, deck, course.file.engine, "committed", translated(course))]
        except LivedeckError:  # the record's own trouble is told by `check` and `build`
            original = Original(project.read_template(course, deck))
            made = [catalog.localise(original, lang, load(deck, lang)) for lang in translated(course)]
        for one in made:
            if one.catalog.damage:
                yield one.catalog.damage
            yield from (fault.error() for fault in one.faults)
