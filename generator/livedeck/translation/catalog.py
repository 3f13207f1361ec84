"""A catalog as values: the translation of each sentence, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livedeck.errors import CatalogError
from livedeck.model import Location
from livedeck.translation.rules import Breach

if TYPE_CHECKING:
    import polib


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the translation, the line of its msgid, and why it cannot be used if it cannot."""

    translation: str
    line: int
    fuzzy: bool = False
    breach: Breach | None = None


@dataclass(frozen=True, slots=True)
class CatalogFault:
    """An entry that cannot be used: the sentence, its place in the catalog, and the rule it breaks."""

    source: str
    at: Location
    breach: Breach

    def error(self) -> CatalogError:
        """Return the fault as an error."""
        breach = self.breach
        detail = [f"sentence: {self.source}", f"expected: {breach.expected}", f"found:    {breach.found}"]
        return CatalogError(
            f"this translation breaks the rule {breach.rule}", at=self.at, hint=breach.hint, detail=detail
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sentences of a deck are translated; fuzzy and invalid ones are not."""

    total: int
    translated: int = 0
    fuzzy: int = 0
    invalid: int = 0

    @property
    def missing(self) -> int:
        """How many have no translation at all."""
        return self.total - self.translated - self.fuzzy - self.invalid

    @property
    def percent(self) -> int:
        """The percentage that is translated, rounded down."""
        return 100 * self.translated // self.total if self.total else 100


@dataclass(frozen=True, slots=True)
class Catalog:
    """The translations of one deck into one language. `damage` is why none of them can be used."""

    path: str
    entries: Mapping[str, Entry] = field(default_factory=dict)
    damage: CatalogError | None = None

    def translation(self, text: str) -> str | None:
        """Return the translation of `text`; None if there is none that can be used."""
        entry = self.entries.get(text)
        return entry.translation if entry and entry.translation and not entry.fuzzy and not entry.breach else None

    def tally(self, texts: Iterable[str]) -> Tally:
        """Count what the catalog has for these sentences, before any proof."""
        found = [self.entries.get(text) for text in texts]
        given = [entry for entry in found if entry and entry.translation and not entry.breach]
        fuzzy = sum(entry.fuzzy for entry in given)
        invalid = sum(1 for entry in found if entry and entry.breach)
        return Tally(len(found), len(given) - fuzzy, fuzzy, invalid)

    def fault(self, text: str, breach: Breach) -> CatalogFault:
        """Return a fault of the entry of a sentence."""
        return CatalogFault(text, Location(self.path, self.entries[text].line), breach)


def of(file: polib.POFile, path: str) -> Catalog:
    """Return the catalog in a PO file."""
    entries: dict[str, Entry] = {}
    for entry in file:
        if entry.obsolete or entry.msgctxt:
            continue
        broken = None
        if entry.msgid in entries:
            other = entries[entry.msgid]
            broken = Breach("duplicate", "one entry", f"another on line {other.line}", "delete one of the two")
        elif entry.msgid_plural:
            broken = Breach("plural", "msgstr", "msgid_plural", "decks have no plural forms: write one sentence")
        entries[entry.msgid] = Entry(entry.msgstr, entry.linenum or 1, entry.fuzzy, broken)
    return Catalog(path, entries)
