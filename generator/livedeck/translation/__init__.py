"""Translation: the catalogs of a deck, the rules for its translations, and the deck in another language."""

from livedeck.translation.catalog import Catalog, CatalogFault, Tally, of
from livedeck.translation.entries import sources
from livedeck.translation.localise import Localised, Original, localise, rendered, unchanged
from livedeck.translation.po import parse
from livedeck.translation.update import SourceEntry, same, text_of, updated

__all__ = [
    "Catalog",
    "CatalogFault",
    "Localised",
    "Original",
    "SourceEntry",
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
