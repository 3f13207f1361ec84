"""Values in prose. Every `{{ }}` leaves Jinja as a token, and its value is put in after the Markdown parse."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from livedeck.errors import TemplateError
from livedeck.model import Drawing, Location
from livedeck.template.private_use import DIGITS, spell, spelled

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character, from an escape in JSON or in a text of Jinja: no file can hold it."""
_OPEN, _CLOSE = "\U0010ff00", "\U0010ff01"


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
        self._prefix = _OPEN + spell(self.nonce)
        self._token = re.compile(f"{self._prefix}({DIGITS}){_CLOSE}")

    def add(self, value: object, line: int, *, lines: bool = False) -> str:
        """Return the token for a value. Raises TemplateError for what cannot be printed there."""
        text = self.text(value, line, lines=lines)
        drawing = value if isinstance(value, Drawing) else None
        self.items.append(Placeholder(text, line, isinstance(value, int | float), drawing))
        return f"{self._prefix}{spell(f'{len(self.items) - 1:x}')}{_CLOSE}"

    def text(self, value: object, line: int, *, lines: bool = False) -> str:
        """Return the text of a value. Raises TemplateError for what has none, and for several lines unless `lines`.

        A newline at the end is that of a set block or macro in several lines, and left out.
        """
        at = Location(self.path, line)
        if isinstance(value, Drawing):
            return value.address
        if value is None or not isinstance(value, str | int | float):
            name = "nothing (none)" if value is None else f"a {type(value).__name__}"
            hint = "print a part of it, or use a filter such as join or length"
            raise TemplateError(f"{{{{ }}}} holds {name}, which has no text of its own", at=at, hint=hint)
        if isinstance(value, str) and _SURROGATE.search(value):
            hint = "it is half of a character: print another part"
            raise TemplateError("{{ }} holds something that is no text", at=at, hint=hint)
        text = str(value) if lines else str(value).rstrip("\n")
        if not lines and ("\n" in text or "\r" in text):
            number = len(re.split(r"\r\n|\r|\n", text))
            hint = "show the step itself, or print one line of it (.lines[0])"
            raise TemplateError(f"{{{{ }}}} holds {number} lines", at=at, hint=hint)
        return text

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield the tokens in `text`: (start, end, number of the placeholder)."""
        for match in self._token.finditer(text):
            yield match.start(), match.end(), spelled(match[1])

    def numbers(self, text: str) -> Iterator[int]:
        """Yield the numbers of the placeholders in `text`."""
        return (number for _, _, number in self.find(text))

    def value(self, number: int) -> str:
        """Return a placeholder's text."""
        return self.items[number].text

    def plain(self, text: str) -> str:
        """`text` with the values just put in."""
        return self.each(text, self.value)

    def each(self, text: str, put: Callable[[int], str]) -> str:
        """`text` with every token replaced by `put(number)`."""
        return self._token.sub(lambda m: put(spelled(m[1])), text)

    def at(self, number: int) -> Location:
        """Return the place of the `{{ }}` of a placeholder."""
        return Location(self.path, self.items[number].line)
