"""The whole flow: templates and a host make records; templates and records make Markdown; Markdown makes decks."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from generator import records
from generator.capture import Session
from generator.errors import (
    ContentError,
    HostError,
    LivedeckError,
    StaleRecordError,
    TemplateError,
    UsageError,
    raise_all,
)
from generator.model import (
    Built,
    Capture,
    Course,
    Deck,
    Host,
    HostFacts,
    Key,
    Labels,
    Location,
    Record,
    Rendered,
    Report,
    Runner,
    Step,
    StepFinished,
    StepStarted,
    Wrote,
)
from generator.template import Image, StepLook, Template, read, relocate, render, split

OpenHost = Callable[[], Host]


@dataclass(frozen=True, slots=True)
class CourseView:
    """`course` in templates."""

    title: str
    author: str
    footer: str
    language: str


@dataclass(frozen=True, slots=True)
class DeckView:
    """`deck` in templates."""

    slug: str
    engine: str


@dataclass
class _Observed:
    """A runner that reports every command and keeps every capture."""

    runner: Runner
    deck: str
    total: int
    report: Report
    captures: list[tuple[Key, Capture]] = field(default_factory=list)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        self.report(StepStarted(self.deck, step.at, step.index + 1, self.total, command))
        capture = self.runner.run(key, command, step)
        self.report(StepFinished(self.deck, step.index + 1, self.total, capture))
        self.captures.append((key, capture))
        return capture


def capture(
    course: Course,
    decks: Sequence[Deck],
    engine: str,
    *,
    open_host: OpenHost,
    committed: bool,
    now: Callable[[], datetime],
    report: Report,
) -> tuple[Path, ...]:
    """Run each deck on a host of its own and write its record: the committed one, or one below `build/records/`.

    Every template is read before the first host starts. A deck whose content is wrong leaves its record untouched and
    does not keep the others from being captured; all errors are raised at the end. A HostError ends it at once.
    """
    templates = _read_all(course, decks)
    written: list[Path] = []
    errors: list[LivedeckError] = []
    for deck, template in zip(decks, templates, strict=True):
        try:
            record = _capture(course, deck, template, engine, open_host, now, report)
        except ContentError as error:
            errors.append(error)
            continue
        path = record_path(course, deck, engine, committed=committed)
        records.write(path, record)
        report(Wrote(path))
        written.append(path)
    raise_all(errors)
    return tuple(written)


def build(course: Course, decks: Sequence[Deck], engine: str, *, committed: bool, report: Report) -> tuple[Built, ...]:
    """Render each deck from its record into `build/<slug>.<lang>.md`. Nothing is executed.

    Raises every deck's errors together: TemplateError, StaleRecordError, ClaimError ...
    """
    built: list[Built] = []
    errors: list[LivedeckError] = []
    for deck in decks:
        try:
            built.append(_build(course, deck, engine, committed=committed))
        except LivedeckError as error:
            errors.append(error)
            continue
        report(Wrote(built[-1].markdown))
    raise_all(errors)
    return tuple(built)


def export(
    course: Course, built: Sequence[Built], formats: Sequence[str], *, environ: Mapping[str, str], report: Report
) -> tuple[Built, ...]:
    """The built decks as HTML and PDF beside their Markdown. Raises ExportError or HostError."""
    from generator.export import write  # noqa: PLC0415 (a build that stops at Markdown never needs it)

    return write(course.root, course.file.theme, built, formats, environ=environ, report=report)


def steps(course: Course, deck: Deck) -> tuple[Step, ...]:
    """The steps of a deck, read from its template alone. Raises TemplateError."""
    return _read(course, deck).steps


def clean(course: Course) -> tuple[Path, ...]:
    """Remove what earlier builds left in `build/`, and nothing else that may lie there; the paths removed."""
    folder = course.root / "build"
    names = [
        f"{deck.slug}.{course.file.language}{suffix}" for deck in course.decks for suffix in (".md", ".html", ".pdf")
    ]
    made = [folder / name for name in (*names, *(deck.slug for deck in course.decks))]
    removed = [path for path in (*made, folder / "records", folder / ".marp") if path.exists()]
    for path in removed:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return tuple(removed)


def record_path(course: Course, deck: Deck, engine: str, *, committed: bool) -> Path:
    """Where a deck's record lies: in the deck (committed), or below `build/` after a live build."""
    folder = deck.folder / "records" if committed else course.root / "build" / "records" / deck.slug
    return records.path_of(folder, engine)


def _capture(
    course: Course,
    deck: Deck,
    template: Template,
    engine: str,
    open_host: OpenHost,
    now: Callable[[], datetime],
    report: Report,
) -> Record:
    columns = course.file.terminal.columns
    with open_host() as host, _session(host, columns) as session:
        runner = _Observed(session, deck.slug, len(template.steps), report)
        started = now().astimezone(UTC)
        rendered = _render(course, deck, template, runner, host.facts, engine)
        return Record(
            format=records.FORMAT,
            deck=deck.slug,
            engine=engine,
            captured=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            columns=columns,
            host=host.facts,
            images=host.images(),
            claims=rendered.claims,
            steps=records.collect(runner.captures),
        )


@contextmanager
def _session(host: Host, columns: int) -> Iterator[Session]:
    session = Session(host, columns)
    try:
        yield session
    finally:
        session.close()


def _build(course: Course, deck: Deck, engine: str, *, committed: bool) -> Built:
    template = _read(course, deck)
    path = record_path(course, deck, engine, committed=committed)
    record = records.load(path, str(path.relative_to(course.root)), deck.slug, engine)
    replay = records.Replay(record)
    try:
        rendered = _render(course, deck, template, replay, record.host, engine)
        replay.finish(deck.template)
    except StaleRecordError as error:
        raise StaleRecordError(
            error.message, at=error.at, hint=error.hint, detail=_differences(template, record)
        ) from None
    lang = course.file.language
    target = course.root / "build" / f"{deck.slug}.{lang}.md"
    markdown, images = relocate(rendered.markdown, deck.slug)
    for image in images:
        _copy_image(course, deck, image)
    _write_text(target, markdown)
    return Built(deck, lang, target, rendered.slides)


def _render(course: Course, deck: Deck, template: Template, runner: Runner, facts: HostFacts, engine: str) -> Rendered:
    file = course.file
    label = file.labels.get(file.language, Labels()).command
    variables = {
        "course": CourseView(file.title, file.author, file.footer, file.language),
        "deck": DeckView(deck.slug, engine),
        "host": facts,
    }
    return render(template, runner, variables=variables, lang=file.language, label=label, look=_look(course))


def _look(course: Course) -> StepLook:
    name = course.file.step.template
    if name is None:
        return StepLook()
    path = course.root / "decks" / name
    try:
        return StepLook(path.read_text(encoding="utf-8"), f"decks/{name}")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read the step template decks/{name}: {error}", at=Location("decks/course.toml", 1)
        ) from None


def _read_all(course: Course, decks: Sequence[Deck]) -> list[Template]:
    templates: list[Template] = []
    errors: list[LivedeckError] = []
    for deck in decks:
        try:
            templates.append(_read(course, deck))
        except LivedeckError as error:
            errors.append(error)
    raise_all(errors)
    return templates


def _read(course: Course, deck: Deck) -> Template:
    path = course.root / deck.template
    try:
        source = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {deck.template}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise TemplateError("the template is not UTF-8", at=Location(deck.template, line)) from None
    return read(source, deck.template)


def _differences(template: Template, record: Record) -> list[str]:
    """What the template's commands and the record's have not in common, step by step."""
    asked = [(step.at, command) for step in template.steps for command in split(step.text)]
    had = [capture.command for step in record.steps for capture in step.captures]
    lines: list[str] = []
    matcher = difflib.SequenceMatcher(None, had, [command for _, command in asked], autojunk=False)
    for _, first, last, start, end in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        lines += [f"- {command.splitlines()[0]}   (in the record)" for command in had[first:last]]
        lines += [f"+ {command.splitlines()[0]}   ({at})" for at, command in asked[start:end]]
    return lines


def _copy_image(course: Course, deck: Deck, image: Image) -> None:
    """Put a picture of the deck where the built Markdown looks for it."""
    source = (deck.folder / image.path).resolve()
    template = (course.root / deck.template).read_text(encoding="utf-8-sig")
    at = Location(deck.template, template[: max(template.find(image.address), 0)].count("\n") + 1)
    if not source.is_relative_to(deck.folder.resolve()):
        hint = f"put it into decks/{deck.slug}/img/"
        raise TemplateError(f"the picture {image.path} lies outside the deck", at=at, hint=hint)
    if not source.is_file():
        raise TemplateError(f"there is no picture {image.path}", at=at, hint=f"paths begin at decks/{deck.slug}/")
    target = course.root / "build" / deck.slug / image.path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write_text(path: Path, text: str) -> None:
    try:
        records.replace(path, text)
    except OSError as error:
        raise HostError(f"cannot write {path}: {error.strerror}") from None
