"""Put the pictures, figures and linked files of a deck where its Markdown looks for them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from livedeck.errors import HostError, TemplateError, cut, raise_all
from livedeck.model import Course, Deck, Drawing, Edition, Location, Rendered, Run
from livedeck.project import bounded, disk, publishing
from livedeck.template import Asset, named

_NO_NAME = re.compile(r"[?#]")
"""What ends the path in an address."""
_LARGEST_TOGETHER = 256 * 1024 * 1024
"""Bytes that a deck may publish: they are judged before the first is written."""


def place(edition: Edition, assets: Sequence[Asset], slides: Rendered, markdown: Path, run: Run) -> None:
    """Put what the deck's Markdown file names next to it: figures, and copies of pictures and files of the deck.

    Figures get the fonts of the theme. Where those are not installed they go without: nothing can be exported there,
    and the next build elsewhere puts them in.

    Raises:
        TemplateError: there is no such file, it is outside the deck, or it may not be published; Problems for several.
        HostError: it cannot be written, or a link on the way leads elsewhere.
    """
    root, folder = edition.course.root, markdown.parent / edition.deck.slug
    figures = {drawing.address: drawing for drawing in slides.drawings}
    copied = [asset for asset in assets if asset.path not in figures]
    copies = _judged(edition.deck, copied, slides)
    _note_copies(root, folder, _copies(root, folder) | copies.keys())
    for path, data in copies.items():
        disk.write(root, folder / path, data)
    for address in dict.fromkeys(asset.path for asset in assets if asset.path in figures):
        _draw(edition.course, figures[address], folder / address, run)


def remove_unused(deck: Deck, folder: Path) -> None:
    """Remove the deck's figures and copies that no Markdown in `folder` names any more, in any language.

    Only copies that Livedeck put there itself are removed. Raises HostError.
    """
    root, own = deck.root, folder / deck.slug
    figures = own / Drawing.FOLDER
    disk.need_own(root, figures / "any")
    copies = _copies(root, own)
    with bounded.reading(folder):
        drawn = [path for path in bounded.entries(root, figures) if path.suffix == ".svg"]
        built = [path for path in bounded.entries(root, folder) if path.match(f"{deck.slug}.*.md")]
        texts = [bounded.text(root, path, bounded.BUILT) for path in built if drawn or copies]
    for path in drawn:
        if not any(path.name in text for text in texts):
            disk.remove(root, path)
    if copies:
        used = {posixpath.normpath(path) for text in texts for path in named(text, deck.slug)}
        for name in sorted(copies - used):
            if not (own / name).is_dir():
                disk.remove(root, own / name)
        _note_copies(root, own, copies & used)


def _draw(course: Course, drawing: Drawing, target: Path, run: Run) -> None:
    from livedeck.export import drawings  # noqa: PLC0415 (decks with figures alone need it)

    try:
        svg = drawings.with_fonts(drawing.svg, course.root, course.file.theme, run.environ)
    except HostError:
        svg = drawing.svg
    with suppress(OSError):
        if bounded.text(course.root, target, bounded.BUILT) == svg:
            return
    disk.replace(course.root, target, svg)


def _judged(deck: Deck, assets: Sequence[Asset], slides: Rendered) -> Mapping[str, bytes]:
    """Return the content of files that may be published, by path. Raises TemplateError, Problems for several."""
    copies: dict[str, bytes] = {}
    errors: list[TemplateError] = []
    for asset in assets:
        try:
            path = _path(deck, asset)
            copies[path] = publishing.read(deck.folder, path, asset.kind)
            _need_room(copies)
        except publishing.Refusal as refusal:
            message = f"the {asset.kind} {cut(asset.path, 200)} {refusal.reason}"
            at = Location(deck.template, slides.origins[asset.line - 1])
            errors.append(TemplateError(message, at=at, hint=refusal.hint))
    raise_all(errors)
    return copies


def _need_room(copies: dict[str, bytes]) -> None:
    """Raise Refusal if the files are too large together, and let go of them."""
    if sum(map(len, copies.values())) > _LARGEST_TOGETHER:
        copies.clear()
        most = _LARGEST_TOGETHER // 1024**2
        raise publishing.Refusal(f"is more than the {most} MiB that a deck may publish", "make its pictures smaller")


def _path(deck: Deck, asset: Asset) -> str:
    """Return the path of a file in the deck without `..`, which browsers take away without looking at links.

    Raises Refusal where the address is that of another file, or of one outside.
    """
    address = asset.address if asset.kind == "picture" else asset.address.partition("#")[0]
    if _NO_NAME.search(address):
        raise publishing.Refusal("has a ? or # in its address", "where its name has one, write %3F or %23")
    place = posixpath.normpath(f"{deck.slug}/{asset.path}")
    path = place.removeprefix(f"{deck.slug}/")
    if asset.path.startswith("/") or path == place:
        folder = "img" if asset.kind == "picture" else "files"
        raise publishing.Refusal("is outside the deck", f"put it into decks/{deck.slug}/{folder}/")
    return path


def _copies(root: Path, folder: Path) -> frozenset[str]:
    """Return the paths of the copies that builds put into a deck's folder in `build/`, as they have noted them.

    Lines that Livedeck cannot have written are left out.
    """
    try:
        lines = bounded.text(root, _notes(folder), bounded.BUILT).split("\n")[:-1]
    except OSError:
        return frozenset()
    inside = [line for line in lines if line == posixpath.normpath(line) and not line.startswith(("../", "/"))]
    return frozenset(inside) - {".", ".."}


def _note_copies(root: Path, folder: Path, copies: frozenset[str]) -> None:
    """Note which copies are in a deck's folder; before they are written, so that none is forgotten."""
    if _copies(root, folder) != copies:
        disk.replace(root, _notes(folder), "".join(f"{path}\n" for path in sorted(copies)))


def _notes(folder: Path) -> Path:
    return folder.parent / disk.MADE / f".{folder.name}.copies"
