"""Cut the text of a fence into the commands that a person would type, by bash's grammar (tree-sitter-bash)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from livedeck.model import Step

if TYPE_CHECKING:
    from tree_sitter import Parser

_FOREIGN = re.compile(r"[^\x00-\x7f]")


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415 (a compiled grammar: loaded where a fence is really cut)
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


def split(text: str) -> tuple[str, ...]:
    """Return the commands of `text`, in order, as they are written.

    Heredocs, loops, functions and continued lines are one command; so is what shares a line (`a; b`). Blank lines go.
    Where the grammar finds an error (an unbalanced quote), everything in its span is one command: bash will report it.
    Two heredocs after one command are such an error. Where the second one ends is unknown: the rest belongs to it.
    """
    lines = text.split("\n")
    spans: list[tuple[int, int]] = []
    # The grammar hands whole code points to isdigit, where C leaves them undefined: `{` and a rare letter crash it.
    ascii_only = _FOREIGN.sub(lambda char: f"x{ord(char[0]):x}", text)
    for child in _parser().parse(ascii_only.encode()).root_node.children:
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


def miscounted(step: Step, number: int) -> Iterator[tuple[str, str]]:
    """Yield what does not fit a step that has `number` commands, and what to do about it."""
    if number == 0:
        yield "this run fence holds no command", "write one, or delete the fence"
    elif step.exits and len(step.exits) != number:
        yield f"exit names {len(step.exits)} exit codes for {number} commands", "name one for each command, or any"
    if isinstance(step.copy, int) and step.copy > number > 0:
        yield f"copy={step.copy} where there are {number} commands", "count from 1"


def typed_file(step: Step) -> str:
    """Return the command with which a person would write the text of a file step to its path."""
    path = step.file or ""
    lines = step.text.split("\n")
    mark = next(mark for n in range(len(lines) + 1) if (mark := f"EOF{n or ''}") not in lines)
    home = "~/" if path.startswith("~/") else ""
    target = home + shlex.quote(path.removeprefix(home))
    above = path.removeprefix(home).rpartition("/")[0]
    folder = f"mkdir -p -- {home}{shlex.quote(above)} && " if above else ""
    return f"{folder}cat > {target} << '{mark}'\n{step.text}\n{mark}"


def is_comment(command: str) -> bool:
    """Return whether a command does nothing: only comment lines."""
    return all(line.lstrip().startswith("#") or not line.strip() for line in command.split("\n"))
