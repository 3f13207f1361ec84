"""What `livedeck i18n` does: bring catalogs up to date, count and check translations, add languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from livedeck import translation
from livedeck.errors import CatalogError, ErrorCollector, LivedeckError, UsageError
from livedeck.flow import decks, translate
from livedeck.model import Course, Edition, Location, Notice, Run, Wrote
from livedeck.project import course as course_file
from livedeck.project import disk
from livedeck.project.validation import is_language
from livedeck.translation import Original, SourceEntry, Tally


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a deck is translated into a language; `damage` is why its catalog cannot be read."""

    deck: str
    lang: str
    tally: Tally
    damage: str = ""


def update(editions: Sequence[Edition], run: Run) -> tuple[Path, ...]:
    """Bring the catalogs of decks up to date with their templates; return those written. Nothing is executed.

    Raises UsageError where the course has only one language, CatalogError for a damaged catalog, which is left alone.
    """
    written: list[Path] = []
    with ErrorCollector() as errors:
        for edition in editions:
            with errors.catch():
                original = Original(decks.read_template(edition))
                entries = translation.sources(original, _values(edition, original, run))
                for lang in _languages(edition.course):
                    with errors.catch():
                        if path := _update(edition, lang, entries):
                            run.report(Wrote(path))
                            written.append(path)
    return tuple(written)


def progress(editions: Sequence[Edition]) -> tuple[Progress, ...]:
    """Return how complete the translations of decks are. Raises what is wrong with their templates."""
    found = []
    for edition in editions:
        original = Original(decks.read_template(edition))
        for lang in _languages(edition.course):
            catalog = translate.load(edition.deck, lang)
            tally = translation.localise(original, lang, catalog).tally
            damage = f"{catalog.damage.at}: {catalog.damage.message}" if catalog.damage else ""
            found.append(Progress(edition.deck.slug, lang, tally, damage))
    return tuple(found)


def check(editions: Sequence[Edition]) -> None:
    """Raise every translation that would change more than words; gaps are not errors."""
    with ErrorCollector() as errors:
        for edition in editions:
            errors.add(translate.wrong(edition))


def add(course: Course, lang: str, run: Run) -> None:
    """Add a language to the course file, its comments kept. Raises UsageError."""
    if not is_language(lang):
        raise UsageError(f"{lang!r} is not a language", hint="write ko, en, ja, pt-BR ...")
    if lang.lower() in (other.lower() for other in course.file.languages):
        hint = "livedeck i18n update makes the catalogs that it lacks"
        raise UsageError(f"the course has the language {lang} already", hint=hint)
    path = course.root / course_file.FILE
    disk.replace(path, course_file.with_language(path.read_bytes().decode(), lang))
    run.report(Wrote(path))
    if lang not in course.file.labels:
        run.report(Notice(f"[labels.{lang}] in {course_file.FILE} is in English: translate it"))


def _languages(course: Course) -> tuple[str, ...]:
    if len(course.file.languages) == 1:
        raise UsageError("the course has one language", hint="livedeck i18n add LANG adds another")
    return translate.translated(course)


def _values(edition: Edition, original: Original, run: Run) -> tuple[tuple[int, str], ...]:
    """Return what the values of a deck were when it was recorded; none where its record is missing or stale."""
    lang = edition.course.file.language
    try:
        render = partial(decks.replay, edition.course, decks.read_record(edition), lang)
        made, _ = translation.rendered(translation.unchanged(original, lang), render)
    except LivedeckError as error:
        why = f"the deck cannot be built: {error.message}"
        run.report(Notice(f"{edition.deck.slug}: no examples of values, because {why}"))
        return ()
    return made.values


def _update(edition: Edition, lang: str, entries: Sequence[SourceEntry]) -> Path | None:
    """Return the catalog's path if it had to be written. Raises CatalogError for one that would lose entries."""
    deck = edition.deck
    shown = translate.shown_path(deck, lang)
    data = translate.catalog_bytes(deck, lang)
    old = translation.parse(data or b"", shown)
    for entry in translation.of(old, shown).entries.values():
        if entry.breach and entry.breach.rule == "duplicate":
            at = Location(shown, entry.line)
            raise CatalogError("two entries for one sentence", at=at, hint=entry.breach.hint)
    new = translation.updated(old, entries, f"{edition.course.file.title}: {deck.slug}", lang)
    if data is not None and translation.same(old, new):
        return None
    path = translate.catalog_path(deck, lang)
    disk.replace(path, translation.text_of(new, data or b""))
    return path
