"""Catalogs: the translations of a deck, what they may say, and the deck in another language."""

from generator.catalog.catalog import Catalog, Fault, Tally, of
from generator.catalog.localise import Localised, Original, localise, rendered, unchanged
from generator.catalog.po import parse
from generator.catalog.sources import sources
from generator.catalog.update import Source, same, text_of, updated

__all__ = [
    "Catalog",
    "Fault",
    "Localised",
    "Original",
    "Source",
    "Tally",
    "localise",
    "of",
    "parse",
    "rendered",
    "same",
    "sources",
    "text_of",
    "unchanged",
    "updated",
]
