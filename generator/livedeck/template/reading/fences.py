"""The run fences of a template: found by Markdown's own rules on the masked source, before Jinja sees anything.

A fence is found optimistically: every line that looks like the opening of a run fence hides its body from Jinja; then
Markdown says which of them it agrees with. The first it does not agree with becomes plain text, and all is read again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template import markdown
from livedeck.template.mask import NEWLINE, Mask, build, inside, line_of, scan
from livedeck.template.reading import lookalikes

_OPENING = re.compile(
    r"^(?P<prefix>(?:[ \t>]|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))*)"
    r"(?P<marker>(?P<char>[`~])(?P=char){2,})[ \t]*(?P<info>[^\s`]+[ \t]+(?:run(?!\S)|(?:\S+[ \t]+)*file=)[^\r\n]*)$"
)
_LIST_MARKER = re.compile(r"[-+*]|\d{1,9}[.)]")


@dataclass(frozen=True, slots=True)
class Fence:
    """A run or file fence: `source[start:end]` from its marker to the end of its closing line.

    `prefix` is what has to stand before every further line of what replaces it: quote marks and list indent.
    `content` is the body without that prefix; a `nested` fence stands in a list or a quote.
    """

    start: int
    end: int
    line: int
    info: str
    prefix: str
    content: str
    nested: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int | None
    line_start: int
    info: str
    prefix: str
    char: str
    length: int


@dataclass(frozen=True, slots=True)
class FoundFence:
    """What `find` saw: the mask, its block tokens, the run fences in order, and everything that is wrong."""

    mask: Mask
    tokens: tuple[Token, ...]
    fences: tuple[Fence, ...]
    errors: tuple[TemplateError, ...]


def find(source: str, path: str) -> FoundFence:
    """The run fences of a template. `path` is for the places in errors."""
    plain: set[int] = set()
    while True:
        candidates = _candidates(source, plain)
        tags, faults = scan(source, [(c.start, c.end if c.end is not None else len(source)) for c in candidates])
        hidden = {c.start for c in candidates if inside(tags, c.start)}
        if hidden:
            plain.add(min(hidden))
            continue
        mask = build(source, tags)
        tokens = markdown.blocks(mask.text)
        opened = {_opening_offset(mask, token): token for token in _walk(tokens) if token.type == "fence" and token.map}
        strangers = [c for c in candidates if c.line_start not in opened]
        if not strangers:
            break
        plain.add(strangers[0].start)
    errors = [TemplateError(f.message, at=Location(path, line_of(source, f.offset)), hint=f.hint) for f in faults]
    fences = []
    for candidate in candidates:
        fence, error = _fence(mask, candidate, opened[candidate.line_start], path)
        if error:
            errors.append(error)
        else:
            fences.append(fence)
    errors += lookalikes.find(mask, tokens, plain, {c.line_start for c in candidates}, path)
    return FoundFence(mask, tuple(tokens), tuple(f for f in fences if f), tuple(errors))


def _candidates(source: str, plain: set[int]) -> list[_Candidate]:
    """Lines that look like the opening of a run fence, each with the end of the nearest line that could close it."""
    lines = _lines(source)
    found: list[_Candidate] = []
    index = 0
    while index < len(lines):
        start, end = lines[index]
        match = _OPENING.match(source[start:end])
        index += 1
        if match is None or start + match.start("marker") in plain:
            continue
        closing = _closes(match["char"], len(match["marker"]))
        last = next((i for i in range(index, len(lines)) if closing.match(source[slice(*lines[i])])), None)
        found.append(
            _Candidate(
                start=start + match.start("marker"),
                end=lines[last][1] if last is not None else None,
                line_start=start,
                info=match["info"].strip(),
                prefix=match["prefix"],
                char=match["char"],
                length=len(match["marker"]),
            )
        )
        index = last + 1 if last is not None else len(lines)
    return found


def _closes(char: str, length: int) -> re.Pattern[str]:
    return re.compile(rf"^[ \t>]*{re.escape(char)}{{{length},}}[ \t]*$")


def _lines(source: str) -> list[tuple[int, int]]:
    lines = []
    start = 0
    for newline in NEWLINE.finditer(source):
        lines.append((start, newline.start()))
        start = newline.end()
    return [*lines, (start, len(source))]


def _walk(tokens: Sequence[Token]) -> list[Token]:
    return [part for token in tokens for part in (token, *(token.children or ()))]


def _opening_offset(mask: Mask, token: Token) -> int:
    assert token.map is not None  # noqa: S101 (fences have one)
    return mask.starts[token.map[0]]


def _fence(mask: Mask, candidate: _Candidate, token: Token, path: str) -> tuple[Fence | None, TemplateError | None]:
    """The fence, if Markdown closes it where a closing line stands."""
    assert token.map is not None  # noqa: S101 (fences have one)
    source = mask.source
    line = line_of(source, candidate.line_start)
    last = source[mask.starts[token.map[1] - 1] :]
    last = last[: m.start()] if (m := NEWLINE.search(last)) else last
    marks = candidate.char * candidate.length
    if token.map[1] - token.map[0] < 2 or not _closes(candidate.char, candidate.length).match(last):  # noqa: PLR2004
        hint = f"close it with {marks} behind the same quote marks and indent"
        return None, TemplateError("this run fence is never closed", at=Location(path, line), hint=hint)
    for number, text in enumerate(token.content.split("\n"), line + 1):
        if text.lstrip(" \t>").startswith(marks):
            message = f"this run fence is never closed: line {number} begins with {marks} and holds more"
            hint = (
                f"a closing line holds {marks} and nothing else; to show such a line, open with {marks}{candidate.char}"
            )
            return None, TemplateError(message, at=Location(path, line), hint=hint)
    end = mask.starts[token.map[1] - 1] + len(last)
    prefix = _LIST_MARKER.sub(lambda marker: " " * len(marker[0]), candidate.prefix)
    content = token.content.removesuffix("\n")
    return Fence(candidate.start, end, line, candidate.info, prefix, content, nested=token.level > 0), None
