"""Markdown as Marp reads it: CommonMark with tables, strikethrough, HTML and front matter (Marp Core's own set).

Emphasis beside Korean follows `markdown-it-cjk-friendly`, which the export uses: `**도커(Docker)**를` is bold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType
from mdit_py_plugins.front_matter import front_matter_plugin

from livedeck.errors import TemplateError, refusing

_DEEPEST = 19
"""Marp leaves out what is nested deeper than that, without a word."""
_MOST_TOKENS = 100_000
"""A deck of 100 slides has some 5,000."""
TERMINAL = "terminal"
"""The language of the fence that shows a step; no other fence has it."""
_RUN = re.compile("`+")


class UnreadableError(TemplateError):
    """A text cannot be read as Markdown; `row` is the line of it, from 0."""

    def __init__(self, reason: str, row: int = 0) -> None:
        super().__init__(f"this cannot be read as Markdown: {reason}", hint="write it in a simpler way")
        self.row = row


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 (markdown-it's names)
        end = start
        while end < self.posMax and self.src[end] == self.src[start]:
            end += 1
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[end] if end < self.posMax else " "
        if isWhiteSpace(ord(before)) or isWhiteSpace(ord(after)):
            return Scanned(not isWhiteSpace(ord(after)), not isWhiteSpace(ord(before)), end - start)
        opens, closes = _is_punctuation(before), _is_punctuation(after)
        if canSplitWord:
            beside = _is_cjk(before) or _is_cjk(after)
            opens, closes = opens or beside or not closes, closes or beside or not opens
        return Scanned(opens, closes, end - start)


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _Parser(MarkdownIt):
    """Keep link targets as written, so that values in them can be found again."""

    def __init__(self) -> None:
        super().__init__()
        self.inline = _Inline()
        self.configure("commonmark", {"html": True})
        self.enable(["table", "strikethrough"]).use(front_matter_plugin)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (markdown-it's name)
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 (markdown-it's name)
        return super().validateLink(super().normalizeLink(url))


@cache
def _parser(*, inline: bool) -> MarkdownIt:
    parser = _Parser()
    if not inline:
        parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _is_cjk(char: str) -> bool:
    """Return what `markdown-it-cjk-friendly` does: wide and halfwidth forms and all Hangul, but no emoji."""
    width = unicodedata.east_asian_width(char)
    if width == "W":
        return not ("\u231a" <= char <= "\u2b55" or "\U0001f000" <= char <= "\U0001faff")
    return width in ("F", "H") or (width == "N" and unicodedata.name(char, "").startswith("HANGUL"))


def blocks(text: str) -> list[Token]:
    """Return the block tokens of `text`, with line maps; inline text is not parsed. Raises UnreadableError."""
    return _tokens(text, {}, inline=False)


@lru_cache(maxsize=8)
def parse(text: str) -> tuple[Token, ...]:
    """Return all tokens of `text`; inline tokens carry their children. Callers share them and must not change them.

    Raises UnreadableError.
    """
    return tuple(_tokens(text, {}, inline=True))


def references(text: str) -> Mapping[str, Any]:
    """Return the link definitions of `text`, as `inline` takes them."""
    env: dict[str, Any] = {}
    _tokens(text, env, inline=False)
    return dict(env.get("references", {}))


def is_terminal(token: Token | SyntaxTreeNode) -> bool:
    """Return whether a block shows what a step did."""
    return token.type == "fence" and token.info.split(" ")[0] == TERMINAL


def inline(text: str, references: Mapping[str, Any]) -> list[Token]:
    """Return the inline tokens of one paragraph of a document that has these link definitions.

    Raises UnreadableError.
    """
    with refusing(UnreadableError):
        (token,) = _parser(inline=True).parseInline(text, {"references": dict(references)})
    return token.children or []


def _tokens(text: str, env: dict[str, Any], *, inline: bool) -> list[Token]:
    """Return the tokens of a text; `env` gets its link definitions. Raises UnreadableError."""
    with refusing(UnreadableError):
        tokens = _parser(inline=inline).parse(text, env)
    if len(tokens) > _MOST_TOKENS:
        raise UnreadableError("it has too many parts", (tokens[_MOST_TOKENS].map or [0])[0])
    if max((token.level for token in tokens), default=0) >= _DEEPEST:
        deep = next(token for token in tokens if token.level >= _DEEPEST)
        raise UnreadableError("it is nested too deeply", deep.map[0] if deep.map else 0)
    return tokens


def code_span(text: str) -> str:
    """Return `text`, one line, as a code span that shows exactly it."""
    taken = {len(run) for run in _RUN.findall(text)}
    ticks = "`" * next(n for n in range(1, len(taken) + 2) if n not in taken)
    ends = text[:1] + text[-1:]
    pad = " " if "`" in ends or (ends == "  " and text.strip(" ")) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(info: str, lines: tuple[str, ...]) -> list[str]:
    """Return `lines` as a backtick fence that no line of it can close."""
    longest = max((len(run) for line in lines for run in _RUN.findall(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [f"{ticks}{info}", *lines, ticks]
