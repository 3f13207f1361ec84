"""Check that what Marp wrote is the deck, as its exit code does not say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from livedeck.errors import ExportError, cut
from livedeck.export import page, pictures
from livedeck.model import BuiltDeck
from livedeck.template.reading import frontmatter


def html(built: BuiltDeck, path: Path, theme: str) -> Iterator[ExportError]:
    """Yield what is wrong with the HTML file at `path`: its slides, theme, language, and the files it loads."""
    if not path.is_file():
        yield missing(built, "HTML")
        return
    deck = page.read(path)
    if not deck.complete:
        yield error(built, "the HTML ends in the middle", "check the space left on the disk, then build again")
        return
    if looks := tuple(_look(built, deck, theme)):
        # In another theme, or without its front matter, all further errors would be about another deck.
        yield from looks
        return
    if len(deck.slides) != len(built.slides):
        yield count(built, "HTML", len(deck.slides), "slides")
    seen: set[str] = set()
    for resource in deck.resources:
        if resource.address not in seen and (trouble := _trouble(resource.address, built.markdown.parent)):
            yield _unloadable(built, resource, trouble)
        seen.add(resource.address)


def error(built: BuiltDeck, what: str, hint: str, line: int = 1) -> ExportError:
    """Return an error about one built deck, at the line of the template that a line of its Markdown came from."""
    return ExportError(f"{built.deck.slug} ({built.lang}): {what}", at=built.at(line), hint=hint)


def missing(built: BuiltDeck, kind: str) -> ExportError:
    """Return the error for a file that Marp should have written and did not."""
    return error(built, f"Marp wrote no {kind}", "build again; if that does not help, report it with the Markdown")


def count(built: BuiltDeck, kind: str, found: int, what: str) -> ExportError:
    """Return the error for a file with `found` slides, pages or pictures, which the deck has not."""
    hint = "look for a line that starts a slide, or hides one, where the template does not"
    return error(built, f"the {kind} has {found} {what} instead of {len(built.slides)}", hint)


def _look(built: BuiltDeck, deck: page.ExportedPage, theme: str) -> Iterator[ExportError]:
    if problem := frontmatter.problem(built.markdown.read_text(encoding="utf-8")):
        line, message, hint = problem
        yield error(built, message, hint, line + 1)
        return
    for number, slide in enumerate(deck.slides, 1):
        if slide.theme != theme:
            used = f"the theme {slide.theme}" if slide.theme else "no theme of this project"
            hint = f"the front matter needs `theme: {theme}`, and themes/{theme}.css a comment `@theme {theme}`"
            yield error(built, f"slide {number} shows {used} instead of {theme}", hint)
            break
    languages = {deck.lang} | {slide.lang for slide in deck.slides}
    if languages != {built.lang}:
        found = ", ".join(sorted(str(lang) for lang in languages - {built.lang}))
        yield error(built, f"its language is {found} instead of {built.lang}", f"it needs `lang: {built.lang}`")


def _trouble(address: str, folder: Path) -> str:
    """Return why a file that a page in `folder` loads will not be there for all readers, or nothing."""
    parts = urlsplit(address)
    if parts.scheme in ("data", "about") or address.startswith("#"):
        return ""
    if parts.scheme or parts.netloc:
        return "is not part of the project"
    if parts.path.startswith("/"):
        return "is not relative to the deck"
    target = folder / unquote(parts.path)
    if not target.resolve().is_relative_to(folder.resolve()):
        return "lies outside the folder of the slides"
    if not target.is_file():
        return "does not exist"
    return pictures.trouble(target) if target.stat().st_size else "is empty"


def _unloadable(built: BuiltDeck, resource: page.Resource, trouble: str) -> ExportError:
    where = f"slide {resource.slide}: " if resource.slide else ""
    names = (resource.address, unquote(resource.address))
    lines = built.markdown.read_text(encoding="utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if any(name in text for name in names)), 1)
    hint = "put the file into the deck's img/ folder and name it relative to the deck"
    return error(built, f"{where}{cut(resource.address, 200)} {trouble}", hint, line)
