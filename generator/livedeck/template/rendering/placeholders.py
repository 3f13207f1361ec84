"""Values in prose. Every `{{ }}` leaves Jinja as a token, and its value is put in after the Markdown parse."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from livedeck.errors import TemplateError
from livedeck.model import Drawing, Location

_FIRST, _LAST = "\U0010fe00", "\U0010ff01"
_OPEN, _CLOSE = "\U0010ff00", "\U0010ff01"
DIGITS = {format(i, "x"): chr(ord(_FIRST) + i) for i in range(16)}
"""Hexadecimal digits as characters that no template can hold."""
_VALUES = {char: digit for digit, char in DIGITS.items()}
_RESERVED = re.compile(f"[{_FIRST}-{_LAST}]")
_DEEPEST = 10


def reserved(text: str) -> int | None:
    """Where `text` holds a character that tokens are made of."""
    match = _RESERVED.search(text)
    return match.start() if match else None


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value waiting for its place: the text, and the template line of its `{{ }}`; the drawing if it is a figure."""

    text: str
    line: int
    scalar: bool = False
    drawing: Drawing | None = None


@dataclass
class Placeholders:
    """The placeholders of one rendering. Tokens carry a nonce, so that no value can pass for one."""

    path: str
    nonce: str = field(default_factory=lambda: secrets.token_hex(6))
    items: list[Placeholder] = field(default_factory=list)

    def __post_init__(self) -> None:
        nonce = "".join(DIGITS[digit] for digit in self.nonce)
        digits = "".join(DIGITS.values())
        self._token = re.compile(f"{_OPEN}{nonce}([{digits}]+){_CLOSE}")
        self._prefix = _OPEN + nonce

    def add(self, value: object, line: int, *, lines: bool = False) -> str:
        """Return the token for a value. Raises TemplateError for what cannot be printed there."""
        text = self.text(value, line, lines=lines)
        drawing = value if isinstance(value, Drawing) else None
        self.items.append(Placeholder(text, line, isinstance(value, int | float), drawing))
        return self._prefix + "".join(DIGITS[digit] for digit in format(len(self.items) - 1, "x")) + _CLOSE

    def text(self, value: object, line: int, *, lines: bool = False) -> str:
        """Return the text of a value. Raises TemplateError for what has none, and for several lines unless `lines`.

        A newline at the end is that of a set block or macro in several lines, and left out.
        """
        at = Location(self.path, line)
        if isinstance(value, Drawing):
            return value.address
        if value is None or not isinstance(value, str | int | float):
            name = "nothing (none)" if value is None else f"a {type(value).__name__}"
            raise TemplateError(
                f"{{{{ }}}} holds {name}, which has no text of its own",
                at=at,
                hint="print a part of it, or use a filter such as join or length",
            )
        text = str(value) if lines else str(value).rstrip("\n")
        if not lines and ("\n" in text or "\r" in text):
            number = len(re.split(r"\r\n|\r|\n", text))
            raise TemplateError(
                f"{{{{ }}}} holds {number} lines",
                at=at,
                hint="show the step itself, or print one line of it (.lines[0])",
            )
        return text

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield the tokens in `text`: (start, end, number of the placeholder)."""
        for match in self._token.finditer(text):
            yield match.start(), match.end(), spelled(match[1])

    def numbers(self, text: str) -> Iterator[int]:
        """Yield the numbers of the placeholders in `text`."""
        return (number for _, _, number in self.find(text))

    def value(self, number: int, depth: int = 0) -> str:
        """Return a placeholder's text, with the placeholders that a call block left inside it."""
        placeholder = self.items[number]
        if depth > _DEEPEST:
            raise TemplateError("values nest too deep", at=Location(self.path, placeholder.line))
        return self._token.sub(lambda m: self.value(spelled(m[1]), depth + 1), placeholder.text)

    def plain(self, text: str) -> str:
        """`text` with the values just put in."""
        return self.each(text, self.value)

    def each(self, text: str, put: Callable[[int], str]) -> str:
        """`text` with every token replaced by `put(number)`."""
        return self._token.sub(lambda m: put(spelled(m[1])), text)

    def at(self, number: int) -> Location:
        """Return the place of the `{{ }}` of a placeholder."""
        return Location(self.path, self.items[number].line)


def spelled(digits: str) -> int:
    """Return the number that DIGITS spell."""
    return int("".join(_VALUES[char] for char in digits), 16)
