"""A fence's text cut into the commands a person would type, by bash's grammar (tree-sitter-bash)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415 (a compiled grammar: loaded where a fence is really cut)
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


def split(text: str) -> tuple[str, ...]:
    """The commands of `text`, in order, as they stand there.

    Heredocs, loops, functions and continued lines are one command; so is what shares a line (`a; b`). Blank lines go.
    Where the grammar finds an error (an unbalanced quote), everything the error spans is one command: bash will say so.
    Two heredocs behind one command are such an error, and where the second one ends is unknown: the rest goes with it.
    """
    lines = text.split("\n")
    spans: list[tuple[int, int]] = []
    for child in _parser().parse(text.encode()).root_node.children:
        start, end = child.start_point.row, child.end_point.row
        if end > start and child.end_point.column == 0:
            end -= 1
        if child.has_error and "<<" in lines[start]:
            end = len(lines) - 1
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    seen = {row for start, end in spans for row in range(start, end + 1)}
    spans += [(row, row) for row, line in enumerate(lines) if row not in seen and line.strip()]
    commands = ("\n".join(lines[start : end + 1]).rstrip() for start, end in sorted(spans))
    return tuple(command for command in commands if command)


def is_comment(command: str) -> bool:
    """Whether a command does nothing: only comment lines."""
    return all(line.lstrip().startswith("#") or not line.strip() for line in command.split("\n"))
