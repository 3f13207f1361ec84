"""The course: `decks/course.toml`, and the decks next to it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from livedeck.errors import LivedeckError, UsageError, nearest, refusing
from livedeck.model import (
    FORMATS,
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
    output_path,
)
from livedeck.project import bounded, paths
from livedeck.project.validation import folded, is_deck, mistakes, wrong_expressions

FILE = Path("decks") / "course.toml"
_MARK = "\ufeff"
"""The byte order mark, with which some editors begin a file."""
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`(?: - at `\$\.?(?P<where>[^`]*)`)?")
_LINE = re.compile(r"at line (\d+)")
_LONGEST_SEARCHED = 100_000
_TRIED = 50
_LONGEST_VALUE = 10


def find_root(start: Path) -> Path:
    """Return the project that contains `start`. Raises UsageError if there is none."""
    for folder in (start, *start.parents):
        try:
            if (folder / FILE).is_file():
                return folder
        except OSError as error:
            raise UsageError(f"cannot read {folder / FILE}: {error.strerror}") from None
    raise UsageError(
        f"no course here: neither {start} nor a folder above it has {FILE}",
        hint="go to the project, or name it with --root",
    )


def load(root: Path) -> Course:
    """Return the course of a project, its decks ordered by name. Raises UsageError with the file and the key."""
    path = root / FILE
    at = Location(str(FILE), 1)
    try:
        text = bounded.text(root, path, bounded.COURSE_FILE)
    except FileNotFoundError:
        raise UsageError(f"there is no {FILE} in {root}", hint="write one; only `title` is required") from None
    except OSError as error:
        raise UsageError(f"cannot read the course file: {error.strerror}", at=at) from None
    with refusing(lambda reason: UsageError(f"the course file is not TOML: {reason}", at=_place(reason))):
        data = tomllib.loads(text)
    with refusing(lambda reason: _invalid(reason, at)):
        file = msgspec.convert(data, CourseFile)
    if not file.engines:
        file = msgspec.structs.replace(file, engines={file.engine: Engine()})
    for message, hint in mistakes(file):
        raise UsageError(message, at=at, hint=hint)
    for keys, (message, hint) in wrong_expressions(file):
        raise UsageError(message, at=_place_of(keys, text), hint=hint)
    return Course(root, file, _decks(root, file.languages))


def place(root: Path, *keys: str) -> Location:
    """Return the line of the course file that sets a value: that of the tables and the key in `keys`."""
    try:
        return _place_of(keys, bounded.text(root, root / FILE, bounded.COURSE_FILE))
    except (OSError, LivedeckError):  # it has changed since it was loaded
        return Location(str(FILE), 1)


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

    mark, text = text[: text.startswith(_MARK)], text.removeprefix(_MARK)
    end = "\r\n" if "\r\n" in text else "\n"

    def lines(added: Mapping[str, object]) -> str:
        return tomlkit.dumps(added).replace("\n", end)

    with refusing(lambda reason: UsageError(f"{FILE} cannot be changed: {reason}", at=_place(reason))):
        document = tomlkit.parse(text)
    if "languages" in document:
        document["languages"].append(lang)
        changed = tomlkit.dumps(document)
    else:
        changed = f"{lines({'languages': [CourseFile(title='').language, lang]})}{text}"
    labels = msgspec.to_builtins(Labels())
    if lang not in document.get("labels", {}):
        changed = f"{changed.rstrip()}{end}{end}{lines({'labels': {lang: labels}})}"
    hint = f"add {lang} to languages, and [labels.{lang}], by hand"
    with refusing(lambda _: UsageError(f"{FILE} cannot be changed", hint=hint)):
        msgspec.convert(tomllib.loads(changed), CourseFile)
    return mark + changed


def _decks(root: Path, languages: Sequence[str]) -> tuple[Deck, ...]:
    """Return the decks next to the course file.

    Raises UsageError for a folder whose name cannot be a deck's, for a link out of `decks/`, and for two decks whose
    slides would be in one place.
    """
    try:
        found = [path for path in bounded.entries(root, root / "decks") if not path.name.startswith(("_", "."))]
        folders = [path for path in found if path.is_dir()]
    except OSError as error:
        raise UsageError(f"cannot read the folder decks/: {error.strerror}") from None
    inside = (root / "decks").resolve()
    for folder in folders:
        if not folder.resolve().is_relative_to(inside):
            raise UsageError(f"decks/{folder.name} is a link out of decks/", hint="put the deck itself there")
    folders = [folder for folder in folders if (folder / "deck.md").is_file()]
    for folder in folders:
        if not is_deck(folder.name):
            hint = "begin with a letter or a digit, and use letters, digits, spaces, dots and dashes"
            raise UsageError(f"the folder {folder.name!r} cannot be the name of a deck", hint=hint)
        if paths.is_own(folder.name):
            hint = f"livedeck has its own files in build/{folder.name}: rename it"
            raise UsageError(f"the folder {folder.name} cannot be the name of a deck", hint=hint)
    _need_apart([folder.name for folder in folders], languages)
    return tuple(Deck(p.name, p, str((p / "deck.md").relative_to(root))) for p in folders)


def _need_apart(slugs: Sequence[str], languages: Sequence[str]) -> None:
    """Raise UsageError for two decks that have a file of one name in `build/`, on whichever disk."""
    known = {folded(slug): slug for slug in reversed(slugs)}
    for slug in slugs:
        if (other := known[folded(slug)]) != slug:
            hint = "on many disks that is one folder: rename it"
            message = f"the names of the decks {other} and {slug} differ only in how they are written"
            raise UsageError(message, hint=hint)
    for slug in slugs:
        slides = [Path(f"{slug}.{lang}.md") for lang in languages]
        for name in [output_path(path, form).name for path in slides for form in FORMATS]:
            if folded(name) in known:
                hint = "pictures of one would be where slides of the other are: rename it"
                raise UsageError(
                    f"the deck {known[folded(name)]} has the name of another deck in a language", hint=hint
                )


def _place_of(keys: Sequence[str], text: str) -> Location:
    """Return the line that sets a value; the first one if it is not found among what can be looked through soon.

    The parser says what a key is, however it is written: the line is the first one that has its name and with which
    the file has the value. A value may go on for some lines.
    """
    lines = text.split("\n")
    named = [number for number, line in enumerate(lines, 1) if keys[-1] in line]
    for number in named[:_TRIED] if len(text) <= _LONGEST_SEARCHED else ():
        for end in range(number, min(number + _LONGEST_VALUE, len(lines) + 1)):
            with suppress(tomllib.TOMLDecodeError, RecursionError):
                value: object = tomllib.loads("\n".join(lines[:end]))
                for key in keys:
                    value = value.get(key) if isinstance(value, dict) else None
                if value is not None:
                    return Location(str(FILE), number)
                break
    return Location(str(FILE), 1)


def _place(reason: str) -> Location:
    """Return the line that a complaint about TOML names."""
    found = _LINE.search(reason)
    return Location(str(FILE), int(found[1]) if found else 1)


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
