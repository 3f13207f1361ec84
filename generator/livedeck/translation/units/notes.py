"""Texts outside the slides' content: speaker notes, and what the front matter puts on every slide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.token import Token

from livedeck.template.mask import Mask, Range, scan
from livedeck.translation.units.cutting import Cutter

KIND = "speaker note"
FRONT = ("title", "header", "footer")
"""The keys of the front matter whose texts are translated."""
_SCALAR = re.compile(r"(?P<key>[\w-]+):[ \t]+(?P<value>\S.*?)[ \t]*")
_MARKUP = re.compile(r"[ \t]*(?:`{3}|~{3}|-{3}[ \t]*$)")
_DIRECTIVE = re.compile(
    r"[ \t]*['\"]?[_$]?(?:marp|theme|style|headingDivider|lang|size|math|title|author|description|keywords|url|image"
    r"|paginate|header|footer|class|transition|color|background(?:Color|Image|Position|Repeat|Size)?)['\"]?[ \t]*:"
)
_PLAIN = re.compile(r"[^\s!&*?|>%@`\"'#,{}\[\]-](?:(?!: |:$| #).)*")


def is_directive(line: str) -> bool:
    """Return whether Marp takes a line of a comment for a directive."""
    return _DIRECTIVE.match(line) is not None


def _is_comment(html: str) -> bool:
    """Return whether a block of HTML is one comment and nothing else."""
    content = html.strip()
    return content.startswith("<!--") and content.find("-->", 4) == len(content) - 3


def is_note(html: str) -> bool:
    """Return whether a block of HTML is a speaker note: one comment without directives."""
    lines = (line.partition("<!--")[2] or line for line in html.strip().split("\n"))
    return _is_comment(html) and not any(map(is_directive, lines))


def paragraphs(token: Token, cutter: Cutter) -> Iterator[list[Range]]:
    """Yield the paragraphs of a speaker note; none of directives, other HTML, and slides in a comment."""
    assert token.map is not None  # noqa: S101 (blocks have one)
    if not _is_comment(token.content):
        return
    rows = [(cutter.masked[row], cutter.start(row)) for row in range(*token.map)]
    if any(is_directive(line.partition("<!--")[2] or line) or _MARKUP.match(line) for line, _ in rows):
        return
    paragraph: list[Range] = []
    for line, start in rows:
        opening, closing = line.find("<!--"), line.find("-->")
        begin = opening + 4 if opening >= 0 else 0
        end = closing if closing >= begin else len(line)
        text = line[begin:end]
        if text.strip():
            lead = len(text) - len(text.lstrip())
            paragraph.append((start + begin + lead, start + begin + len(text.rstrip())))
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def front(mask: Mask, token: Token) -> Iterator[tuple[str, str, Range]]:
    """Yield key, quotes and place of the texts to translate; those with escapes in them are left alone."""
    for number, line in enumerate(token.content.split("\n"), 1):
        match = _SCALAR.fullmatch(line)
        if match and match["key"] in FRONT:
            start = mask.starts[number] + match.start("value")
            value = match["value"]
            quote = value[0] if value[0] in "\"'" and value[-1:] == value[0] and len(value) > 1 else ""
            inner = value[1:-1] if quote else value
            if (not {"\\", quote} & set(inner)) if quote else _PLAIN.fullmatch(value):
                yield match["key"], quote or "plain", (start + bool(quote), start + len(value) - bool(quote))


def quoted(text: str, style: str) -> str:
    """Escape `text` for the quotes of a YAML value, except in its Jinja tags; one without quotes gets them."""
    pieces: list[str] = []
    position = 0
    for tag in scan(text)[0]:
        pieces += [_escaped(text[position : tag.start], style), text[tag.start : tag.end]]
        position = tag.end
    inner = "".join([*pieces, _escaped(text[position:], style)])
    return f'"{inner}"' if style == "plain" else inner


def _escaped(text: str, style: str) -> str:
    return text.replace("'", "''") if style == "'" else text.replace("\\", "\\\\").replace('"', '\\"')
