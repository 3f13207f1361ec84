"""Lines that their author takes for a run fence, and Markdown does not: left alone they would be shown, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from livedeck.errors import TemplateError, nearest
from livedeck.model import Location
from livedeck.template.mask import FILLER, NEWLINE, Mask, inside, line_of
from livedeck.template.reading.options import FLAGS, OPTIONS
from livedeck.template.rendering.proof import TERMINAL

_LEAVES = ("fence", "code_block", "html_block", "front_matter", "inline")
_REASONS = {
    "html_block": ("it stands inside HTML", "leave a blank line above it"),
    "code_block": ("it is indented so far that it is a code block", "indent it by at most three spaces"),
    "front_matter": ("it stands in the front matter", "move it below the second ---"),
}
_PARAGRAPH = (
    "it is indented so far that it continues the paragraph above",
    "leave a blank line above, and indent it less",
)
_BACKTICK = ("its options hold a backtick", "open and close it with ~~~ instead of ```")
_RUN = re.compile(r"(?:\S*?[\s,:{]+)?run(?![\w.-])", re.IGNORECASE)
_BEHIND_TAG = re.compile(
    rf"^[ \t>]*{FILLER}[{FILLER} \t]*(?P<fence>(?:`{{3,}}|~{{3,}})[ \t]*[^\s`]+[ \t]+run)(?!\S)", re.MULTILINE
)


def find(mask: Mask, tokens: Sequence[Token], plain: set[int], fences: set[int], path: str) -> Iterator[TemplateError]:
    """The errors of a template.

    `plain` are the offsets of lines that look like the opening of a run fence and are none to Markdown, `fences` those
    of the lines that open one.
    """
    for offset in sorted(plain):
        if not inside(mask.tags, offset) and (reason := _reason(mask, tokens, offset)):
            at = Location(path, line_of(mask.source, offset))
            yield TemplateError(
                f"this looks like a run fence and is none to Markdown: {reason[0]}", at=at, hint=reason[1]
            )
    for match in _BEHIND_TAG.finditer(NEWLINE.sub("\n", mask.text)):
        line = match.string.count("\n", 0, match.start("fence"))
        if _covering(mask, tokens, mask.starts[line], ("fence", "code_block", "html_block")) is None:
            message = "this looks like a run fence and is none to Markdown: a Jinja tag stands before it"
            at = Location(path, line_of(mask.source, mask.starts[line]))
            yield TemplateError(message, at=at, hint="put the tag on a line of its own")
    for token in tokens:
        if token.type == "html_block" and token.map and _is_unclosed(token.content):
            at = Location(path, line_of(mask.source, mask.starts[token.map[0]]))
            yield TemplateError("this comment is never closed, and hides all below it", at=at, hint="add -->")
        if token.type == "fence" and token.map:
            start = mask.starts[token.map[0]]
            if start not in fences and not inside(mask.tags, start):
                yield from _info(token.info.split(), Location(path, line_of(mask.source, start)))


def _info(words: list[str], at: Location) -> Iterator[TemplateError]:
    """What is wrong with the words behind the marks of a fence that does not run."""
    if words and words[0] == TERMINAL:
        text = f"fences with the language {TERMINAL} are those of steps"
        yield TemplateError(text, at=at, hint="write ```text, or ```bash run to show what really happens")
    elif _RUN.match(" ".join(words)) or "run" in words or any(_is_option(word) for word in words[1:]):
        text = f"this looks like a run fence and would only be shown: ```{' '.join(words)}"
        yield TemplateError(text, at=at, hint="a run fence begins ```bash run, and its options follow")

    elif any(_is_nearly_file(word) for word in words[1:]):
        text = f"this looks like a fence that writes a file, and would only be shown: ```{' '.join(words)}"
        yield TemplateError(text, at=at, hint="write file=PATH behind the language")


def _is_unclosed(html: str) -> bool:
    return html.lstrip().startswith("<!--") and "-->" not in html


def _is_nearly_file(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and nearest(name.lower(), ["file"], cutoff=0.7) is not None


def _is_option(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return name in OPTIONS if equals else name in FLAGS


def _reason(mask: Mask, tokens: Sequence[Token], offset: int) -> tuple[str, str] | None:
    """Why Markdown sees no fence there, and what to do; None where the line is meant as text."""
    token = _covering(mask, tokens, offset)
    if token is not None and (token.type == "fence" or token.content.lstrip().startswith("<!--")):
        return None
    line = NEWLINE.split(mask.source[offset:], maxsplit=1)[0]
    if line.startswith("`") and "`" in line.lstrip("`") and (token is None or token.type == "inline"):
        return _BACKTICK
    return _REASONS.get(token.type if token is not None else "", _PARAGRAPH)


def _covering(mask: Mask, tokens: Sequence[Token], offset: int, types: Sequence[str] = _LEAVES) -> Token | None:
    """The leaf block token whose lines hold an offset."""
    for token in tokens:
        if token.type in types and token.map:
            first, after = token.map
            end = mask.starts[after] if after < len(mask.starts) else len(mask.source)
            if mask.starts[first] <= offset < end:
                return token
    return None
