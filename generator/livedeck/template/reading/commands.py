"""Cut the text of a fence into the commands that a person would type, by bash's grammar (tree-sitter-bash)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from livedeck.model import Step

if TYPE_CHECKING:
    from tree_sitter import Parser

_NEXT = ":"
"""A command that may follow any other."""
_FOREIGN = re.compile(r"[^\x00-\x7f]")


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415 (a compiled grammar: loaded where a fence is really cut)
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


def commands_of(step: Step, text: str, *, in_program: bool) -> tuple[str, ...]:
    """Return what is typed for the text of a step, one by one.

    A shell gets commands by bash's grammar. A program gets lines, blank ones too; `in_program` says that one is
    waiting. Of a step that opens a program the first command is bash's, and its other lines are the program's.
    """
    if in_program:
        return tuple(text.split("\n"))
    return _opener(text) if step.prompts else split(text)


def _opener(text: str) -> tuple[str, ...]:
    """Return the first command of a text, and each line below it."""
    lines = text.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    for end in range(1, len(lines)):
        # Where the next line begins a command of its own, this one is complete.
        command = "\n".join(lines[:end])
        broken = _parser().parse(_plain(command)).root_node.has_error
        if not broken and split(f"{command}\n{_NEXT}") == (*split(command), _NEXT):
            return (command, *lines[end:])
    return split(text)


def split(text: str) -> tuple[str, ...]:
    """Return the commands of `text`, in order, as they are written.

    Heredocs, loops, functions and continued lines are one command; so is what shares a line (`a; b`). Blank lines go.
    Where the grammar finds an error (an unbalanced quote), everything in its span is one command: bash will report it.
    Two heredocs after one command are such an error. Where the second one ends is unknown: the rest belongs to it.
    """
    lines = text.split("\n")
    spans: list[tuple[int, int]] = []
    for child in _parser().parse(_plain(text)).root_node.children:
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


def _plain(text: str) -> bytes:
    """Return a text as the grammar can read it.

    It hands whole code points to isdigit, where C leaves them undefined: `{` and a rare letter crash it.
    """
    return _FOREIGN.sub(lambda char: f"x{ord(char[0]):x}", text).encode()


def misfits(step: Step, commands: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what does not fit a step that has these commands, and what to do about it."""
    number = len(commands)
    if number == 0:
        yield "this run fence holds no command", "write one, or delete the fence"
    elif step.exits and len(step.exits) != number:
        yield f"exit names {len(step.exits)} exit codes for {number} commands", "name one for each command, or any"
    if isinstance(step.copy, int) and step.copy > number > 0:
        yield f"copy={step.copy} where there are {number} commands", "count from 1"


def misopened(step: Step, commands: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what does not fit a step of these commands that opens a shell or a program, and what to do about it."""
    opens = "shell" if step.shell else "prompt" if step.prompts else None
    if opens and commands and is_comment(commands[0]):
        yield f"{opens} is for the first command, and that is a comment", "put the comment into a fence of its own"
    if opens and step.input is not None and len(commands) > 1:
        hint = "leave only the first one in this fence, and type the others in the next"
        yield f"{opens} and input with {len(commands)} commands: input is for each of them", hint


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
