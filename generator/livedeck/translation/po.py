"""Catalogs on disk: gettext PO, checked line by line before polib parses it.

polib takes an unterminated string for the end of the file, keeps duplicates, and decodes with any charset that the file
names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livedeck.errors import CatalogError, refusing
from livedeck.model import Location
from livedeck.project import bounded

if TYPE_CHECKING:
    import polib

_STRING = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(rf"\s*(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s*)?{_STRING}\s*)?")
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)|={7}$")
_MSGID = re.compile(r"\s*msgid\s*\"")
_CHARSET = re.compile(r"charset=([^\s;]+)", re.IGNORECASE)
_SEPARATORS = re.compile("[\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|\r(?!\n)")
_FIX = "fix the line, or restore the file from the repository"


def parse(data: bytes, path: str) -> polib.POFile:
    """Parse a catalog; each entry knows its line. Raises CatalogError with the line that cannot be read."""
    if len(data) > bounded.CATALOG.largest:
        most = bounded.CATALOG.largest // 1024**2
        raise CatalogError(f"the catalog is larger than {most} MiB", at=Location(path, 1), hint=_FIX)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = Location(path, data[: error.start].count(b"\n") + 1)
        raise CatalogError("the catalog is not UTF-8", at=at, hint="save it as UTF-8") from None
    text = text.replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if message := _damage(line):
            raise CatalogError(message, at=Location(path, number), hint=_FIX)
    import polib  # noqa: PLC0415 (a course in one language needs none)

    def unreadable(reason: str) -> CatalogError:
        found = re.search(r"line (\d+)", reason)
        at = Location(path, max(int(found[1]) - 1, 1) if found else 1)
        return CatalogError("gettext cannot read this line", at=at, hint=_FIX)

    with refusing(unreadable):
        catalog = polib.pofile(f"\n{text}\n", encoding="utf-8", wrapwidth=-1)
    _number(catalog, text, path)
    return catalog


def _damage(line: str) -> str:
    """Return what is wrong with a line that polib fails on or, worse, accepts; empty for others."""
    if _CONFLICT.match(line):
        return "an unfinished merge"
    if _SEPARATORS.search(line):
        return "a control character"
    if _LINE.fullmatch(line):
        return ""
    return "not a line of PO" + (": a quotation mark is missing, or there is one too many" if '"' in line else "")


def _number(catalog: polib.POFile, text: str, path: str) -> None:
    """Give each entry the line of its msgid. Raises CatalogError if polib found other entries or decoded otherwise."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if _MSGID.match(line)]
    entries = [entry for entry in catalog if not entry.obsolete]
    header = len(lines) - len(entries)
    if header not in (0, 1) or (header == 1 and not catalog.metadata) or not all(entry.msgid for entry in entries):
        raise CatalogError("gettext cannot read all entries", at=Location(path, 1), hint=_FIX)
    for entry, line in zip(entries, lines[header:], strict=True):
        entry.linenum = line
    charset = _CHARSET.search(catalog.metadata.get("Content-Type", ""))
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        at = Location(path, lines[0] if lines else 1)
        raise CatalogError(f"the catalog says it is {charset[1]}", at=at, hint="catalogs are UTF-8: charset=UTF-8")
