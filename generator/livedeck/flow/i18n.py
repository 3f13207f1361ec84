"""What `livedeck i18n` does: bring catalogs up to date, count and check translations, add languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from livedeck import translation
from livedeck.errors import CatalogError, ErrorCollector, LivedeckError, UsageError
from livedeck.flow import before, decks, locks, translate
from livedeck.model import Course, Edition, Location, Notice, Run, Wrote
from livedeck.project import bounded, disk
from livedeck.project import course as course_file
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
    with locks.translating(editions[0].course), ErrorCollector() as errors:
        for edition in editions:
            with errors.catch():
                entries = _entries(edition, run)
                for lang in _languages(edition.course):
                    with errors.catch():
                        if (text := _updated(edition, lang, entries)) is not None:
                            path = translate.catalog_path(edition.deck, lang)
                            _replace(edition.course, {path: text}, run)
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


def add(read: Callable[[], Course], lang: str, run: Run) -> None:
    """Add a language to the course: its catalogs, and last the course file, its comments kept; all or nothing.

    The course is read only when nobody else can change it any more. Where a kill comes in between there are catalogs
    of a language that the course does not have: nothing reads them, and a second run goes on with them.

    Raises UsageError, what is wrong with a template or a catalog, and HostError where something cannot be written.
    """
    if not is_language(lang):
        raise UsageError(f"{lang!r} is not a language", hint="write ko, en, ja, pt-BR ...")
    with locks.translating(read()):
        course = read()
        if lang.lower() in (other.lower() for other in course.file.languages):
            hint = "livedeck i18n update makes the catalogs that it lacks"
            raise UsageError(f"the course has the language {lang} already", hint=hint)
        path = course.root / course_file.FILE
        try:
            old = bounded.read(course.root, path, bounded.COURSE_FILE)
        except OSError as error:
            raise UsageError(f"cannot read {course_file.FILE}: {error.strerror}") from None
        changed = course_file.with_language(old.decode(), lang)
        texts: dict[Path, str] = {}
        with ErrorCollector() as errors:
            for deck in course.decks:
                with errors.catch():
                    edition = Edition(course, deck, course.file.engine)
                    if (text := _updated(edition, lang, _entries(edition, run))) is not None:
                        texts[translate.catalog_path(deck, lang)] = text
        texts[path] = changed
        _replace(course, texts, run)
    if lang not in course.file.labels:
        run.report(Notice(f"[labels.{lang}] in {course_file.FILE} is in English: translate it"))


def _replace(course: Course, contents: Mapping[Path, str], run: Run) -> None:
    """Replace files, all or none, and keep of each what was not committed. Raises HostError."""
    for path in contents:
        with suppress(FileNotFoundError):
            before.keep(course, path, bounded.read(course.root, path, bounded.CATALOG), run)
    disk.replace_all(course.root, contents)
    for path in contents:
        run.report(Wrote(path))


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


def _entries(edition: Edition, run: Run) -> Sequence[SourceEntry]:
    """Return the sentences of a deck. Raises what is wrong with its template."""
    original = Original(decks.read_template(edition))
    return translation.sources(original, _values(edition, original, run))


def _updated(edition: Edition, lang: str, entries: Sequence[SourceEntry]) -> str | None:
    """Return a deck's catalog, brought up to date, if it has to be written.

    Raises CatalogError for one that would lose entries.
    """
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
    return translation.text_of(new, data or b"")
