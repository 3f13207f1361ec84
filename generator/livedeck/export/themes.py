"""The theme of a course: its sheets below `themes/`, made ready for Marp with their fonts inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from livedeck.errors import UsageError
from livedeck.export import cutting, fonts

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TITLE = re.compile(r"@theme\s+([A-Za-z0-9_-]+)\s")
_CODE = ("fence", "code_block", "code_inline")
_IMPORT = re.compile(r"""@import(?:-theme)?\s+["']([A-Za-z0-9_-]+)["']""")


@dataclass(frozen=True, slots=True)
class Lacking:
    """Characters in order: those that no font of a theme has, and those in code that none of its fonts for code has."""

    everywhere: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and the sheets it imports, by name as Marp does it: `@import "mspt2"`; what outweighs others is first."""

    name: str
    folder: Path
    sheets: tuple[Path, ...]


def find(root: Path, name: str) -> Theme:
    """Return the theme `name` of the project at `root`. Raises UsageError where there is none."""
    css = root / "themes" / f"{name}.css"
    if not _NAME.fullmatch(name) or not css.is_file():
        known = ", ".join(sorted(path.stem for path in (root / "themes").glob("*.css"))) or "none yet"
        raise UsageError(
            f"there is no theme `{name}`: themes/ holds no such file", hint=f"the themes in themes/ are: {known}"
        )
    if name not in _titles(css.read_text(encoding="utf-8")):
        raise UsageError(
            f"themes/{name}.css does not name itself", hint=f"write `@theme {name}` into a comment at its top"
        )
    return Theme(name, root / "themes", tuple(_imported(css, _sheets(root / "themes"), set()))[::-1])


def shelf(root: Path) -> Path:
    """Where the project at `root` keeps cut fonts."""
    return root / "build" / ".marp" / "fonts"


def make_ready(theme: Theme, decks: Iterable[Path], folder: Path, shelf: Path) -> Lacking:
    """Write the theme's sheets into `folder`, with fonts inside that draw what the Markdown files `decks` show.

    Returns the characters that its fonts lack; none for a theme that brings no fonts. `shelf` keeps cut fonts for the
    next time. Raises HostError for a font file that is missing, and UsageError for one that is none.
    """
    texts = [deck.read_text(encoding="utf-8") for deck in decks]
    wanted = fonts.characters(texts)
    sheets = [fonts.embed(sheet, wanted, shelf) for sheet in theme.sheets]
    for path, sheet in zip(theme.sheets, sheets, strict=True):
        # The name is seen where Marp cannot read it. `mspt2/fonts.css` becomes `mspt2-fonts.css`.
        name = "-".join(path.relative_to(theme.folder).parts)
        (folder / name).write_text(sheet.css, encoding="utf-8")
    cutting.tidy(shelf)
    if not any(sheet.rules for sheet in sheets):
        return Lacking()
    drawn = frozenset[str]().union(*(sheet.drawn for sheet in sheets))
    families = fonts.variable([sheet.css for sheet in sheets], "mono")
    code = _drawn_by(families, sheets) if families else drawn
    return Lacking(_seen(wanted - drawn), _seen((_code(texts) & drawn) - code))


def _drawn_by(families: str, sheets: Iterable[fonts.StyleSheet]) -> frozenset[str]:
    """What the fonts of a list of families draw, as CSS writes it."""
    names = {name.strip().strip("\"'") for name in families.split(",")}
    return frozenset(c for sheet in sheets for name in names for c in sheet.families.get(name, ()))


def _code(texts: Iterable[str]) -> frozenset[str]:
    """The characters that stand in code, in blocks or in a sentence."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 (a quick import once templates have been read)

    tokens = [token for text in texts for token in MarkdownIt("commonmark").parse(text)]
    code = [each for token in tokens for each in (token, *(token.children or ())) if each.type in _CODE]
    return frozenset(c for each in code for c in each.content)


def _seen(characters: Iterable[str]) -> str:
    return "".join(sorted(c for c in characters if fonts.is_seen(c) and c.isprintable()))


def _titles(css: str) -> list[str]:
    return [name for comment in _COMMENT.findall(css) for name in _TITLE.findall(comment)]


def _sheets(folder: Path) -> dict[str, Path]:
    """Every sheet in the folder and one below, by the name it gives itself."""
    paths = [*sorted(folder.glob("*/*.css"), reverse=True), *sorted(folder.glob("*.css"))]
    return {title: path for path in paths for title in _titles(path.read_text(encoding="utf-8"))}


def _imported(css: Path, sheets: dict[str, Path], seen: set[Path]) -> Iterator[Path]:
    seen.add(css)
    for name in _IMPORT.findall(_COMMENT.sub("", css.read_text(encoding="utf-8"))):
        if name in sheets and sheets[name] not in seen:
            yield from _imported(sheets[name], sheets, seen)
    yield css
