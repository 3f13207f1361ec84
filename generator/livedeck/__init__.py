"""Livedeck: Marp decks for hands-on classes whose terminal output is always live."""

__version__ = "0.1.0"
