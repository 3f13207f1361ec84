"""The theme of a course: its sheets below `themes/`, made ready for Marp with their fonts inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from livedeck.errors import UsageError
from livedeck.export import fonts, subsetting

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
    sheets: tuple[Path, ...]


def find(root: Path, name: str) -> Theme:
    """Return the theme `name` of the project at `root`. Raises UsageError if there is no such theme."""
    folder = root / "themes"
    css = folder / f"{name}.css"
    if not _NAME.fullmatch(name) or not css.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.css"))) or "none yet"
        message = f"there is no theme `{name}`: themes/ holds no such file"
        raise UsageError(message, hint=f"the themes in themes/ are: {known}")
    if name not in _titles(css):
        hint = f"write `@theme {name}` into a comment at its top"
        raise UsageError(f"themes/{name}.css does not name itself", hint=hint)
    # Marp looks for sheets here and one folder below.
    paths = [*sorted(folder.glob("*/*.css"), reverse=True), *sorted(folder.glob("*.css"))]
    sheets = {title: path for path in paths for title in _titles(path)}
    return Theme(name, folder, tuple(_imported(css, sheets, set()))[::-1])


def shelf(root: Path) -> Path:
    """Return the folder where the project at `root` keeps cut fonts."""
    return root / "build" / ".marp" / "fonts"


def make_ready(theme: Theme, decks: Iterable[Path], folder: Path, shelf: Path) -> list[str]:
    """Write the theme's sheets into `folder`, with fonts inside that draw what the Markdown files `decks` show.

    Returns sentences about characters that its fonts lack; none for a theme without fonts. `shelf` keeps cut fonts for
    the next time. Raises HostError for a font file that is missing, and UsageError for one that is not a font.
    """
    texts = [deck.read_text(encoding="utf-8") for deck in decks]
    wanted = fonts.characters(texts)
    sheets = [fonts.embed(sheet, wanted, shelf) for sheet in theme.sheets]
    for path, sheet in zip(theme.sheets, sheets, strict=True):
        # The name is seen where Marp cannot read it. `mspt2/fonts.css` becomes `mspt2-fonts.css`.
        name = "-".join(path.relative_to(theme.folder).parts)
        (folder / name).write_text(sheet.css, encoding="utf-8")
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


def _titles(sheet: Path) -> list[str]:
    comments = _COMMENT.findall(sheet.read_text(encoding="utf-8"))
    return [name for comment in comments for name in _TITLE.findall(comment)]


def _imported(css: Path, sheets: Mapping[str, Path], seen: set[Path]) -> Iterator[Path]:
    """Yield the sheet and those it imports, itself or through another one."""
    seen.add(css)
    for name in _IMPORT.findall(_COMMENT.sub("", css.read_text(encoding="utf-8"))):
        if name in sheets and sheets[name] not in seen:
            yield from _imported(sheets[name], sheets, seen)
    yield css
