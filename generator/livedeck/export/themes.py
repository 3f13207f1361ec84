"""The theme of a course: its sheets below `themes/`, made ready for Marp with their fonts inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from livedeck.errors import UsageError
from livedeck.export import fonts, subsetting
from livedeck.project import bounded, disk

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TITLE = re.compile(r"@theme\s+([A-Za-z0-9_-]+)\s")
_CODE = ("fence", "code_block", "code_inline")
_IMPORT = re.compile(r"""@import(?:-theme)?\s+["']([A-Za-z0-9_-]+)["']""")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and the sheets it imports, by name as Marp does it: `@import "mspt2"`; what outweighs others is first."""

    name: str
    folder: Path
    sheets: tuple[fonts.Sheet, ...]


def find(root: Path, name: str) -> Theme:
    """Return the theme `name` of the project at `root`. Raises UsageError if there is no such theme."""
    folder = root / "themes"
    css = folder / f"{name}.css"
    here, below = _css_files(root, folder)
    if not _NAME.fullmatch(name) or css not in here:
        known = ", ".join(path.stem for path in here) or "none yet"
        message = f"there is no theme `{name}`: themes/ holds no such file"
        raise UsageError(message, hint=f"the themes in themes/ are: {known}")
    # Marp looks for sheets in this folder and one below.
    found = [_read(root, path) for path in (*reversed(below), *here)]
    own = next(sheet for sheet in found if sheet.path == css)
    if name not in _titles(own):
        hint = f"write `@theme {name}` into a comment at its top"
        raise UsageError(f"themes/{name}.css does not name itself", hint=hint)
    sheets = {title: sheet for sheet in found for title in _titles(sheet)}
    return Theme(name, folder, tuple(_imported(own, sheets, set()))[::-1])


def make_ready(theme: Theme, decks: Iterable[Path], folder: Path, shelf: Path | None) -> list[str]:
    """Write the theme's sheets into `folder`, with fonts inside that draw what the Markdown files `decks` show.

    Returns sentences about characters that its fonts lack; none for a theme without fonts. `shelf` keeps cut fonts for
    the next time. Raises HostError for a font file that is missing, and UsageError for one that is not a font.
    """
    texts = [bounded.text(deck.parent, deck, bounded.BUILT) for deck in decks]
    wanted = fonts.characters(texts)
    sheets = [fonts.embed(sheet, wanted, shelf) for sheet in theme.sheets]
    for source, sheet in zip(theme.sheets, sheets, strict=True):
        # The name is seen where Marp cannot read it. `mspt2/fonts.css` becomes `mspt2-fonts.css`.
        name = "-".join(source.path.relative_to(theme.folder).parts)
        disk.write(folder, folder / name, sheet.css)
    subsetting.tidy(shelf)
    families = {family for sheet in sheets for family in sheet.families}
    if not families:
        return []
    mono = fonts.variable([sheet.css for sheet in sheets], "mono")
    for_code = {name.strip().strip("\"'") for name in mono.split(",")} if mono else families
    drawn = _drawn(sheets, families)
    lacking = {
        " has {}: they are shown in one of the machine's, so they look different elsewhere": wanted - drawn,
        " has {} for code: they are shown in one of the machine's, columns there may not be aligned": (
            (_code(texts) & drawn) - _drawn(sheets, for_code)
        ),
    }
    named = {text: ", ".join(f"{c} (U+{ord(c):04X})" for c in _seen(found)) for text, found in lacking.items()}
    return [f"no font of the theme {theme.name}{text.format(found)}" for text, found in named.items() if found]


def _drawn(sheets: Iterable[fonts.EmbeddedSheet], families: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(sheet.families.get(name, ()) for sheet in sheets for name in families))


def _code(texts: Iterable[str]) -> frozenset[str]:
    """Return the characters of code, in blocks and in sentences."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 (a quick import once templates have been read)

    tokens = [token for text in texts for token in MarkdownIt("commonmark").parse(text)]
    code = [each for token in tokens for each in (token, *(token.children or ())) if each.type in _CODE]
    return frozenset(c for each in code for c in each.content)


def _seen(characters: Iterable[str]) -> str:
    """Return those characters, sorted, that need a font: blanks, controls and variation selectors do not."""
    return "".join(sorted(c for c in characters if c.isprintable() and c != " " and not "\ufe00" <= c <= "\ufe0f"))


def _css_files(root: Path, folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the style sheets of a folder, and those in folders right below it. Raises UsageError."""
    try:
        found = bounded.entries(root, folder)
        inner = [path for each in found if each.is_dir() for path in bounded.entries(root, each)]
    except OSError as error:
        raise UsageError(f"cannot read themes/: {error.strerror}") from None
    here, below = ([path for path in paths if path.suffix == ".css"] for paths in (found, inner))
    return here, below


def _read(root: Path, path: Path) -> fonts.Sheet:
    try:
        return fonts.Sheet(path, bounded.text(root, path, bounded.SHEET))
    except OSError as error:
        raise UsageError(f"cannot read {path.relative_to(root)}: {error.strerror}") from None


def _titles(sheet: fonts.Sheet) -> list[str]:
    comments = _COMMENT.findall(sheet.css)
    return [name for comment in comments for name in _TITLE.findall(comment)]


def _imported(sheet: fonts.Sheet, sheets: Mapping[str, fonts.Sheet], seen: set[Path]) -> Iterator[fonts.Sheet]:
    """Yield the sheet and those it imports, itself or through another one."""
    seen.add(sheet.path)
    for name in _IMPORT.findall(_COMMENT.sub("", sheet.css)):
        if name in sheets and sheets[name].path not in seen:
            yield from _imported(sheets[name], sheets, seen)
    yield sheet
