"""A deck's template and record, read from the course, and a deck rendered from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from livedeck import records
from livedeck.errors import ErrorCollector, StaleRecordError, TemplateError, UsageError, raise_all
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
from livedeck.project.course import place
from livedeck.project.patterns import HINT, Expression, compiled, in_slashes
from livedeck.records import redaction
from livedeck.records.redaction import Operator, Redactor, secrets_in
from livedeck.template import StepLook, Template, commands_of, picture_size, read, render
from livedeck.template.paging import measures
from livedeck.template.paging.measures import Measures
from livedeck.template.reading.commands import typed_file

NOBODY = Operator()
"""Who builds is not known: a build is the same for everybody."""


@dataclass(frozen=True, slots=True)
class CourseView:
    """`course` in templates."""

    title: str
    author: str
    footer: str
    language: str


def redactor(course: Course, operator: Operator) -> Redactor:
    """Return what takes secrets out of captures in this course."""
    redact = course.file.redact
    return redaction.redactor(redact.rules, redact.allowed, operator, partial(place, course.root, "redact", "rules"))


def machine_lines(edition: Edition) -> Mapping[str, Expression]:
    """Return the expressions of the edition's engine for lines that are about the machine."""
    rules = edition.course.engine(edition.engine).machine_lines
    return expressions(edition.course, rules, "engines", edition.engine, "machine_lines")


def expressions(course: Course, rules: Mapping[str, str], *table: str) -> Mapping[str, Expression]:
    """Return the expressions of a table of the course file. They raise UsageError where they take too long."""

    def wrong(name: str, rule: str, why: str) -> UsageError:
        message = f"{'.'.join((*table, name))} = {in_slashes(rule)}: {why}"
        return UsageError(message, at=place(course.root, *table, name), hint=HINT)

    return {name: compiled(rule, partial(wrong, name, rule)) for name, rule in rules.items()}


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


def read_template(edition: Edition, who: Operator = NOBODY) -> Template:
    """Return the deck's template, checked; where its commands will be typed, `who` runs Livedeck.

    Raises TemplateError with everything that is wrong with it, secrets in commands included; UsageError where it cannot
    be read.
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
    template = read(source, deck.template)
    rules = redactor(course, who)
    found: list[TemplateError] = []
    for step in template.steps:
        if not step.expand:  # what Jinja makes of it is not known yet
            found += secrets_in(rules, step, typed_file(step) if step.file else step.text)
    raise_all(found)
    return template


def read_templates(editions: Sequence[Edition], who: Operator = NOBODY) -> list[Template]:
    """Return the templates of editions, each deck's once. Raises the errors of all of them together."""
    templates: list[Template] = []
    with ErrorCollector() as errors:
        for edition in {edition.deck.slug: edition for edition in editions}.values():
            with errors.catch():
                templates.append(read_template(edition, who))
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
    runner = records.Replay(record, commands_of, redactor(course, NOBODY), again)
    rendered = render_deck(course, template, runner, record.host, records.view(record), lang, record.failure)
    if not record.failure:
        runner.finish(template.path)
    return rendered
