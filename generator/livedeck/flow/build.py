"""Build decks from their records: Marp Markdown in each language, then HTML, PDF and the other formats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from livedeck import records
from livedeck.errors import ContentError, ErrorCollector, StaleRecordError, raise_all
from livedeck.export import licences
from livedeck.flow import assets, decks, outdated, translate
from livedeck.flow.changed import changed
from livedeck.model import BuiltDeck, Course, Edition, Format, Notice, Record, Rendered, Run, Wrote
from livedeck.project import disk, paths
from livedeck.template import Template, relocate
from livedeck.translation import Original, rendered

if TYPE_CHECKING:
    from livedeck.export.fit import FitFinding


def build(
    editions: Sequence[Edition],
    languages: Sequence[str],
    formats: Sequence[Format],
    run: Run,
    *,
    strict: bool = False,
    optional: bool = False,
    measured: bool = False,
) -> tuple[BuiltDeck, ...]:
    """Make slides of editions in each language and format. Nothing is executed.

    A sentence without a usable translation stays in the source language; with `strict` that is an error. With
    `optional`, what needs a browser is left out where there is none. With `measured`, a slide that overflows is an
    error. Raises the errors of all decks together.
    """
    course = editions[0].course
    built: list[BuiltDeck] = []
    with ErrorCollector() as errors:
        for edition in _with_records(editions, run):
            with errors.catch():
                original = Original(decks.read_template(edition))
                record = decks.read_record(edition)
                made = []
                for lang in languages:
                    localised = translate.localise(original, edition, lang)
                    slides, localised = rendered(localised, partial(replayed, edition, record, lang))
                    made.append(_write(edition, lang, slides, run))
                    errors.add(translate.report(localised, edition, run, strict=strict))
                _report_changed(edition, record, original.template, run)
                _remove_outdated(edition, made)
                built += made
    _report_former_decks(course, run)
    exported = export(course, built, formats, run, optional=optional)
    licences.write(course, run)
    if measured and "html" in formats:
        raise_all([finding.error() for finding in fit(course, exported, run, optional=True)])
    return exported


def export(
    course: Course, built: Sequence[BuiltDeck], formats: Sequence[Format], run: Run, *, optional: bool
) -> tuple[BuiltDeck, ...]:
    """Write built decks as HTML, PDF ... next to their Markdown. Raises ExportError or HostError.

    With `optional`, a missing browser is a Notice, and what it would have printed is left out.
    """
    wanted = [form for form in formats if form != "md"]
    if not wanted:
        return tuple(built)
    from livedeck.export import marp  # noqa: PLC0415 (a build that stops at Markdown never needs it)
    from livedeck.export.write import write  # noqa: PLC0415

    marp.sweep(course.root, run.environ)
    return write(course, built, wanted, run, optional=optional)


def fit(course: Course, built: Sequence[BuiltDeck], run: Run, *, optional: bool) -> tuple[FitFinding, ...]:
    """Return what overflows on the slides of decks whose HTML exists, measured in a browser. Raises HostError.

    With `optional`, a missing browser is a Notice, and nothing is found.
    """
    from livedeck.export.fit import inspect  # noqa: PLC0415 (only those who measure need it)

    own = {each.deck.slug: Edition(course, each.deck, course.file.engine) for each in built}
    steps = {slug: decks.read_template(edition).steps for slug, edition in own.items()}
    return inspect(course, built, steps, run, optional=optional)


def replayed(edition: Edition, record: Record, lang: str, template: Template) -> Rendered:
    """Render a deck from the record; where the two differ, the error lists the commands that do."""
    try:
        return decks.replay(edition.course, record, lang, template, edition.arguments)
    except StaleRecordError as error:
        detail = records.differences(template.steps, template.commands, record)
        raise StaleRecordError(error.message, at=error.at, hint=error.hint, detail=detail) from None


def _report_changed(edition: Edition, record: Record, template: Template, run: Run) -> None:
    """Report what has changed since the record was captured; what a failed capture left is no record to keep."""
    if edition.source != "attempt" and (notice := changed(edition, record, template.steps)):
        run.report(notice)


def _with_records(editions: Sequence[Edition], run: Run) -> Sequence[Edition]:
    """Leave out failed captures that do not exist. Raises ContentError where none does."""
    found = [edition for edition in editions if edition.source != "attempt" or edition.record.exists()]
    lacking: dict[str, list[str]] = {}
    for edition in editions:
        if edition not in found:
            lacking.setdefault(edition.engine, []).append(edition.deck.slug)
    named = [f"{', '.join(slugs)} on {engine}" for engine, slugs in lacking.items()]
    if not found:
        hint = "a capture that succeeds leaves none: without --attempt the slides are built from the record"
        raise ContentError(f"there is no failed capture of {' and of '.join(named)}", hint=hint)
    for each in named:
        run.report(Notice(f"there is no failed capture of {each}: left out"))
    return found


def _write(edition: Edition, lang: str, slides: Rendered, run: Run) -> BuiltDeck:
    """Put a deck on disk, with its pictures and the files that it links."""
    target = edition.markdown(lang)
    markdown, named = relocate(slides.markdown, edition.deck.slug)
    assets.place(edition, named, slides, target, run)
    outdated.forget_changed(edition, target, markdown)
    disk.replace(edition.course.root, target, markdown)
    run.report(Wrote(target))
    return BuiltDeck(edition.deck, lang, target, slides.slides, slides.origins)


def _remove_outdated(edition: Edition, made: Sequence[BuiltDeck]) -> None:
    """Remove figures and copies that no slide names any more, and other formats of slides that have changed."""
    assets.remove_unused(edition.deck, made[0].markdown.parent)
    for each in made:
        outdated.forget_outdated(edition, each.markdown)


def _report_former_decks(course: Course, run: Run) -> None:
    if left := sorted({path.stem for path in paths.former_decks(course) if path.exists()}):
        still = f"build/ still has {', '.join(left)}, which the course no longer has"
        run.report(Notice(f"{still}: livedeck clean removes what is built"))
