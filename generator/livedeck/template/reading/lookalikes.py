"""Lines that look like a run fence but are not one to Markdown: left alone they would be shown, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from livedeck.errors import nearest
from livedeck.template.complaints import Complaint
from livedeck.template.markdown import TERMINAL
from livedeck.template.mask import FILLER, NEWLINE, Mask, inside, line_of
from livedeck.template.reading.options import FLAGS, OPTIONS

_LEAVES = ("fence", "code_block", "html_block", "front_matter", "inline")
_REASONS = {
    "html_block": ("it is inside HTML", "leave a blank line above it"),
    "code_block": ("it is indented so far that it is a code block", "indent it by at most three spaces"),
    "front_matter": ("it is in the front matter", "move it below the second ---"),
    "inline": (
        "it is indented so far that it continues the paragraph above",
        "leave a blank line above, and indent it less",
    ),
}
_LOOKALIKE = "this looks like a run fence but is not one to Markdown"
_RUN = re.compile(r"(?:\S*?[\s,:{]+)?run(?![\w.-])", re.IGNORECASE)
_AFTER_TAG = re.compile(
    rf"^[ \t>]*{FILLER}[{FILLER} \t]*(?P<fence>(?:`{{3,}}|~{{3,}})[ \t]*[^\s`]+[ \t]+run)(?!\S)", re.MULTILINE
)


def find(mask: Mask, tokens: Sequence[Token], plain: set[int], fences: set[int]) -> Iterator[Complaint]:
    """Yield the lookalikes of a template, and comments that hide all below them.

    `plain` are the offsets of lines that look like the opening of a run fence but are not one to Markdown, `fences`
    the offsets of the lines that open one.
    """
    for offset in sorted(plain):
        if not inside(mask.tags, offset) and (reason := _reason(mask, tokens, offset)):
            yield line_of(mask.source, offset), f"{_LOOKALIKE}: {reason[0]}", reason[1]
    for match in _AFTER_TAG.finditer(NEWLINE.sub("\n", mask.text)):
        line = match.string.count("\n", 0, match.start("fence"))
        if _covering(mask, tokens, mask.starts[line], ("fence", "code_block", "html_block")) is None:
            yield mask.line_at(line), f"{_LOOKALIKE}: a Jinja tag is before it", "put the tag on a line of its own"
    for token in tokens:
        unclosed = token.content.lstrip().startswith("<!--") and "-->" not in token.content
        if token.type == "html_block" and token.map and unclosed:
            yield mask.line_at(token.map[0]), "this comment is never closed, and hides all below it", "add -->"
        if token.type == "fence" and token.map:
            start = mask.starts[token.map[0]]
            if start not in fences and not inside(mask.tags, start):
                yield from _info(token.info.split(), line_of(mask.source, start))


def _info(words: list[str], line: int) -> Iterator[Complaint]:
    """Yield what is wrong with the info string of a fence that does not run."""
    info, pairs = " ".join(words), [word.partition("=") for word in words[1:]]
    if words and words[0] == TERMINAL:
        hint = "write ```text, or ```bash run to show what really happens"
        yield line, f"fences with the language {TERMINAL} are those of steps", hint
    elif _RUN.match(info) or "run" in words or any(name in (OPTIONS if equals else FLAGS) for name, equals, _ in pairs):
        hint = "a run fence begins ```bash run, and its options follow"
        yield line, f"this looks like a run fence and would only be shown: ```{info}", hint
    elif any(equals and nearest(name.lower(), ["file"], cutoff=0.7) for name, equals, _ in pairs):
        text = f"this looks like a fence that writes a file, and would only be shown: ```{info}"
        yield line, text, "write file=PATH after the language"


def _reason(mask: Mask, tokens: Sequence[Token], offset: int) -> tuple[str, str] | None:
    """Return why Markdown sees no fence there, and what to do; None where the line is meant as text."""
    token = _covering(mask, tokens, offset)
    if token is not None and (token.type == "fence" or token.content.lstrip().startswith("<!--")):
        return None
    line = NEWLINE.split(mask.source[offset:], maxsplit=1)[0]
    if line.startswith("`") and "`" in line.lstrip("`") and (token is None or token.type == "inline"):
        return "its options hold a backtick", "open and close it with ~~~ instead of ```"
    return _REASONS[token.type if token is not None else "inline"]


def _covering(mask: Mask, tokens: Sequence[Token], offset: int, types: Sequence[str] = _LEAVES) -> Token | None:
    """Return the leaf block token whose lines hold an offset."""
    for token in tokens:
        if token.type in types and token.map:
            first, after = token.map
            end = mask.starts[after] if after < len(mask.starts) else len(mask.source)
            if mask.starts[first] <= offset < end:
                return token
    return None
