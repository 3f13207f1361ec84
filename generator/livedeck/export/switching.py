"""The same slide in the other languages of a deck: links in the corner of an HTML deck."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from livedeck.model import BuiltDeck, Slide, SlideOrigin, output_path

_END = "</body>"


def add_switch(path: Path, built: BuiltDeck, decks: Sequence[BuiltDeck]) -> None:
    """Put links to the other languages of the deck, as far as they are built with it, at the end of an HTML file."""
    beside = (other for other in decks if other.markdown.parent == built.markdown.parent)
    others = [other for other in beside if other.deck.slug == built.deck.slug and other.lang != built.lang]
    text = path.read_text(encoding="utf-8")
    head, end, tail = text.rpartition(_END)
    if others and end:
        path.write_text(f"{head}{_part(built, others)}{end}{tail}", encoding="utf-8")


def counterparts(slides: Sequence[Slide], others: Sequence[Slide]) -> list[int]:
    """For each slide the number of the one with the same content in another language.

    Long blocks may be split elsewhere there: then it is the part that shows the first row of this one. For a slide that
    the other language has not, it is that of the slide before.
    """
    wholes: dict[tuple[str, int, int], list[Slide]] = {}
    for other in others:
        for key in _keys(other.passage):
            wholes.setdefault(key, []).append(other)
    found: list[int] = []
    for slide in slides:
        here = slide.passage
        parts = next((wholes[key] for key in _keys(here) if key in wholes), [])
        reached = [other for other in parts if here.part > 1 and other.passage.above <= here.above] or parts[:1]
        found.append(reached[-1].number if reached else found[-1] if found else 1)
    return found


def _keys(passage: SlideOrigin) -> tuple[tuple[str, int, int], ...]:
    """What tells a slide of the template from others, the surest first: its first line may be of one language alone."""
    return ("line", passage.line, passage.time), ("ruler", passage.ruler, passage.time)


def _part(built: BuiltDeck, others: Sequence[BuiltDeck]) -> str:
    folder = files("livedeck.export")
    style, script = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("switching.css", "switching.js"))
    links = "".join(_link(other, counterparts(built.slides, other.slides)) for other in others)
    return f'<style>{style}</style><nav class="livedeck-languages">{links}</nav><script>{script}</script>'


def _link(other: BuiltDeck, numbers: Sequence[int]) -> str:
    file, lang = escape(quote(output_path(other.markdown, "html").name)), escape(other.lang)
    slides = " ".join(map(str, numbers))
    return f'<a href="{file}" hreflang="{lang}" lang="{lang}" data-slides="{slides}">{lang}</a>'
