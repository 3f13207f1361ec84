"""Fonts that travel in the deck: the files that `@font-face` rules of a theme name, cut to what is shown."""

from __future__ import annotations

import html
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from livedeck.errors import HostError
from livedeck.export import subsetting

# What every font keeps: slide numbers and prompts must not look different because of what else is shown.
_ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))
FACE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*:\s*([^;}]*[^;}\s])", re.IGNORECASE)
# An address with a scheme (`data:`, `https:`) is not a file of the theme.
_FILE = re.compile(r"""\burl\(\s*["']?(?![a-z][a-z0-9+.-]*:)([^"')]+?)["']?\s*\)""", re.IGNORECASE)
_FAMILY = re.compile(r"""\bfont-family\s*:\s*["']?([^"';}]+?)["']?\s*[;}]""", re.IGNORECASE)
_RANGE = re.compile(r"\bunicode-range\s*:\s*([^;}]*)", re.IGNORECASE)
_PART = re.compile(r"u\+([0-9a-f?]{1,6})(?:-([0-9a-f]{1,6}))?", re.IGNORECASE)
# `header: "\u2026"` in the front matter, where YAML reads it.
_YAML_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U(00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4}))")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet of a theme, as it was read."""

    path: Path
    css: str


@dataclass(frozen=True, slots=True)
class EmbeddedSheet:
    """A style sheet with its fonts inside, and what each family of them draws."""

    css: str
    families: Mapping[str, frozenset[str]]


def characters(texts: Iterable[str]) -> frozenset[str]:
    """Return each character that Markdown texts may show, also those written as `&hellip;` or as escapes of YAML."""
    found = set(_ALWAYS)
    for text in texts:
        found.update(text, html.unescape(text))
        found.update(chr(int(short or long, 16)) for short, long in _YAML_ESCAPE.findall(text))
    return frozenset(c for c in found if unicodedata.category(c) not in ("Cc", "Cs"))


def embed(
    sheet: Sheet, wanted: frozenset[str], shelf: Path | None, needed: Callable[[str], bool] = lambda _: True
) -> EmbeddedSheet:
    """Return the sheet with every font inside that an `@font-face` rule names by an address relative to the sheet.

    The font replaces the whole `src`, cut to the characters of `wanted` in the rule's `unicode-range`; a rule with
    nothing to draw is left out, and one that is not `needed` stays as it is. `shelf` is where cut fonts are kept.
    Raises HostError for a file that is missing, and UsageError for one that is not a font.
    """
    families: dict[str, frozenset[str]] = {}

    def embedded(face: re.Match[str]) -> str:
        rule = face[0]
        source = _SOURCE.search(rule)
        address = _FILE.search(source[1]) if source else None
        if source is None or address is None or not needed(rule):
            return rule
        font = _file(sheet.path, address[1])
        if not font.is_file():
            hint = "put it there, or take its @font-face out of the theme"
            if "node_modules" in font.parts:
                hint = "npm ci --ignore-scripts, in the project"
            raise HostError(f"a font of the theme is missing: {sheet.path.name} names {address[1]}", hint=hint)
        name = _FAMILY.search(rule)
        family = name[1] if name else "font"
        span = _RANGE.search(rule)
        here = _within(span[1], wanted) if span else wanted
        cut = subsetting.cut(font, here, family, shelf) if here else subsetting.FontSubset()
        families[family] = families.get(family, frozenset()).union(cut.drawn)
        data = f'src: url("data:font/woff2;base64,{cut.data}") format("woff2")'
        return f"{rule[: source.start()]}{data}{rule[source.end() :]}" if cut.drawn else ""

    return EmbeddedSheet(FACE.sub(embedded, sheet.css), families)


def files(sheet: Sheet) -> tuple[Path, ...]:
    """Return the font files that the `@font-face` rules of the sheet name, whether they exist or not."""
    sources = [_SOURCE.search(rule) for rule in FACE.findall(sheet.css)]
    addresses = [_FILE.search(source[1]) for source in sources if source]
    return tuple(dict.fromkeys(_file(sheet.path, address[1]) for address in addresses if address))


def variable(sheets: Iterable[str], name: str) -> str | None:
    """Return the value of a variable where the sheets first set it."""
    rule = re.compile(rf"--{name}\s*:\s*([^;}}]+)")
    return next((" ".join(found[1].split()) for css in sheets if (found := rule.search(css))), None)


def _file(sheet: Path, address: str) -> Path:
    return Path(os.path.realpath(sheet.parent / unquote(address)))


def _within(span: str, wanted: frozenset[str]) -> frozenset[str]:
    """Return the characters that a `unicode-range` holds; `U+4??` is `U+400-4FF`."""
    ends = ((first.replace("?", "0"), last or first.replace("?", "F")) for first, last in _PART.findall(span))
    spans = [range(int(first, 16), int(last, 16) + 1) for first, last in ends]
    return frozenset(c for c in wanted if any(ord(c) in codes for codes in spans))
