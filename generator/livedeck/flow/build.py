"""The whole flow: templates and a host make records; templates and records make Markdown; Markdown makes decks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from livedeck import records
from livedeck.errors import ContentError, LivedeckError, Problems, WorldError, raise_all
from livedeck.flow import assets as placing
from livedeck.flow import decks as project
from livedeck.flow import outdated as freshness
from livedeck.flow import translate as translation
from livedeck.flow.translate import Source
from livedeck.model import BuiltDeck, Course, Deck, Host, Rendered, Report, Step, Wrote
from livedeck.project import disk
from livedeck.records.redaction import Operator
from livedeck.template import relocate
from livedeck.translation import Localised

if TYPE_CHECKING:
    from livedeck.export.fit import FitFinding
    from livedeck.flow.drift import Rule

OpenHost = Callable[[], Host]


def capture(
    course: Course,
    decks: Sequence[Deck],
    engine: str,
    *,
    open_host: OpenHost,
    committed: bool,
    operator: Operator,
    now: Callable[[], datetime],
    report: Report,
    rule: Rule | None = None,
) -> tuple[Path, ...]:
    """Run each deck on a host of its own and write its record: the committed one, or one below `build/records/`.

    Every template is read before the first host starts. A deck whose content is wrong leaves its record untouched, its
    captures in `build/attempts/`, and does not keep the others from being captured; all errors are raised at the end. A
    HostError ends it at once. Where there is a committed record and the `rule` forbids a capture in that world, nothing
    is typed.
    """
    from livedeck.flow import capture as recording  # noqa: PLC0415 (builds run and compare nothing)
    from livedeck.flow import drift as comparison  # noqa: PLC0415

    templates = project.read_templates(course, decks)
    written: list[Path] = []
    errors: list[LivedeckError] = []
    for deck, template in zip(decks, templates, strict=True):
        redactor = project.redactor(course, operator)
        old = comparison.earlier(course, deck, engine) if committed or rule else None
        suits = partial(rule.check, old) if rule and old else lambda _: None
        path = project.record_path(course, deck, engine, committed=committed)
        disk.need_replaceable(path)
        try:
            with disk.locked(project.lock_path(course, deck, engine), f"{deck.slug} on {engine}"):
                record = recording.record(course, deck, template, engine, open_host, redactor, now, report, suits)
                records.write(path, record)
        except (ContentError, Problems, WorldError) as error:
            errors.append(error)
            continue
        report(Wrote(path))
        project.forget_attempt(course, deck, engine)
        written.append(path)
        if committed and old:
            report(comparison.replaced(course, deck, old, record))
    raise_all(errors)
    return tuple(written)


def build(
    course: Course,
    decks: Sequence[Deck],
    engine: str,
    *,
    source: Source,
    languages: Sequence[str],
    strict: bool,
    report: Report,
) -> tuple[BuiltDeck, ...]:
    """Render each deck from its record into Marp Markdown, in each language. Nothing is executed.

    `source` says which record: the committed one, the one of a live build, or the one of the last failed attempt. Where
    a catalog has no translation, or none that may be used, the source sentence stands; with `strict` that is an error.
    Raises every deck's errors together: TemplateError, StaleRecordError, ClaimError, CatalogError ...
    """
    built: list[BuiltDeck] = []
    errors: list[LivedeckError] = []
    for deck in decks:
        try:
            for made, localised in _build(course, deck, engine, source, languages):
                built.append(made)
                report(Wrote(made.markdown))
                if made.lang != course.file.language:
                    translation.tell(localised, deck, course.file.language, report)
                    errors += translation.problems(localised) if strict else ()
        except LivedeckError as error:
            errors.append(error)
    raise_all(errors)
    return tuple(built)


def export(
    course: Course,
    built: Sequence[BuiltDeck],
    formats: Sequence[str],
    *,
    optional: bool,
    environ: Mapping[str, str],
    report: Report,
) -> tuple[BuiltDeck, ...]:
    """The built decks as HTML, PDF ... beside their Markdown. Raises ExportError or HostError.

    With `optional`, a missing browser is a Notice, and what it would have printed is left out.
    """
    from livedeck.export.write import write  # noqa: PLC0415 (a build that stops at Markdown never needs it)

    file = course.file
    return write(
        course.root, file.theme, built, formats, environ=environ, report=report, optional=optional, labels=file.labels
    )


def fit(
    course: Course, built: Sequence[BuiltDeck], *, optional: bool, environ: Mapping[str, str], report: Report
) -> tuple[FitFinding, ...]:
    """What does not fit on the slides of decks whose HTML is there, measured in a browser. Raises HostError.

    With `optional`, a missing browser is a Notice, and nothing is found.
    """
    from livedeck.export.fit import inspect  # noqa: PLC0415 (only those who measure need it)

    steps = {each.deck.slug: project.read_template(course, each.deck).steps for each in built}
    language = course.file.language
    return inspect(course.root, built, steps, language, optional=optional, environ=environ, report=report)


def check(course: Course, decks: Sequence[Deck], engine: str, *, environ: Mapping[str, str], report: Report) -> None:
    """Raise everything that is wrong with decks as they are in the repository, of all decks at once.

    Templates, stale records, claims, catalogs, what Marp makes of the slides, and whether they fit. Nothing is run.
    """
    built: list[BuiltDeck] = []
    errors: list[LivedeckError] = []
    for deck in decks:
        try:
            languages = course.file.languages
            built += build(course, [deck], engine, source="committed", languages=languages, strict=False, report=report)
            errors += translation.wrong(course, [deck])
        except LivedeckError as error:
            errors.append(error)
    try:
        exported = export(course, built, ["html"], optional=False, environ=environ, report=report)
        errors += [finding.error() for finding in fit(course, exported, optional=True, environ=environ, report=report)]
    except LivedeckError as error:
        errors.append(error)
    raise_all(errors)


def steps(course: Course, deck: Deck) -> tuple[Step, ...]:
    """The steps of a deck, read from its template alone. Raises TemplateError."""
    return project.read_template(course, deck).steps


def clean(course: Course) -> tuple[Path, ...]:
    """Remove what earlier builds left in `build/`, and nothing else that may lie there; the paths that are gone.

    Raises HostError for what cannot be removed.
    """
    outputs = [path for path in project.built_outputs(course) if path.exists()]
    folders = [path for path in project.built_folders(course) if path.exists()]
    for path in outputs:
        disk.remove_built(path)
    for path in folders:
        disk.remove(path)
    return tuple(path for path in (*outputs, *folders) if not path.exists())


def _build(
    course: Course, deck: Deck, engine: str, source: Source, languages: Sequence[str]
) -> list[tuple[BuiltDeck, Localised]]:
    """A deck on disk in each language, and what of it is translated there."""
    made = [
        (_written(course, deck, engine, localised.lang, rendered, attempt=source == "attempt"), localised)
        for rendered, localised in translation.localised(course, deck, engine, source, languages)
    ]
    placing.remove_unused(deck, made[0][0].markdown.parent)
    for built, _ in made:
        freshness.forget_outdated(course, deck, built.markdown)
    return made


def _written(course: Course, deck: Deck, engine: str, lang: str, rendered: Rendered, *, attempt: bool) -> BuiltDeck:
    """The deck on disk, with its pictures."""
    target = project.markdown_path(course, deck, engine, lang, attempt=attempt)
    markdown, images = relocate(rendered.markdown, deck.slug)
    placing.place(course, deck, images, rendered.drawings, target)
    disk.replace(target, markdown)
    return BuiltDeck(deck, lang, target, rendered.slides, rendered.origins)
