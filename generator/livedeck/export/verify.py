"""Check that what Marp wrote is the deck, as its exit code does not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from livedeck.errors import ExportError, cut
from livedeck.export import page
from livedeck.model import BuiltDeck
from livedeck.project import bounded, publishing
from livedeck.template.reading import frontmatter

_SHORTEST = 2
"""Letters of a name that is looked for in the text; a shorter one is everywhere."""


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
    if not deck.policy:
        yield error(built, "the HTML has no content security policy", "report it with the Markdown")
    for number in deck.scripts:
        line = next((each.line for each in built.slides if each.number == number), 1)
        yield error(
            built, f"slide {number or 1}: a script that is not part of Marp", "remove it: slides run no scripts", line
        )
    seen: set[str] = set()
    for resource in deck.resources:
        if resource.address not in seen and (trouble := _trouble(resource.address, built.markdown.parent)):
            yield _unloadable(built, resource, trouble)
        seen.add(resource.address)


def refused(built: BuiltDeck, resources: Iterable[page.Resource]) -> Iterator[ExportError]:
    """Yield an error for each address that the finished page asked a browser for, and that was not loaded."""
    for resource in resources:
        yield _unloadable(built, resource, "may not be loaded")


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
    if problem := frontmatter.problem(bounded.text(built.markdown.parent, built.markdown, bounded.BUILT)):
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
    try:
        publishing.read(folder, unquote(parts.path), "picture")
    except publishing.Refusal as refusal:
        return refusal.reason
    return ""


def _unloadable(built: BuiltDeck, resource: page.Resource, trouble: str) -> ExportError:
    line = _line(built, resource.address, resource.slide)
    # A style for the whole deck is written on some slide.
    number = resource.slide or max((each.number for each in built.slides if each.line <= line), default=1)
    hint = "put the file into the deck's img/ folder and name it relative to the deck"
    return error(built, f"slide {number}: {cut(resource.address, 200)} {trouble}", hint, line)


def _line(built: BuiltDeck, address: str, slide: int) -> int:
    """Return the line of the Markdown that names an address: on the slide that loads it, or anywhere, or its first."""
    text = bounded.text(built.markdown.parent, built.markdown, bounded.BUILT)
    starts = [each.line for each in built.slides if each.number == slide]
    address = address.replace("\\", "/")
    parts = urlsplit(address)
    # CSS can write every letter of an address as an escape, and a browser completes what a deck abbreviates.
    names = dict.fromkeys([address, unquote(address), f"//{parts.netloc}{parts.path}", parts.path, unquote(parts.path)])
    lines = [(number, page.unescaped(line).replace("\\", "/")) for number, line in _statements(text)]
    for name in (name for name in names if len(name) > _SHORTEST):
        found = [number for number, line in lines if name in line]
        if found:
            return next((number for number in found if starts and number >= starts[0]), found[0])
    return starts[0] if starts else 1


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers (from 1); lines that end in a backslash go on, as strings of CSS do."""
    number, statement = 1, ""
    for at, line in enumerate(text.split("\n"), 1):
        number, statement = (number, f"{statement}\n{line}") if statement else (at, line)
        if not line.endswith("\\"):
            yield number, statement
            statement = ""
    if statement:
        yield number, statement
