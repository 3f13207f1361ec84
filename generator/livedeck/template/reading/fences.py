"""The run fences of a template: found by Markdown's own rules on the masked source, before Jinja sees anything.

The search is optimistic: each line that looks like the opening of a run fence hides its body from Jinja. Then Markdown
says which of them it agrees with. The first that it does not agree with becomes plain text, and all is read again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.token import Token

from livedeck.template import markdown
from livedeck.template.complaints import Complaint
from livedeck.template.mask import NEWLINE, Mask, build, inside, line_of, scan
from livedeck.template.reading import lookalikes

_OPENING = re.compile(
    r"^(?P<prefix>(?:[ \t>]|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))*)"
    r"(?P<marker>(?P<char>[`~])(?P=char){2,})[ \t]*(?P<info>[^\s`]+[ \t]+(?:run(?!\S)|(?:\S+[ \t]+)*file=)[^\r\n]*)$"
)
_MOST_PLAIN = 100
"""How many lines may look like the opening of a run fence; each of them has the template read once more."""
_LIST_MARKER = re.compile(r"[-+*]|\d{1,9}[.)]")


@dataclass(frozen=True, slots=True)
class Fence:
    """A run or file fence: `source[start:end]` from its marker to the end of its closing line.

    `prefix` comes before each further line of what replaces the fence: quote marks and list indent. `content` is the
    body without that prefix. A `nested` fence is in a list or a quote.
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
    """A line that looks like the opening of a run fence; `end` is that of the nearest line that could close it."""

    start: int
    end: int
    line_start: int
    info: str
    prefix: str
    marks: str


@dataclass(frozen=True, slots=True)
class FoundFences:
    """What `find` found: the mask, its block tokens, the run fences in order, and everything that is wrong."""

    mask: Mask
    tokens: tuple[Token, ...]
    fences: tuple[Fence, ...]
    complaints: tuple[Complaint, ...]
    unread: bool = False
    """Whether the template has no structure that could be looked at further."""


def find(source: str) -> FoundFences:
    """Find the run fences of a template. What is wrong may be that it cannot be read as Markdown at all."""
    plain: set[int] = set()
    while True:
        candidates = _candidates(source, plain)
        tags, complaints = scan(source, [(candidate.start, candidate.end) for candidate in candidates])
        if hidden := [candidate.start for candidate in candidates if inside(tags, candidate.start)]:
            plain.update(hidden[:1] if len(plain) < _MOST_PLAIN else hidden)
            continue
        mask = build(source, tags)
        try:
            tokens = markdown.blocks(mask.text)
        except markdown.UnreadableError as error:
            complaints.append((mask.line_at(error.row), error.message, error.hint or ""))
            return FoundFences(mask, (), (), tuple(complaints), unread=True)
        opened = {mask.starts[token.map[0]]: token for token in tokens if token.type == "fence" and token.map}
        strangers = [candidate.start for candidate in candidates if candidate.line_start not in opened]
        if not strangers:
            break
        plain.add(strangers[0])
        if len(plain) > _MOST_PLAIN:
            message = f"more than {_MOST_PLAIN} lines look like run fences but are not to Markdown"
            complaints.append((line_of(source, strangers[0]), message, "write them in another way, or leave them out"))
            return FoundFences(mask, (), (), tuple(complaints), unread=True)
    fences = []
    for candidate in candidates:
        found = _fence(mask, candidate, opened[candidate.line_start])
        if isinstance(found, Fence):
            fences.append(found)
        else:
            complaints.append(found)
    complaints += lookalikes.find(mask, tokens, plain, {candidate.line_start for candidate in candidates})
    return FoundFences(mask, tuple(tokens), tuple(fences), tuple(complaints))


def _candidates(source: str, plain: set[int]) -> list[_Candidate]:
    newlines = list(NEWLINE.finditer(source))
    starts, ends = [0, *(found.end() for found in newlines)], [*(found.start() for found in newlines), len(source)]
    lines = [(start, source[start:end], end) for start, end in zip(starts, ends, strict=True)]
    candidates: list[_Candidate] = []
    for index, (start, line, _) in enumerate(lines):
        match = _OPENING.match(line)
        if match is None or start + match.start("marker") in plain or (candidates and start < candidates[-1].end):
            continue
        first, marks = start + match.start("marker"), match["marker"]
        end = next((end for _, below, end in lines[index + 1 :] if _closes(below, marks)), len(source))
        candidates.append(_Candidate(first, end, start, match["info"].strip(), match["prefix"], marks))
    return candidates


def _closes(line: str, marks: str) -> bool:
    return re.fullmatch(rf"[ \t>]*{marks}{marks[0]}*[ \t]*", line) is not None


def _fence(mask: Mask, candidate: _Candidate, token: Token) -> Fence | Complaint:
    """Return the fence if Markdown closes it where a closing line is, or why it is never closed."""
    assert token.map is not None  # noqa: S101 (fences have one)
    line, marks = line_of(mask.source, candidate.line_start), candidate.marks
    start = mask.starts[token.map[1] - 1]
    last = NEWLINE.split(mask.source[start:], maxsplit=1)[0]
    if token.map[1] - token.map[0] < 2 or not _closes(last, marks):  # noqa: PLR2004 (opening and closing line)
        return line, "this run fence is never closed", f"close it with {marks} after the same quote marks and indent"
    for number, text in enumerate(token.content.split("\n"), line + 1):
        if text.lstrip(" \t>").startswith(marks):
            message = f"this run fence is never closed: line {number} begins with {marks} and holds more"
            hint = f"a closing line holds only {marks}; to show such a line, open with {marks}{marks[0]}"
            return line, message, hint
    prefix = _LIST_MARKER.sub(lambda marker: " " * len(marker[0]), candidate.prefix)
    content = token.content.removesuffix("\n")
    return Fence(candidate.start, start + len(last), line, candidate.info, prefix, content, nested=token.level > 0)
