"""Put the pictures and figures of a deck where its Markdown looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from livedeck.errors import HostError, TemplateError
from livedeck.model import Course, Deck, Drawing, Edition, Location
from livedeck.project import disk
from livedeck.template import Picture


def place(edition: Edition, pictures: Sequence[Picture], drawings: Sequence[Drawing], markdown: Path) -> None:
    """Put the pictures that the deck's Markdown file names next to it: copies from the deck, and figures.

    Figures get the fonts of the theme. Where those are not installed they go without: nothing can be exported there,
    and the next build elsewhere puts them in.

    Raises:
        TemplateError: there is no such picture, or it is outside the deck.
        HostError: it cannot be written, or a link on the way leads elsewhere.
    """
    figures = {drawing.address: drawing for drawing in drawings}
    for picture in pictures:
        target = markdown.parent / edition.deck.slug / picture.path
        disk.need_own(target.parent, markdown.parent)
        if picture.path not in figures:
            _copy(edition, picture, target)
        else:
            _draw(edition.course, figures[picture.path], target)


def remove_unused(deck: Deck, folder: Path) -> None:
    """Remove the deck's figures that no Markdown in `folder` names any more, in any language. Raises HostError."""
    figures = folder / deck.slug / Drawing.FOLDER
    disk.need_own(figures, folder)
    drawn = sorted(figures.glob("*.svg"))
    built = [path for path in folder.glob("*.md") if path.name.startswith(f"{deck.slug}.")] if drawn else []
    texts = [path.read_text(encoding="utf-8") for path in built]
    for path in drawn:
        if not any(path.name in text for text in texts):
            disk.remove(path)


def _draw(course: Course, drawing: Drawing, target: Path) -> None:
    from livedeck.export import drawings  # noqa: PLC0415 (decks with figures alone need it)

    try:
        svg = drawings.with_fonts(drawing.svg, course.root, course.file.theme)
    except HostError:
        svg = drawing.svg
    if not target.is_file() or target.read_text(encoding="utf-8") != svg:
        disk.replace(target, svg)


def _copy(edition: Edition, picture: Picture, target: Path) -> None:
    deck = edition.deck
    template = (edition.course.root / deck.template).read_text(encoding="utf-8-sig")
    at = Location(deck.template, template[: max(template.find(picture.address), 0)].count("\n") + 1)
    try:
        source = (deck.folder / picture.path).resolve()
        there = source.is_file()
    except (OSError, ValueError, RuntimeError):  # a zero byte, a name that is too long, links in a circle
        raise TemplateError(f"{picture.path!r} cannot be the name of a picture", at=at) from None
    if not source.is_relative_to(deck.folder.resolve()):
        hint = f"put it into decks/{deck.slug}/img/"
        raise TemplateError(f"the picture {picture.path} is outside the deck", at=at, hint=hint)
    if not there:
        raise TemplateError(f"there is no picture {picture.path}", at=at, hint=f"paths begin at decks/{deck.slug}/")
    disk.copy(source, target)
