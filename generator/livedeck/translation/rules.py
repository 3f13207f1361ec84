"""What a translation must keep of its source sentence. Each rule has a name, which messages and documentation use."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from livedeck.template.markdown import UnreadableError
from livedeck.translation.units.notes import is_directive
from livedeck.translation.units.pieces import Pieces, opaque, pieces
from livedeck.translation.units.units import Unit, lines_of

if TYPE_CHECKING:
    from linkify_it import LinkifyIt

_MULTIPLE, _MARGIN = 10, 200
_JOINERS = "\u200c\u200d"
_PIPE = re.compile(r"(?<!\\)\|")
_COMMENT = re.compile(r"<!--|--!?>|--$")
_SAME: Mapping[str, tuple[str, str]] = {
    "values": ("values", "copy every {{ ... }} as it is, and add none"),
    "code": ("code", "copy what is between backticks as it is"),
    "links": ("links", "copy the address in round brackets as it is; only the text in square brackets is yours"),
    "pictures": ("pictures", "copy the address of the picture as it is; only its description is yours"),
    "orders": ("pictures", "words such as bg or w:300 in a description are instructions to Marp: copy them"),
    "html": ("html", "copy what is in angle brackets as it is, and add none"),
    "emphasis": ("emphasis", "as many **bold** and *italic* words as the source, without spaces inside the stars"),
}


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a translation breaks: what was expected, what was found, and what to do."""

    rule: str
    expected: str
    found: str
    hint: str


def broken_by(unit: Unit, text: str, references: Mapping[str, Any]) -> Breach | None:
    """Return the first rule that `text` breaks as the translation of `unit`."""
    try:
        return next(_breaches(unit, text, references), None)
    except UnreadableError as error:
        return Breach("markdown", "a sentence", error.message, error.hint or "")


def _breaches(unit: Unit, text: str, references: Mapping[str, Any]) -> Iterator[Breach]:
    if len(text) > (most := _MULTIPLE * len(unit.text) + _MARGIN):
        yield Breach("length", f"at most {most} characters", f"{len(text)}", "write a sentence, not a document")
        return
    if odd := next((char for char in text if _is_odd(char) and char not in unit.text), None):
        name = f"U+{ord(odd):04X} {unicodedata.name(odd, 'a control character')}"
        yield Breach("characters", "visible characters", name, "type the sentence again")
    if text != text.strip():
        yield Breach("blanks", "no space at either end", repr(text[:1] + "…" + text[-1:]), "delete it")
    lines = lines_of(text)
    if len(lines) != len(unit.spans):
        yield Breach("lines", f"{len(unit.spans)} line(s)", f"{len(lines)}", "break the lines as the source does")
    if any(not line.strip() for line in lines):
        yield Breach("lines", "no empty line", "one", "break the lines as the source does")
    yield from _contents(unit, text, references)


def _contents(unit: Unit, text: str, references: Mapping[str, Any]) -> Iterator[Breach]:
    masked, names = opaque(text)
    if unit.kind == "speaker note":
        yield from _differs("values", (), tuple(names.values()), _SAME["values"][1])
        if _COMMENT.search(text) or any(is_directive(line) for line in text.split("\n")):
            yield Breach("note", "a note", "the end of a comment, or a directive", "write plain sentences")
        return
    source, own = pieces(unit.text, references), pieces(text, references)
    if "{{" in masked or "{%" in masked or "{#" in masked:
        yield Breach("values", _listed(source.values), "a brace that is not closed", _SAME["values"][1])
    for kind, (rule, hint) in _SAME.items():
        yield from _differs(rule, getattr(source, kind), getattr(own, kind), hint)
    if source.breaks != own.breaks:
        yield Breach("lines", f"{source.breaks} hard break(s)", f"{own.breaks}", "keep the backslash at the line's end")
    hint = "Marp makes links of bare addresses: keep those of the source, and add none"
    yield from _differs("links", _addresses(source), _addresses(own), hint)
    if unit.kind == "table cell" and _PIPE.search(masked):
        yield Breach("table", "one cell", "a pipe, which ends a cell", "write \\| or another character")


def _differs(rule: str, expected: Sequence[str], found: Sequence[str], hint: str) -> Iterator[Breach]:
    if Counter(expected) != Counter(found):
        yield Breach(rule, _listed(expected), _listed(found), hint)


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts) or "none"


def _addresses(own: Pieces) -> tuple[str, ...]:
    """Return the plain words that Marp turns into links: `docker.io`, `www...`."""
    if not any(mark in own.prose for mark in ".:@"):
        return ()
    return tuple(sorted(match.url for match in _linkify().match(own.prose) or ()))


@cache
def _linkify() -> LinkifyIt:
    from linkify_it import LinkifyIt  # noqa: PLC0415 (only where a sentence may hold an address)

    return LinkifyIt()


def _is_odd(char: str) -> bool:
    """Return whether a character is a control, invisible, directional or private one; some scripts need joiners."""
    return char not in ("\n", *_JOINERS) and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
