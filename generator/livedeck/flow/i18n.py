"""What `livedeck i18n` does: catalogs brought up to date, counted and checked, and languages added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from livedeck import translation as catalog
from livedeck.errors import CatalogError, LivedeckError, UsageError, raise_all
from livedeck.flow import decks as project
from livedeck.flow import translate as translation
from livedeck.model import Course, Deck, Location, Notice, Report, Wrote
from livedeck.project import disk
from livedeck.translation import Original, Tally


@dataclass(frozen=True, slots=True)
class Stand:
    """How much of a deck is translated into a language; `damage` is why its catalog cannot be read."""

    deck: str
    lang: str
    tally: Tally
    damage: str = ""


def update(course: Course, decks: Sequence[Deck], report: Report) -> tuple[Path, ...]:
    """Bring the catalogs of decks up to date with their templates; those written. Nothing is executed.

    Raises UsageError where the course has one language only, CatalogError for a damaged catalog, which is left alone.
    """
    written: list[Path] = []
    errors: list[LivedeckError] = []
    for deck in decks:
        try:
            original = Original(project.read_template(course, deck))
            sources = catalog.sources(original, _values(course, deck, report))
        except LivedeckError as error:
            errors.append(error)
            continue
        for lang in _translated(course):
            try:
                path = _update(course, deck, lang, sources)
            except LivedeckError as error:
                errors.append(error)
                continue
            if path:
                report(Wrote(path))
                written.append(path)
    raise_all(errors)
    return tuple(written)


def stands(course: Course, decks: Sequence[Deck]) -> tuple[Stand, ...]:
    """How complete the translations of decks are. Raises what is wrong with their templates."""
    found = []
    for deck in decks:
        original = Original(project.read_template(course, deck))
        for lang in _translated(course):
            one = translation.load(deck, lang)
            tally = catalog.localise(original, lang, one).tally
            damage = f"{one.damage.at}: {one.damage.message}" if one.damage else ""
            found.append(Stand(deck.slug, lang, tally, damage))
    return tuple(found)


def add(course: Course, lang: str, report: Report) -> None:
    """Add a language: to the course file, its comments kept, and as a catalog of every deck. Raises UsageError."""
    from livedeck.project.course import FILE, is_language, with_language  # noqa: PLC0415

    if not is_language(lang):
        raise UsageError(f"{lang!r} is no language", hint="write ko, en, ja, pt-BR ...")
    if lang.lower() in (other.lower() for other in course.file.languages):
        hint = "livedeck i18n update makes the catalogs that it lacks"
        raise UsageError(f"the course has the language {lang} already", hint=hint)
    path = course.root / FILE
    disk.replace(path, with_language(path.read_bytes().decode(), lang))
    report(Wrote(path))
    if lang not in course.file.labels:
        report(Notice(f"[labels.{lang}] in {FILE} is in English: translate it"))


def _translated(course: Course) -> tuple[str, ...]:
    if len(course.file.languages) == 1:
        raise UsageError("the course has one language", hint="livedeck i18n add LANG adds another")
    return translation.translated(course)


def _values(course: Course, deck: Deck, report: Report) -> tuple[tuple[int, str], ...]:
    """What the values of a deck were when it was recorded; none where there is no record of it as it is now."""
    try:
        ((made, _),) = translation.localised(course, deck, course.file.engine, "committed", course.file.languages[:1])
    except LivedeckError as error:
        report(Notice(f"{deck.slug}: no examples of values, for the deck cannot be built: {error.message}"))
        return ()
    return made.values


def _update(course: Course, deck: Deck, lang: str, sources: Sequence[catalog.SourceEntry]) -> Path | None:
    """The catalog's path if it had to be written. Raises CatalogError for one that would lose entries."""
    shown = translation.shown_path(deck, lang)
    data = translation.data(deck, lang)
    old = catalog.parse(data or b"", shown)
    for entry in catalog.of(old, shown).entries.values():
        if entry.breach and entry.breach.rule == "duplicate":
            at = Location(shown, entry.line)
            raise CatalogError("two entries for one sentence", at=at, hint=entry.breach.hint)
    new = catalog.updated(old, sources, f"{course.file.title}: {deck.slug}", lang)
    if data is not None and catalog.same(old, new):
        return None
    path = translation.catalog_path(deck, lang)
    disk.replace(path, catalog.text_of(new, data or b""))
    return path
