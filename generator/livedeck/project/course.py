"""The course: `decks/course.toml`, and the decks next to it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from livedeck.errors import UsageError, nearest
from livedeck.model import (
    Course,
    CourseFile,
    Deck,
    Engine,
    Labels,
    Location,
    RedactSettings,
    SandboxLimits,
    StepSettings,
    Terminal,
)
from livedeck.project.validation import mistakes

FILE = Path("decks") / "course.toml"
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`(?: - at `\$\.?(?P<where>[^`]*)`)?")
_DECK = re.compile(r"[^\W_](?:[\w .()+-]*[\w)])?")


def find_root(start: Path) -> Path:
    """Return the project that contains `start`. Raises UsageError if there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise UsageError(
        f"no course here: neither {start} nor a folder above it has {FILE}",
        hint="go to the project, or name it with --root",
    )


def load(root: Path) -> Course:
    """Return the course of a project, its decks ordered by name. Raises UsageError with the file and the key."""
    path = root / FILE
    at = Location(str(FILE), 1)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no {FILE} in {root}", hint="write one; only `title` is required") from None
    except OSError as error:
        raise UsageError(f"cannot read the course file: {error.strerror}", at=at) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"the course file is not TOML: {error}", at=at) from None
    try:
        file = msgspec.convert(data, CourseFile)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), at) from None
    if not file.engines:
        file = msgspec.structs.replace(file, engines={file.engine: Engine()})
    for message, hint in mistakes(file):
        raise UsageError(message, at=at, hint=hint)
    return Course(root, file, _decks(root, file.languages))


def select(course: Course, names: Sequence[str]) -> tuple[Deck, ...]:
    """Return the named decks in the course's order; all if none is named. Raises UsageError for an unknown one."""
    known = {deck.slug: deck for deck in course.decks}
    wanted = {Path(name).name if "/" in name else name for name in names}
    for name in sorted(wanted - known.keys()):
        near = nearest(name, known, cutoff=0.3)
        hint = f"did you mean {near}?" if near else "a deck is a folder decks/<name>/ with a deck.md"
        raise UsageError(f"there is no deck {name}", hint=hint)
    chosen = tuple(deck for deck in course.decks if not names or deck.slug in wanted)
    if not chosen:
        raise UsageError("the course has no decks", hint="write decks/<name>/deck.md")
    return chosen


def with_language(text: str, lang: str) -> str:
    """Return the text of a course file with one more language, and labels for it at the end; the rest is unchanged.

    Raises UsageError for a file whose layout leaves no room for them.
    """
    import tomlkit  # noqa: PLC0415 (only where a course file is changed)

    end = "\r\n" if "\r\n" in text else "\n"

    def lines(added: Mapping[str, object]) -> str:
        return tomlkit.dumps(added).replace("\n", end)

    document = tomlkit.parse(text)
    if "languages" in document:
        document["languages"].append(lang)
        changed = tomlkit.dumps(document)
    else:
        changed = f"{lines({'languages': [CourseFile(title='').language, lang]})}{text}"
    labels = msgspec.to_builtins(Labels())
    if lang not in document.get("labels", {}):
        changed = f"{changed.rstrip()}{end}{end}{lines({'labels': {lang: labels}})}"
    try:
        msgspec.convert(tomllib.loads(changed), CourseFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):
        hint = f"add {lang} to languages, and [labels.{lang}], by hand"
        raise UsageError(f"{FILE} cannot be changed", hint=hint) from None
    return changed


def _decks(root: Path, languages: Sequence[str]) -> tuple[Deck, ...]:
    """Return the decks next to the course file. Raises UsageError for a folder whose name cannot be a deck's."""
    try:
        folders = sorted(p for p in (root / "decks").iterdir() if p.is_dir() and not p.name.startswith(("_", ".")))
        folders = [folder for folder in folders if (folder / "deck.md").is_file()]
    except OSError as error:
        raise UsageError(f"cannot read the folder decks/: {error.strerror}") from None
    for folder in folders:
        if not _DECK.fullmatch(folder.name):
            hint = "begin with a letter or a digit, and use letters, digits, spaces, dots and dashes"
            raise UsageError(f"the folder {folder.name!r} cannot be the name of a deck", hint=hint)
        if any(folder.name == f"{other.name}.{language}" for other in folders for language in languages):
            hint = "pictures of one would be where slides of the other are: rename it"
            raise UsageError(f"the deck {folder.name} has the name of another deck in a language", hint=hint)
    return tuple(Deck(p.name, p, str((p / "deck.md").relative_to(root))) for p in folders)


def _invalid(message: str, at: Location) -> UsageError:
    """Return msgspec's message in the words of the course file."""
    match = _UNKNOWN.fullmatch(message)
    if match is None:
        return UsageError(f"the course file: {message}", at=at)
    where = match["where"] or ""
    tables: dict[str, type[msgspec.Struct]] = {
        "": CourseFile,
        "terminal": Terminal,
        "step": StepSettings,
        "sandbox": SandboxLimits,
        "redact": RedactSettings,
    }
    table = tables.get(where) or (Engine if where.startswith("engines") else Labels)
    known = [field.encode_name for field in msgspec.structs.fields(table)]
    near = nearest(match["name"], known)
    hint = f"did you mean {near}?" if near else f"keys here are {', '.join(known)}"
    return UsageError(f"unknown key {match['name']}" + (f" in [{where}]" if where else ""), at=at, hint=hint)
