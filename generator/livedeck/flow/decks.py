"""A deck's template and record, read from the course, and a deck rendered from them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from livedeck import records
from livedeck.errors import ErrorCollector, StaleRecordError, TemplateError, UsageError
from livedeck.export import themes
from livedeck.figures import Figure
from livedeck.model import (
    FORMATS,
    Course,
    DeckView,
    Edition,
    Failure,
    HostFacts,
    Labels,
    Location,
    Record,
    Rendered,
    Runner,
    output_path,
)
from livedeck.project import bounded, disk, files
from livedeck.records import redaction
from livedeck.records.redaction import Operator, Redactor
from livedeck.template import StepLook, Template, commands_of, picture_size, read, render
from livedeck.template.paging import measures
from livedeck.template.paging.measures import Measures


@dataclass(frozen=True, slots=True)
class CourseView:
    """`course` in templates."""

    title: str
    author: str
    footer: str
    language: str


def redactor(course: Course, operator: Operator) -> Redactor:
    """Return what takes secrets out of captures in this course."""
    return redaction.redactor(course.file.redact.rules, course.file.redact.allowed, operator)


def machine_lines(edition: Edition) -> Mapping[str, re.Pattern[str]]:
    """Return the expressions of the edition's engine for lines that are about the machine."""
    rules = edition.course.engine(edition.engine).machine_lines
    return {name: re.compile(rule) for name, rule in rules.items()}


def forget_attempt(edition: Edition) -> None:
    """Remove the captures of a failed capture, and what was built from them. Raises HostError."""
    attempt = edition.from_source("attempt")
    if attempt.record.exists():
        slides = [attempt.markdown(lang) for lang in edition.course.file.languages]
        for left in (attempt.record, *(output_path(markdown, form) for markdown in slides for form in FORMATS)):
            disk.remove_built(edition.course.root, left)


def read_record(edition: Edition) -> Record:
    """Return the record to build from. Raises StaleRecordError also where the deck's files have changed since."""
    record = records.load(edition)
    if edition.source != "attempt" and record.files != files.digest(edition.deck):
        at = Location(edition.deck.template, 1)
        hint = f"the record is stale: livedeck capture {edition.arguments}"
        raise StaleRecordError(f"decks/{edition.deck.slug}/files/ is not what was captured", at=at, hint=hint)
    return record


def read_template(edition: Edition) -> Template:
    """Return the deck's template, checked.

    Raises TemplateError with everything that is wrong with it, UsageError where it cannot be read.
    """
    course, deck = edition.course, edition.deck
    path = course.root / deck.template
    allowed = (deck.folder.resolve(), (course.root / "decks").resolve())
    if not any(path.resolve().is_relative_to(folder) for folder in allowed):
        raise UsageError(f"{deck.template} is a link out of decks/", hint="put the template itself there")
    try:
        data = bounded.read(course.root, path, bounded.TEMPLATE)
    except OSError as error:
        raise UsageError(f"cannot read {deck.template}: {error.strerror}") from None
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TemplateError("the template is not UTF-8", at=Location(deck.template, line)) from None
    return read(source, deck.template)


def read_templates(editions: Sequence[Edition]) -> list[Template]:
    """Return the templates of editions, each deck's once. Raises the errors of all of them together."""
    templates: list[Template] = []
    with ErrorCollector() as errors:
        for edition in {edition.deck.slug: edition for edition in editions}.values():
            with errors.catch():
                templates.append(read_template(edition))
    return templates


def step_look(course: Course) -> StepLook:
    """Return how steps look in this course. Raises UsageError where its step template cannot be read."""
    name = course.file.step.template
    if name is None:
        return StepLook()
    shown = f"decks/{name}"
    at = Location("decks/course.toml", 1)
    try:
        path = (course.root / shown).resolve()
        if not path.is_relative_to((course.root / "decks").resolve()):
            hint = "put it next to course.toml"
            raise UsageError(f"the step template {shown} is outside decks/", at=at, hint=hint)
        if path.exists() and not path.is_file():
            raise UsageError(f"the step template {shown} is not a file", at=at)
        return StepLook(bounded.text(course.root, course.root / shown, bounded.STEP_TEMPLATE), shown)
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise UsageError(f"cannot read the step template {shown}: {reason}", at=at) from None


def theme_measures(course: Course) -> Measures:
    """Return the numbers of the course's theme that slides are divided by. Raises UsageError where one is unusable.

    Markdown is built without a theme, too: an export says what is wrong with it.
    """
    try:
        sheets = themes.find(course.root, course.file.theme).sheets
        texts = [(sheet.path.relative_to(course.root).as_posix(), sheet.css) for sheet in sheets]
    except UsageError:
        return Measures()
    return measures.read(tuple(reversed(texts)))


def render_deck(
    course: Course,
    template: Template,
    runner: Runner,
    facts: HostFacts,
    view: DeckView,
    lang: str,
    failure: Failure | None = None,
) -> Rendered:
    """Return a deck as Marp Markdown, its commands answered by `runner`. Raises what `template.render` raises."""
    file = course.file
    labels = file.labels.get(lang, Labels())
    variables = {
        "course": CourseView(file.title, file.author, file.footer, file.language),
        "deck": view,
        "figure": Figure(labels.figure),
        "host": facts,
    }
    theme = theme_measures(course)
    return render(
        template,
        runner,
        variables=variables,
        lang=lang,
        labels=labels,
        look=step_look(course),
        failure=failure,
        pictures=partial(picture_size.size, (course.root / template.path).parent, theme.width),
        measures=theme,
    )


def replay(course: Course, record: Record, lang: str, template: Template, again: str = "") -> Rendered:
    """Render a deck from a record, all of which it has to use; `again` is what `livedeck capture` needs to replace it.

    Raises what `template.render` raises, and StaleRecordError where template and record differ.
    """
    runner = records.Replay(record, commands_of, redactor(course, Operator()).text, again)
    rendered = render_deck(course, template, runner, record.host, records.view(record), lang, record.failure)
    if not record.failure:
        runner.finish(template.path)
    return rendered
