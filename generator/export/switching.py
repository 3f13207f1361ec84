"""The same slide in the other languages of a deck: links in the corner of an HTML deck."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from generator.model import Built, output_path

_END = "</body>"


def add_switch(path: Path, built: Built, decks: Sequence[Built]) -> None:
    """Put links to the other languages of the deck, as far as they are built with it, at the end of an HTML file."""
    others = [other for other in decks if other.deck.slug == built.deck.slug and other.lang != built.lang]
    text = path.read_text(encoding="utf-8")
    head, end, tail = text.rpartition(_END)
    if others and end:
        path.write_text(f"{head}{_part(others)}{end}{tail}", encoding="utf-8")


def _part(others: Sequence[Built]) -> str:
    folder = files("generator.export")
    style, script = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("switching.css", "switching.js"))
    links = "".join(_link(other.lang, output_path(other.markdown, "html").name) for other in others)
    return f'<style>{style}</style><nav class="livedeck-languages">{links}</nav><script>{script}</script>'


def _link(lang: str, file: str) -> str:
    return f'<a href="{escape(quote(file))}" hreflang="{escape(lang)}" lang="{escape(lang)}">{escape(lang)}</a>'
