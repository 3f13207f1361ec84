"""What must be true of a course file that its types cannot say: names that become files, hosts or arguments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from livedeck.model import HEIGHTS, CourseFile, Engine, SandboxLimits, Terminal
from livedeck.project.patterns import HINT, ExpressionLimitError, compiled, in_slashes

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DECK = re.compile(r"[^\W_](?:[\w .()+-]*[\w)])?")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
ALL_ENGINES = "all"
"""What names every engine at once, and so cannot name one."""
_SOURCES = ("auto", "docker.com", "debian", "archive")
_ADDRESS = re.compile(r"https?://[\w.~%/?&=@:+-]+", re.ASCII)
_VERSION = re.compile(r"\d[\w.+~-]*", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_NAMED_AFTER = re.compile(r"docker-(?P<version>\d+(?:\.\d+)*)(?:-.*)?")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_COLUMNS = range(20, 401)
_SIZE = re.compile(r"[1-9]\d{0,8}[kmg]")
_PROCESSES = range(256, 4_000_001)
_RUNTIME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})?")

Mistake = tuple[str, str]
"""What is wrong, and what to do about it."""
Keys = tuple[str, ...]
"""The keys that lead to a value of a course file: those of its tables, then its own."""


def is_language(lang: str) -> bool:
    """Return whether a text can be the name of a language (`en`, `pt-BR`)."""
    return _LANGUAGE.fullmatch(lang) is not None


def is_deck(name: str) -> bool:
    """Return whether a text can be the name of a deck."""
    return _DECK.fullmatch(name) is not None


def folded(name: str) -> str:
    """Return what names have in common that are one name on disks that ignore case, or how letters are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def mistakes(file: CourseFile) -> Iterator[Mistake]:
    """Yield what is wrong with a course file; what comes later may assume that the earlier parts are right."""
    if file.engine not in file.engines:
        hint = f"it has {', '.join(file.engines)}: name one of these, or add [engines.{file.engine}]"
        yield f"engine = {file.engine!r} names no [engines.{file.engine}]", hint
    for name, engine in file.engines.items():
        yield from _engine(name, engine)
    yield from _languages(file.languages)
    yield from _terminal(file.terminal)
    yield from _limits(file.sandbox)


def wrong_expressions(file: CourseFile) -> Iterator[tuple[Keys, Mistake]]:
    """Yield what is wrong with the expressions of a course file, and the keys that lead to each of them.

    The rules of redaction are checked where they are used.
    """
    yield from _expressions(file.masks, "masks")
    for name, engine in file.engines.items():
        yield from _expressions(engine.machine_lines, "engines", name, "machine_lines")


def _engine(name: str, engine: Engine) -> Iterator[Mistake]:
    """Check an engine; its name becomes part of other names, and must not promise a version it does not ask for."""
    if not _NAME.fullmatch(name) or name == ALL_ENGINES:
        yield f"{name!r} cannot be the name of an engine", "use a-z, 0-9, dot and dash; all means all"
    named = _NAMED_AFTER.fullmatch(name)
    if named and not f"{engine.docker}.".startswith(f"{named['version']}."):
        hint = f'write docker = "{named["version"]}" below it, or rename it'
        yield f"the engine {name} does not ask for the version it is named after", hint
    for message, hint in _source(engine):
        yield f"the engine {name}: {message}", hint


def _source(engine: Engine) -> Iterator[Mistake]:
    """Check the source of an engine: it has everything it needs and nothing that belongs to another one."""
    source, archive = engine.source, engine.archive
    address = _ADDRESS.fullmatch(source or "") is not None
    if source is not None and source not in _SOURCES and not address:
        hint = f"write {', '.join(_SOURCES)}, or the address of an apt repository: https://..."
        yield f"there is no source {source!r}", hint
    if address != (engine.key is not None):
        hint = "write its fingerprint as gpg shows it: key = ..." if address else "leave it out, or name an address"
        yield "an address and the key that signs the repository go together", hint
    if engine.docker is not None and not _VERSION.fullmatch(engine.docker):
        yield f"docker = {engine.docker!r} is not a version", 'write docker = "29" or "28.5.2"'
    if engine.key is not None and not _FINGERPRINT.fullmatch(engine.key):
        yield f"key = {engine.key!r} is not a fingerprint", "write 40 hex digits, in capitals and without spaces"
    if (archive is None) != (engine.sha256 is None):
        yield "`archive` and `sha256` go together", "write both; `sha256sum FILE` shows the checksum"
    if (archive is None) != (source != "archive") and source is not None:
        yield f"source = {source!r} and `archive` do not go together", "leave one of them out"
    if archive is not None and "://" in archive and not _ADDRESS.fullmatch(archive):
        yield f"archive = {archive!r} is not an address", "write http://, https:// or a path"
    if engine.sha256 is not None and not _SHA256.fullmatch(engine.sha256):
        yield f"sha256 = {engine.sha256!r} is not a checksum", "write 64 hex digits; `sha256sum FILE` shows them"


def _languages(languages: Sequence[str]) -> Iterator[Mistake]:
    if not languages:
        yield "languages is empty", 'the first one is that of the templates: languages = ["ko"]'
    for number, language in enumerate(languages):
        if not is_language(language):
            yield f"{language!r} is not a language", "write ko, en, ja, pt-BR ..."
        if language.lower() in (other.lower() for other in languages[:number]):
            yield f"the language {language} is listed twice", "leave one of them out"


def _terminal(terminal: Terminal) -> Iterator[Mistake]:
    if not _HOST.fullmatch(terminal.hostname):
        yield f"{terminal.hostname!r} is not a host name", "use a-z, 0-9 and dashes, 63 characters at most"
    if not _USER.fullmatch(terminal.user) or terminal.user == "root":
        yield f"{terminal.user!r} is not a login name for a student", "use a-z, 0-9, dashes and underscores; not root"
    if terminal.columns not in _COLUMNS:
        yield f"columns = {terminal.columns}: a terminal has {_COLUMNS[0]} to {_COLUMNS[-1]}", ""
    if terminal.rows not in HEIGHTS:
        yield f"rows = {terminal.rows}: a terminal has {HEIGHTS[0]} to {HEIGHTS[-1]}", ""


def _limits(limits: SandboxLimits) -> Iterator[Mistake]:
    for name, size in (("memory", limits.memory or "1g"), ("keep_free", limits.keep_free)):
        if not _SIZE.fullmatch(size):
            yield f"sandbox.{name} = {size!r} is not a size", "write 512m, 4g ..."
    if limits.processes not in _PROCESSES:
        yield f"sandbox.processes = {limits.processes}", f"{_PROCESSES[0]} to {_PROCESSES[-1]}"
    if not _RUNTIME.fullmatch(limits.runtime):
        hint = "write the name of one that `docker info` lists, such as runc"
        yield f"sandbox.runtime = {limits.runtime!r} cannot be the name of a runtime", hint


def _expressions(rules: Mapping[str, str], *table: str) -> Iterator[tuple[Keys, Mistake]]:
    """Check the expressions of a table by name; none of them may match the empty text."""
    key = ".".join(table)
    for name, rule in rules.items():
        if not _NAME.fullmatch(name):
            yield (*table, name), (f"{name!r} cannot be a name in {key}", "use a-z, 0-9, dot and dash")
        try:
            matches_nothing = compiled(rule).search([""])[0]
        except ExpressionLimitError as error:
            yield (*table, name), (f"{key}.{name} = {in_slashes(rule)}: {error}", HINT)
            return
        except ValueError as error:
            hint = "write it in single quotes, so that a backslash stays a backslash"
            yield (*table, name), (f"{key}.{name} is not a regular expression: {error}", hint)
            return
        if matches_nothing:
            yield (*table, name), (f"{key}.{name} matches the empty text", "say what it looks like")
