"""Fonts that travel in the deck: the files a theme's `@font-face` rules name, cut to what is shown and put inside."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from livedeck.errors import HostError
from livedeck.export import cutting

# What every font keeps: slide numbers and prompts must not look different because of what else is shown.
_ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))
_RULE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*:\s*([^;}]*[^;}\s])", re.IGNORECASE)
# An address with a scheme (`data:`, `https:`) is none of ours.
_FILE = re.compile(r"""\burl\(\s*["']?(?![a-z][a-z0-9+.-]*:)([^"')]+?)["']?\s*\)""", re.IGNORECASE)
_FAMILY = re.compile(r"""\bfont-family\s*:\s*["']?([^"';}]+?)["']?\s*[;}]""", re.IGNORECASE)
_RANGE = re.compile(r"\bunicode-range\s*:\s*([^;}]*)", re.IGNORECASE)
_PART = re.compile(r"u\+([0-9a-f?]{1,6})(?:-([0-9a-f]{1,6}))?", re.IGNORECASE)
# `header: "\u2026"` in the front matter, where YAML reads it.
_YAML_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U(00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4}))")


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """A style sheet with its fonts inside: how many rules there were to fill, and what each family draws."""

    css: str
    rules: int
    families: Mapping[str, frozenset[str]]

    @property
    def drawn(self) -> frozenset[str]:
        """The characters that any of its fonts draws."""
        return frozenset[str]().union(*self.families.values())


def characters(texts: Iterable[str]) -> frozenset[str]:
    """Return every character that Markdown texts may show, the ones written as `&hellip;` or as YAML's escapes too."""
    found = set(_ALWAYS)
    for text in texts:
        found.update(text, html.unescape(text))
        found.update(chr(int(short or long, 16)) for short, long in _YAML_ESCAPE.findall(text))
    return frozenset(c for c in found if unicodedata.category(c) not in ("Cc", "Cs"))


def is_seen(character: str) -> bool:
    """Whether it takes a font to show the character."""
    is_selector = "\ufe00" <= character <= "\ufe0f"
    return unicodedata.category(character) not in ("Cf", "Zs", "Zl", "Zp") and not is_selector


def embed(
    sheet: Path, wanted: frozenset[str], shelf: Path, needed: Callable[[str], bool] = lambda _: True
) -> StyleSheet:
    """Return the sheet with every font inside that an `@font-face` rule names by an address relative to the sheet.

    The font replaces the whole `src`, cut to the characters of `wanted` in the rule's `unicode-range`; a rule with
    nothing to draw is left out, and one that is not `needed` stays as it is. `shelf` is where cut fonts are kept.
    Raises HostError for a file that is missing, and UsageError for one that is no font.
    """
    parts: list[str] = []
    families: dict[str, frozenset[str]] = {}
    rules = end = 0
    css = sheet.read_text(encoding="utf-8")
    for rule, source, address in _rules(css):
        if not needed(rule[0]):
            continue
        rules += 1
        name = _FAMILY.search(rule[0])
        family = name[1] if name else "font"
        cut = _cut(_existing(sheet, address), rule[0], family, wanted, shelf)
        parts.append(css[end : rule.start()])
        if cut.drawn:
            data = f'src: url("data:font/woff2;base64,{cut.data}") format("woff2")'
            parts += [rule[0][: source.start()], data, rule[0][source.end() :]]
        families[family] = families.get(family, frozenset()).union(cut.drawn)
        end = rule.end()
    return StyleSheet("".join([*parts, css[end:]]), rules, families)


def files(sheet: Path) -> tuple[Path, ...]:
    """Return the font files that the sheet's `@font-face` rules name, there or not."""
    rules = _rules(sheet.read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(_file(sheet, address) for _, _, address in rules))


def variable(sheets: Iterable[str], name: str) -> str | None:
    """The value of a variable where the sheets first set it."""
    rule = re.compile(rf"--{name}\s*:\s*([^;}}]+)")
    return next((" ".join(found[1].split()) for css in sheets if (found := rule.search(css))), None)


def _rules(css: str) -> Iterator[tuple[re.Match[str], re.Match[str], str]]:
    """Yield each rule that names a file, its `src`, and the file's address."""
    for rule in _RULE.finditer(css):
        source = _SOURCE.search(rule[0])
        file = _FILE.search(source[1]) if source else None
        if source is not None and file is not None:
            yield rule, source, file[1]


def _cut(font: Path, rule: str, family: str, wanted: frozenset[str], shelf: Path) -> cutting.Cut:
    span = _RANGE.search(rule)
    here = _within(span[1], wanted) if span else wanted
    if not here:
        return cutting.Cut("", "")
    return cutting.cut(font, here, family, shelf)


def _within(span: str, wanted: frozenset[str]) -> frozenset[str]:
    """Return the characters that a `unicode-range` holds; `U+4??` is `U+400-4FF`."""
    ends = ((first.replace("?", "0"), last or first.replace("?", "F")) for first, last in _PART.findall(span))
    spans = [range(int(first, 16), int(last, 16) + 1) for first, last in ends]
    return frozenset(c for c in wanted if any(ord(c) in codes for codes in spans))


def _existing(sheet: Path, address: str) -> Path:
    path = _file(sheet, address)
    if not path.is_file():
        hint = "put it there, or take its @font-face out of the theme"
        if "node_modules" in path.parts:
            hint = "npm ci --ignore-scripts, in the project"
        raise HostError(f"a font of the theme is missing: {sheet.name} names {address}", hint=hint)
    return path


def _file(sheet: Path, address: str) -> Path:
    return (sheet.parent / unquote(address)).resolve()
