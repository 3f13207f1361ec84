"""Where things lie in a project: templates, records, attempts, pictures, and what is built."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from livedeck.errors import LivedeckError, TemplateError, UsageError, raise_all
from livedeck.export import themes
from livedeck.figures import Figure
from livedeck.model import (
    FORMATS,
    Course,
    CourseView,
    Deck,
    DeckView,
    Failure,
    HostFacts,
    Labels,
    Location,
    Record,
    Rendered,
    Runner,
    output_path,
)
from livedeck.project import disk
from livedeck.records import record as records
from livedeck.records import redaction
from livedeck.records.redaction import Operator, Redactor
from livedeck.template import StepLook, Template, read, render
from livedeck.template import picture_size as pictures
from livedeck.template.paging import measures
from livedeck.template.paging.measures import Measures

_ENGINES = "engines"


def redactor(course: Course, operator: Operator) -> Redactor:
    """What takes secrets out of captures in this course."""
    return redaction.redactor(course.file.redact.rules, course.file.redact.allowed, operator)


def machine_lines(course: Course, engine: str) -> Mapping[str, re.Pattern[str]]:
    """The expressions of an engine for lines that are about the machine."""
    return {name: re.compile(rule) for name, rule in course.engine(engine).machine_lines.items()}


def record_path(course: Course, deck: Deck, engine: str, *, committed: bool) -> Path:
    """Where a deck's record lies: in the deck (committed), or below `build/` after a live build."""
    folder = deck.folder / "records" if committed else course.root / "build" / "records" / deck.slug
    return folder / f"{engine}.json"


def attempt_path(course: Course, deck: Deck, engine: str) -> Path:
    """Where the captures of a failed capture lie."""
    return course.root / "build" / "attempts" / deck.slug / f"{engine}.json"


def forget_attempt(course: Course, deck: Deck, engine: str) -> None:
    """Remove the captures of a failed capture, and what was built of them: it is past. Raises HostError."""
    path = attempt_path(course, deck, engine)
    if path.exists():
        slides = [markdown_path(course, deck, engine, lang, attempt=True) for lang in course.file.languages]
        for left in (path, *(output_path(markdown, form) for markdown in slides for form in FORMATS)):
            disk.remove_built(left)


def markdown_path(course: Course, deck: Deck, engine: str, lang: str, *, attempt: bool = False) -> Path:
    """Where a deck's Marp Markdown goes; its other formats lie beside it.

    Builds of the course's own engine lie in `build/`, those of each other one in a folder of that engine's below it.
    """
    folder = course.root / "build" / "attempts" if attempt else course.root / "build"
    if engine != course.file.engine:
        folder = folder / _ENGINES / engine
    return folder / f"{deck.slug}.{lang}.md"


def lock_path(course: Course, deck: Deck, engine: str) -> Path:
    """The file that keeps two captures of one deck apart."""
    return course.root / "build" / ".locks" / f"{deck.slug}.{engine}"


def built_outputs(course: Course) -> tuple[Path, ...]:
    """Where builds put decks in `build/`, in every language and format, also former ones; there or not."""
    own = [
        markdown_path(course, deck, course.file.engine, lang) for deck in course.decks for lang in course.file.languages
    ]
    return tuple(output_path(markdown, form) for markdown in (*own, *former_decks(course)) for form in FORMATS)


def former_decks(course: Course) -> tuple[Path, ...]:
    """The Markdown, there or not, of what was built in `build/` of decks and languages that the course has no more."""
    build = course.root / "build"
    own = {f"{deck.slug}.{lang}" for deck in course.decks for lang in course.file.languages}
    made = build / ".made"
    names = sorted(path.name for path in made.iterdir() if not path.name.startswith(".")) if made.is_dir() else []
    return tuple(build / f"{name}.md" for name in names if name not in own)


def built_folders(course: Course) -> tuple[Path, ...]:
    """The folders in `build/` that are Livedeck's with all that lies in them, there or not."""
    names = (_ENGINES, "records", "attempts", ".locks", ".made", ".marp", "fit")
    decks = [*(deck.slug for deck in course.decks), *(path.with_suffix("").stem for path in former_decks(course))]
    return tuple(course.root / "build" / name for name in dict.fromkeys((*decks, *names)))


def arguments(course: Course, slug: str, engine: str) -> str:
    """What to write behind `livedeck capture` or `livedeck shell` to have this deck on this engine again."""
    return slug if engine == course.file.engine else f"{slug} --engine {engine}"


def load_record(course: Course, deck: Deck, engine: str, path: Path) -> Record:
    """The record at `path`. Raises StaleRecordError or HostError."""
    return records.load(
        path, str(path.relative_to(course.root)), deck.slug, engine, arguments(course, deck.slug, engine)
    )


def read_template(course: Course, deck: Deck) -> Template:
    """The deck's template, checked. Raises TemplateError with all that is wrong, UsageError where it cannot be read."""
    path = course.root / deck.template
    allowed = (deck.folder.resolve(), (course.root / "decks").resolve())
    if not any(path.resolve().is_relative_to(folder) for folder in allowed):
        raise UsageError(f"{deck.template} is a link out of decks/", hint="put the template itself there")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {deck.template}: {error.strerror}") from None
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TemplateError("the template is not UTF-8", at=Location(deck.template, line)) from None
    return read(source, deck.template)


def read_templates(course: Course, decks: Sequence[Deck]) -> list[Template]:
    """The templates of decks. Raises the errors of all of them at once."""
    templates: list[Template] = []
    errors: list[LivedeckError] = []
    for deck in decks:
        try:
            templates.append(read_template(course, deck))
        except LivedeckError as error:
            errors.append(error)
    raise_all(errors)
    return templates


def step_look(course: Course) -> StepLook:
    """How steps look in this course. Raises UsageError where its step template cannot be read."""
    name = course.file.step.template
    if name is None:
        return StepLook()
    shown = f"decks/{name}"
    at = Location("decks/course.toml", 1)
    try:
        path = (course.root / shown).resolve()
        if not path.is_relative_to((course.root / "decks").resolve()):
            raise UsageError(f"the step template {shown} lies outside decks/", at=at, hint="put it beside course.toml")
        if path.exists() and not path.is_file():
            raise UsageError(f"the step template {shown} is no file", at=at)
        return StepLook(path.read_text(encoding="utf-8"), shown)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"cannot read the step template {shown}: {error}", at=at) from None


def theme_measures(course: Course) -> Measures:
    """Return the numbers of the course's theme that slides are divided by. Raises UsageError where one is unusable.

    Markdown is built without a theme, too: an export says what is wrong with it.
    """
    try:
        sheets = themes.find(course.root, course.file.theme).sheets
        texts = [(path.relative_to(course.root).as_posix(), path.read_text(encoding="utf-8")) for path in sheets]
    except (UsageError, OSError, ValueError):
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
    """A deck as Marp Markdown, its commands answered by `runner`. Raises what `template.render` raises."""
    file = course.file
    labels = file.labels.get(lang, Labels())
    variables = {
        "course": CourseView(file.title, file.author, file.footer, file.language),
        "deck": view,
        "figure": Figure(labels.figure),
        "host": facts,
    }
    look = step_look(course)
    theme = theme_measures(course)
    return render(
        template,
        runner,
        variables=variables,
        lang=lang,
        labels=labels,
        look=look,
        failure=failure,
        pictures=partial(pictures.size, (course.root / template.path).parent, theme.width),
        measures=theme,
    )
