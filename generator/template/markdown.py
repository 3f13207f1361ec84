"""Markdown as Marp reads it: CommonMark with tables, strikethrough, HTML and front matter (Marp Core's own set)."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin


class _Parser(MarkdownIt):
    """Link targets stay as written, so that what stands in them can be found again."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (markdown-it's name)
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 (markdown-it's name)
        return super().validateLink(super().normalizeLink(url))


@cache
def _parser(*, inline: bool) -> MarkdownIt:
    parser = _Parser("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(front_matter_plugin)
    if not inline:
        parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def blocks(text: str) -> list[Token]:
    """The block tokens of `text`, with line maps; what stands inside a line is not looked at."""
    return _parser(inline=False).parse(text)


def parse(text: str) -> list[Token]:
    """All tokens of `text`; inline tokens carry their children."""
    return _parser(inline=True).parse(text)


def slides(tokens: list[Token]) -> int:
    """How many slides Marp makes of it: one more than the rulers at the top level."""
    return 1 + sum(token.type == "hr" and token.level == 0 for token in tokens)


def code_span(text: str) -> str:
    """`text`, one line, as a code span that shows exactly it."""
    ticks = "`" * shortest_free_run(text)
    pad = " " if text.startswith("`") or text.endswith("`") or (text[:1] == text[-1:] == " " and text.strip()) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(info: str, lines: tuple[str, ...]) -> list[str]:
    """`lines` as a backtick fence that no line of it can close."""
    longest = max((len(run) for line in lines for run in _runs(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [f"{ticks}{info}", *lines, ticks]


def shortest_free_run(text: str) -> int:
    """The least number of backticks, from 1, that do not stand in `text` as a run of just that length."""
    taken = {len(run) for run in _runs(text)}
    return next(n for n in range(1, len(taken) + 2) if n not in taken)


def _runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split(" ") if run]
