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

FILE = Path("decks") / "course.toml"
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`(?: - at `\$\.?(?P<where>[^`]*)`)?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_ALL_ENGINES = "all"
_SOURCES = ("auto", "docker.com", "debian", "archive")
_ADDRESS = re.compile(r"https?://[\w.~%/?&=@:+-]+", re.ASCII)
_VERSION = re.compile(r"\d[\w.+~-]*", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_NAMED_AFTER = re.compile(r"docker-(?P<version>\d+(?:\.\d+)*)(?:-.*)?")
_DECK = re.compile(r"[^\W_](?:[\w .()+-]*[\w)])?")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_COLUMNS = range(20, 401)
_SIZE = re.compile(r"[1-9]\d{0,8}[kmg]")
_FEWEST_PROCESSES, _MOST_PROCESSES = 256, 4_000_000


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
    _check(file, at)
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


def is_language(lang: str) -> bool:
    """Return whether a text can be the name of a language (`en`, `pt-BR`)."""
    return _LANGUAGE.fullmatch(lang) is not None


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


def _check(file: CourseFile, at: Location) -> None:
    """Check what types cannot: names that become file names, host names, arguments."""
    if file.engine not in file.engines:
        hint = f"it has {', '.join(file.engines)}: name one of these, or add [engines.{file.engine}]"
        raise UsageError(f"engine = {file.engine!r} names no [engines.{file.engine}]", at=at, hint=hint)
    for name, engine in file.engines.items():
        _check_engine(name, engine, at)
    _check_languages(file.languages, at)
    terminal: Terminal = file.terminal
    if not _HOST.fullmatch(terminal.hostname):
        hint = "use a-z, 0-9 and dashes, 63 characters at most"
        raise UsageError(f"{terminal.hostname!r} is not a host name", at=at, hint=hint)
    if not _USER.fullmatch(terminal.user) or terminal.user == "root":
        hint = "use a-z, 0-9, dashes and underscores; not root"
        raise UsageError(f"{terminal.user!r} is not a login name for a student", at=at, hint=hint)
    if terminal.columns not in _COLUMNS:
        raise UsageError(f"columns = {terminal.columns}: a terminal has {_COLUMNS.start} to {_COLUMNS.stop - 1}", at=at)

    _check_limits(file.sandbox, at)
    _check_expressions(file.masks, "masks", at)


def _check_languages(languages: Sequence[str], at: Location) -> None:
    if not languages:
        raise UsageError("languages is empty", at=at, hint='the first one is that of the templates: languages = ["ko"]')
    for number, language in enumerate(languages):
        if not is_language(language):
            raise UsageError(f"{language!r} is not a language", at=at, hint="write ko, en, ja, pt-BR ...")
        if language.lower() in (other.lower() for other in languages[:number]):
            raise UsageError(f"the language {language} is listed twice", at=at, hint="leave one of them out")


def _check_engine(name: str, engine: Engine, at: Location) -> None:
    """Check an engine; its name becomes part of other names, and must not promise a version it does not ask for."""
    if not _NAME.fullmatch(name) or name == _ALL_ENGINES:
        raise UsageError(
            f"{name!r} cannot be the name of an engine", at=at, hint="use a-z, 0-9, dot and dash; all means all"
        )
    named = _NAMED_AFTER.fullmatch(name)
    if named and not f"{engine.docker}.".startswith(f"{named['version']}."):
        hint = f'write docker = "{named["version"]}" below it, or rename it'
        raise UsageError(f"the engine {name} does not ask for the version it is named after", at=at, hint=hint)
    _check_source(name, engine, at)
    _check_expressions(engine.machine_lines, f"engines.{name}.machine_lines", at)


def _check_source(name: str, engine: Engine, at: Location) -> None:
    """Check the source of an engine: it has everything it needs and nothing that belongs to another one."""

    def wrong(message: str, hint: str) -> UsageError:
        return UsageError(f"the engine {name}: {message}", at=at, hint=hint)

    source, archive = engine.source, engine.archive
    address = _ADDRESS.fullmatch(source or "") is not None
    if source is not None and source not in _SOURCES and not address:
        hint = f"write {', '.join(_SOURCES)}, or the address of an apt repository: https://..."
        raise wrong(f"there is no source {source!r}", hint)
    if address != (engine.key is not None):
        hint = "write its fingerprint as gpg shows it: key = ..." if address else "leave it out, or name an address"
        raise wrong("an address and the key that signs the repository go together", hint)
    if engine.docker is not None and not _VERSION.fullmatch(engine.docker):
        raise wrong(f"docker = {engine.docker!r} is not a version", 'write docker = "29" or "28.5.2"')
    if engine.key is not None and not _FINGERPRINT.fullmatch(engine.key):
        raise wrong(f"key = {engine.key!r} is not a fingerprint", "write 40 hex digits, in capitals and without spaces")
    if (archive is None) != (engine.sha256 is None):
        raise wrong("`archive` and `sha256` go together", "write both; `sha256sum FILE` shows the checksum")
    if (archive is None) != (source != "archive") and source is not None:
        raise wrong(f"source = {source!r} and `archive` do not go together", "leave one of them out")
    if archive is not None and "://" in archive and not _ADDRESS.fullmatch(archive):
        raise wrong(f"archive = {archive!r} is not an address", "write http://, https:// or a path")
    if engine.sha256 is not None and not _SHA256.fullmatch(engine.sha256):
        raise wrong(f"sha256 = {engine.sha256!r} is not a checksum", "write 64 hex digits; `sha256sum FILE` shows them")


def _check_expressions(rules: Mapping[str, str], key: str, at: Location) -> None:
    """Check expressions by name; none of them may match the empty text."""
    for name, rule in rules.items():
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot be a name in {key}", at=at, hint="use a-z, 0-9, dot and dash")
        try:
            found = re.compile(rule)
        except re.error as error:
            hint = "write it in single quotes, so that a backslash stays a backslash"
            raise UsageError(f"{key}.{name} is not a regular expression: {error}", at=at, hint=hint) from None
        if found.match(""):
            raise UsageError(f"{key}.{name} matches the empty text", at=at, hint="say what it looks like")


def _check_limits(limits: SandboxLimits, at: Location) -> None:
    for name, size in (("memory", limits.memory or "1g"), ("keep_free", limits.keep_free)):
        if not _SIZE.fullmatch(size):
            raise UsageError(f"sandbox.{name} = {size!r} is not a size", at=at, hint="write 512m, 4g ...")
    if not _FEWEST_PROCESSES <= limits.processes <= _MOST_PROCESSES:
        raise UsageError(
            f"sandbox.processes = {limits.processes}", at=at, hint=f"{_FEWEST_PROCESSES} to {_MOST_PROCESSES}"
        )


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
