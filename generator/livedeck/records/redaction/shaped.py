"""Find the secrets of a known shape, and those that follow words of a protocol or of a program.

A text is read once for the places where a secret can begin; only there is the table of shapes looked at, and only the
few shapes that begin like the text at this place are compiled, once. Every shape has a longest length, so that the time
grows with the text and with nothing else.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from livedeck.records.redaction.found import Found
from livedeck.records.redaction.shapes import LOWER, SHAPES, WORD, Part, Shape

_KEY = 3
"""The characters at a place by which shapes are looked up."""

_PLACE = re.compile(
    # After an escape of JSON, a URL or a terminal, or where a word begins,
    r"(?:\\[bfnrt]|%[0-9A-Fa-f]{2}|\x1b\[[0-9;]{0,16}m|(?<![A-Za-z0-9_]))([A-Za-z0-9${])"
    # 18 visible characters in a row, five of which, soon, are letters or digits without anything between them.
    r"(?=[!-~]{17})(?=(?:[A-Za-z0-9]{0,4}+[^A-Za-z0-9\s]){0,9}+[A-Za-z0-9]{5})"
)
_DIGIT = re.compile("[0-9]")
_DIFFERENT = 5
"""As many different letters and digits are in a secret at least: `xxxx` and `T000/B000/XXXX` are placeholders."""

_LONG = 300
"""A longer run of characters is only looked at from its first one; else `eyJ-eyJ-...` would take quadratic time."""


@dataclass(frozen=True)
class _Form:
    """A shape as it is applied: its place in the table, and its expressions, compiled when they are first needed."""

    rank: int
    shape: Shape

    @cached_property
    def after(self) -> re.Pattern[str]:
        """What follows the beginning, to the end of the secret."""
        return re.compile(_expression(self.shape.parts) + self._end)

    @cached_property
    def not_before(self) -> frozenset[str]:
        """The characters that may not be just before the beginning, apart from those of words."""
        long = [part[0] for part in self.shape.parts if not isinstance(part, str) and part[-1] > _LONG]
        return frozenset("+/-").intersection("".join(long))

    @cached_property
    def inside(self) -> tuple[str, int, re.Pattern[str]]:
        """The longest text of its own, how many characters are before it, and an expression from it to the end."""
        parts = self.shape.parts
        own = max((part for part in parts if isinstance(part, str)), key=len)
        head, tail = parts[: parts.index(own)], parts[parts.index(own) + 1 :]
        before, literal = _expression(head), re.escape(own)
        begins = f"(?<={before}{literal})(?<!{_class(head[0][0] + WORD)}{before}{literal})"
        length = sum(len(part) if isinstance(part, str) else part[1] for part in head)
        return own, length, re.compile(literal + begins + _expression(tail) + self._end)

    @property
    def _end(self) -> str:
        """No longer word, and no longer run of the alphabet that it ends with."""
        last = self.shape.parts[-1]
        return f"(?!{_class(WORD if isinstance(last, str) else last[0] + WORD)})"


def found(text: str) -> Iterator[Found]:
    """Yield the secrets of known shapes in a text, by their start; none is inside another one or has two lines."""
    end = 0
    for _, _, _, secret in sorted(
        (secret.start, -secret.end, rank, secret)
        for finder in (_beginning, _around, _following)
        for rank, secret in finder(text)
    ):
        if secret.end > end:
            end = secret.end
            yield secret


def _beginning(text: str) -> Iterator[tuple[int, Found]]:
    """Yield what shapes find that begin with a text of their own, and their ranks."""
    index = _index()
    end = 0
    for place in _PLACE.finditer(text):
        start = place.start(1)
        if start < end or not (forms := index.get(text[start : start + _KEY])):
            continue
        for begin, form in forms:
            if not text.startswith(begin, start) or (start and text[start - 1] in form.not_before):
                continue
            match = form.after.match(text, start + len(begin))
            if match and _random(match[0], form.shape.kinds):
                end = match.end()
                yield form.rank, Found(match.start() if form.shape.shown else start, end, form.shape.rule)
                break


def _around(text: str) -> Iterator[tuple[int, Found]]:
    """Yield what shapes find that have a text of their own further inside, and their ranks."""
    for form in _forms():
        if form.shape.starts:
            continue
        own, before, expression = form.inside
        for match in expression.finditer(text) if own in text else ():
            start, end = match.start() - before, match.end()
            if _random(text[start:end], form.shape.kinds):
                yield form.rank, Found(start, end, form.shape.rule)


@cache
def _forms() -> tuple[_Form, ...]:
    return tuple(_Form(rank, shape) for rank, shape in enumerate(SHAPES))


@cache
def _index() -> dict[str, list[tuple[str, _Form]]]:
    """Return the shapes by their first characters; a shorter beginning is under all that can follow it."""
    index: dict[str, list[tuple[str, _Form]]] = {}
    for form in _forms():
        for begin in form.shape.starts:
            keys = [begin[:_KEY]] if len(begin) >= _KEY else [begin + next_ for next_ in form.shape.parts[0][0]]
            for key in keys:
                index.setdefault(key, []).append((begin, form))
    return index


def _expression(parts: Iterable[Part]) -> str:
    return "".join(
        re.escape(part) if isinstance(part, str) else f"{_class(part[0])}{_times(part[1], part[-1])}" for part in parts
    )


def _times(shortest: int, longest: int) -> str:
    return f"{{{shortest}}}" if shortest == longest else f"{{{shortest},{longest}}}+"


def _class(alphabet: str) -> str:
    return f"[{re.escape(alphabet)}]"


def _random(value: str, kinds: int) -> bool:
    """Return whether a value is no placeholder and has enough kinds of characters."""
    lower = value.lower()
    has = (value != lower) + (value != value.upper()) + bool(_DIGIT.search(value))
    return has >= kinds and len(set(lower).intersection(LOWER)) >= _DIFFERENT


_CHARACTER = r"[A-Za-z0-9._~+/=-]"
_QUOTED = r"[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
_VALUE = rf"(?P<secret>{_CHARACTER}{{8,8000}}+)(?!{_CHARACTER})"
_BARE = 16
"""A shorter word is only a secret after the name of a scheme in a header, and with digits."""

_HEADER = re.compile(
    rf"(?:uthorization|UTHORIZATION){_QUOTED}(?:(?P<scheme>[A-Za-z][A-Za-z0-9-]{{2,20}})[ \t]{{1,4}})?{_VALUE}"
)
_SCHEME = re.compile(rf"(?<![A-Za-z0-9_])(?P<scheme>[Bb]earer|BEARER|[Bb]asic|BASIC)[ \t]{{1,4}}{_VALUE}")
_REGISTRY = re.compile(
    rf"-[Rr]egistry-(?:[Aa]uth|[Cc]onfig){_QUOTED}(?P<secret>[A-Za-z0-9+/_-]{{16,8000}}+={{0,2}}+)(?!{_CHARACTER})"
)
_BOOTSTRAP = re.compile(rf"(?:oken|OKEN)(?:[ \t]{{1,4}}|{_QUOTED})(?P<secret>[a-z0-9]{{6}}\.[a-z0-9]{{16}})(?![\w.-])")
# A line of its own, or of kubeadm's list, where the time that it has left follows.
_ALONE = re.compile(r"^(?P<secret>[a-z0-9]{6}\.[a-z0-9]{16})(?=[ \t]*$|[ \t]{1,20}(?:\d+[hms]|<))", re.MULTILINE)
_UNSEAL = re.compile(r"(?:Unseal|Recovery) Key \d{1,2}: {1,4}(?P<secret>[A-Za-z0-9+/]{43,64}={0,2})")


def _following(text: str) -> Iterator[tuple[int, Found]]:
    """Yield what is secret because of the words before it, after all shapes of the table."""
    for rule, words, expression in (
        ("authorization", ("uthorization", "UTHORIZATION"), _HEADER),
        ("authorization", ("earer ", "EARER ", "asic ", "ASIC "), _SCHEME),
        ("registry-credential", ("-registry-", "-Registry-"), _REGISTRY),
        ("kubernetes-token", ("oken", "OKEN"), _BOOTSTRAP),
        ("kubernetes-token", ("",), _ALONE),
        ("vault-key", (" Key ",), _UNSEAL),
    ):
        for match in expression.finditer(text) if any(word in text for word in words) else ():
            secret = match["secret"]
            if "scheme" in expression.groupindex:
                is_secret = _credentials(match["scheme"], secret, in_header=expression is _HEADER)
            else:
                is_secret = _random(secret, 2)
            if is_secret:
                yield len(SHAPES), Found(match.start("secret"), match.end("secret"), rule)


def _credentials(scheme: str | None, value: str, *, in_header: bool) -> bool:
    """Return whether a value of a scheme is one, not a word of a text about it or a placeholder."""
    if scheme and scheme.lower() == "basic":
        try:
            return b":" in b64decode(value, validate=True)
        except Base64Error:
            return False
    if in_header and scheme:
        return _random(value, 2) and (len(value) >= _BARE or bool(_DIGIT.search(value)))
    return len(value) >= _BARE and _random(value, 2 if value.isalnum() else 3)
