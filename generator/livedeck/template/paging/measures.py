"""What a theme measures, in pixels, and how wide letters are.

Slides are laid out before any browser has seen them: with the numbers of the theme's style sheets, and with estimates
of what only a browser knows. `livedeck fit` measures the result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property, lru_cache

from livedeck.errors import UsageError
from livedeck.model import Location

SIZES = (20, 18, 16, 15, 14)
"""Sizes of a terminal's letters, the largest first: the theme's classes `s20` to `s14`."""
SMALLEST = SIZES[-1]
SLIDE = (1280.0, 720.0)
"""Width and height of a slide. Marp reads them from the theme as literal numbers, so they cannot be variables."""
SLACK = 6.0
"""Room that an estimate leaves unused, because it is one."""

# The structure of a slide: lengths that the theme's sheets hold in rules, not in variables.
TERMINAL_FRAME = (32.0, 22.0)
"""Padding and border of a terminal, left and right together (2 px to spare), above and below together."""
QUOTE_INDENT = 17.0
LIST_GAP = 4.0
CELL_FRAME = (28.0, 13.0)
"""Padding and border of a table cell."""
CODE_PADDING = 0.75
"""The padding of inline code, in em of the text around it."""
_AFTER_TITLE = 14.0
_ABOVE_HEADING = 18.0
_GAPS: Mapping[tuple[str, str], float] = {("text", "pre"): 9, ("pre", "quote"): 6, ("quote", "text"): 14}

UNKNOWN_PICTURE = (640.0, 320.0)
CELL = 0.6
"""Width of a terminal column in em: the theme's fonts are cut so."""
_WIDE, _HANGUL, _NARROW, _BLANK = 1.0, 0.92, 0.56, 0.3
"""Widths of characters in prose in em, about those of the theme's fonts; rather too wide than too narrow."""


@dataclass(frozen=True, slots=True)
class Type:
    """Letters of one size, the height of their rows, and the size of inline code beside them in em."""

    size: float
    row: float
    code: float = 0.82


@dataclass(frozen=True)
class Measures:
    """The numbers of a theme: each field has the value of the custom property of its name (`--prose-size`).

    A theme need not set them. The defaults are the numbers of themes/mspt2.css, which a test compares.
    """

    top: float = 68
    side: float = 48
    bottom: float = 52
    lead_top: float = 214
    gap: float = 12
    prose_size: float = 22
    prose_row: float = 32
    nested_size: float = 20
    nested_row: float = 29
    title_size: float = 34
    title_row: float = 44
    heading_size: float = 28
    heading_row: float = 38
    subheading_size: float = 24
    subheading_row: float = 34
    table_size: float = 20
    table_row: float = 28
    quote_size: float = 17
    quote_row: float = 26
    picture_height: float = 600
    terminal_size: float = 16
    terminal_row: float = 1.25

    @cached_property
    def width(self) -> float:
        """The width of what a slide holds."""
        return SLIDE[0] - 2 * self.side

    @cached_property
    def height(self) -> float:
        """The height of what a slide holds."""
        return SLIDE[1] - self.top - self.bottom

    @cached_property
    def types(self) -> Mapping[str, Type]:
        """The type of each kind of text by its tag; `li` is for lists in lists."""
        return {
            "p": Type(self.prose_size, self.prose_row),
            "h1": Type(self.title_size, self.title_row),
            "h2": Type(self.heading_size, self.heading_row),
            "h3": Type(self.subheading_size, self.subheading_row),
            "li": Type(self.nested_size, self.nested_row),
            "table": Type(self.table_size, self.table_row),
            "blockquote": Type(self.quote_size, self.quote_row, code=self.terminal_size / self.quote_size),
        }

    @cached_property
    def list_indent(self) -> float:
        """The indent of a list; that of numbers, which is the larger one."""
        return 1.5 * self.prose_size

    def between(self, above: str | None, below: str) -> float:
        """Return the space between two blocks of a slide: each `text`, `pre`, `quote`, `h1` to `h6` or `other`."""
        if above is None:
            return 0.0
        if above == "h1":
            return _AFTER_TITLE
        return _ABOVE_HEADING if below in ("h2", "h3", "h4") else _GAPS.get((above, below), self.gap)


# --- the theme's sheets ----------------------------------------------------------------------------

_SKIPPED = re.compile(
    r"""/\*.*?\*/ | "(?:[^"\\]++|\\.)*+" | '(?:[^'\\]++|\\.)*+' | @[\w-]+[^;{}]*+(?:;|\{(?:[^{}]++|\{[^{}]*+\})*+\})""",
    re.DOTALL | re.VERBOSE,
)
"""Comments, strings, and rules such as `@import` or `@media`, which are not what a slide usually is."""
_PIXELS, _FACTOR = re.compile(r"\d*\.?\d+px|0"), re.compile(r"\d*\.?\d+")
_USE = re.compile(r"var\(\s*(--[\w-]+)\s*\)")
_FIELDS = {f"--{field.name.replace('_', '-')}": field.name for field in fields(Measures)}
_ROW = "--terminal-row"
"""The one property that has no unit: how many times the size of its letters a row is high."""


@lru_cache(maxsize=8)
def read(sheets: tuple[tuple[str, str], ...]) -> Measures:
    """Return the measures of a theme from its style sheets, each a path and CSS; later ones outweigh earlier ones.

    Custom properties count that are set for every slide: in `section`, or in `:root`, which in Marp outweighs it.

    Raises:
        UsageError: a property is not a plain number, or the sheets use it and none of them sets it.
    """
    plain = [(sheet, _SKIPPED.sub(lambda skipped: "\n" * skipped[0].count("\n"), css)) for sheet, css in sheets]
    found: dict[str, dict[str, float]] = {"section": {}, ":root": {}}
    for sheet, css in plain:
        position = 0
        for rule in css.split("}"):
            selectors, _, body = rule.partition("{")
            for selector in found.keys() & {each.strip() for each in selectors.split(",")}:
                begin = position + len(selectors) + 1
                for declaration in body.split(";"):
                    name, _, value = declaration.partition(":")
                    if name.strip() in _FIELDS:
                        at = Location(sheet, css.count("\n", 0, begin + len(name.rstrip())) + 1)
                        found[selector][_FIELDS[name.strip()]] = _number(name.strip(), value.strip(), at)
                    begin += len(declaration) + 1
            position += len(rule) + 1
    values = found["section"] | found[":root"]
    for sheet, css in plain:
        for use in _USE.finditer(css):
            name = use[1]
            if name in _FIELDS and _FIELDS[name] not in values:
                usual = f"{getattr(Measures, _FIELDS[name])}{'' if name == _ROW else 'px'}"
                at = Location(sheet, css.count("\n", 0, use.start()) + 1)
                hint = f"add `{name}: {usual};` to the rule `:root` of {sheets[-1][0]}"
                raise UsageError(f"this uses {name}, and no sheet of the theme sets it", at=at, hint=hint)
    return Measures(**values)


def _number(name: str, value: str, at: Location) -> float:
    match = (_FACTOR if name == _ROW else _PIXELS).fullmatch(value)
    number = float(value.removesuffix("px")) if match else 0.0
    if match is None or (not number and name.endswith(("-size", "-row"))):
        hint = f"write a plain number: {name}: {'1.25' if name == _ROW else '24px'}"
        raise UsageError(f"slides are divided by {name}, and `{value}` is no such size", at=at, hint=hint)
    return number


# --- letters ---------------------------------------------------------------------------------------


def columns(size: float, width: float) -> int:
    """How many columns a terminal of that size and width has."""
    return int((width - TERMINAL_FRAME[0]) / (CELL * size) + 1e-6)


def cells(text: str) -> int:
    """How many columns a text takes: wide characters two, marks on others none."""
    return sum(map(_cells, text)) if not text.isascii() else len(text)


@cache
def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def advance(text: str) -> float:
    """About how wide a text is, in em; rather too wide than too narrow."""
    return sum(map(_advance, text))


@cache
def _advance(char: str) -> float:
    if char.isspace():
        return _BLANK
    if _cells(char) < 2:  # noqa: PLR2004 (columns of a wide character)
        return _NARROW * _cells(char)
    return _HANGUL if "\uac00" <= char <= "\ud7a3" else _WIDE
