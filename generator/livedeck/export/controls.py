"""What Livedeck adds to an HTML deck: copy buttons on commands, and links to the same slide in other languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from urllib.parse import quote

from livedeck.model import BuiltDeck, Labels, Slide, SlideOrigin, output_path

_MARKED = ' data-copy="'
"""What `terminal.mjs` writes at a command; text of a deck cannot hold it, as its quotation marks are escaped."""


def added(page: str, built: BuiltDeck, decks: Sequence[BuiltDeck], labels: Labels) -> str:
    """Return the HTML page of a deck with the controls that it needs at its end.

    The languages it links to are those in `decks`. A page that ends in the middle stays as it is.
    """
    head, end, tail = page.rpartition("</body>")
    others = [other for other in decks if other.deck.slug == built.deck.slug and other.lang != built.lang]
    parts = []
    if _MARKED in head:
        words = {"copy": labels.copy, "copied": labels.copied, "not-copied": labels.not_copied}
        said = "".join(f' data-{name}="{escape(word)}"' for name, word in words.items())
        parts.append(_part("copying", f'<div class="livedeck-said" role="status" aria-live="polite"{said}></div>'))
    if others:
        links = "".join(_link(other, counterparts(built.slides, other.slides)) for other in others)
        parts.append(_part("switching", f'<nav class="livedeck-languages">{links}</nav>'))
    return "".join([head, *parts, end, tail]) if end else page


def counterparts(slides: Sequence[Slide], others: Sequence[Slide]) -> list[int]:
    """Return for each slide the number of the one with the same content in another language.

    Long blocks may be split elsewhere there: then it is the part that shows the first row of this one. Where the other
    language lacks the slide, it is the counterpart of the slide before.
    """
    wholes: dict[tuple[str, int, int], list[Slide]] = {}
    for other in others:
        for key in _keys(other.content_origin):
            wholes.setdefault(key, []).append(other)
    found: list[int] = []
    for slide in slides:
        here = slide.content_origin
        parts = next((wholes[key] for key in _keys(here) if key in wholes), [])
        reached = [other for other in parts if here.part > 1 and other.content_origin.above <= here.above] or parts[:1]
        found.append(reached[-1].number if reached else found[-1] if found else 1)
    return found


def _keys(origin: SlideOrigin) -> Iterator[tuple[str, int, int]]:
    """Yield what identifies a slide of the template, the surest first: its first line may be in one language alone."""
    yield "line", origin.line, origin.time
    yield "ruler", origin.ruler, origin.time


def _part(name: str, markup: str) -> str:
    style, script = (files("livedeck.export").joinpath(f"{name}.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return f"<style>{style}</style>{markup}<script>{script}</script>"


def _link(other: BuiltDeck, numbers: Sequence[int]) -> str:
    file, lang = escape(quote(output_path(other.markdown, "html").name)), escape(other.lang)
    slides = " ".join(map(str, numbers))
    return f'<a href="{file}" hreflang="{lang}" lang="{lang}" data-slides="{slides}">{lang}</a>'
