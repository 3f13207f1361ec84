"""Scanning scripts for simple commands that destroy something, with bash's grammar (tree-sitter-bash)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from livedeck.hosts.hazards.refusing import Hazard
from livedeck.hosts.hazards.table import MAY, effects, is_foreign
from livedeck.model import Location

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
FOREIGN = re.compile(r"[^\x00-\x7f]")
OVERWRITES = frozenset([">", ">|", "&>", ">&"])


def destructive(commands: Sequence[tuple[Location, str]]) -> tuple[Hazard, ...]:
    """Return what these commands would destroy, in order, without repetitions for a command.

    Args:
        commands: commands, or templates of commands, with their places.
    """
    found = (Hazard(at, text, " ".join(words.split())) for at, text in commands for words in _scan(text))
    return tuple(dict.fromkeys(found))


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415 (a compiled grammar: loaded where a command is really read)
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


def _scan(text: str) -> Iterator[str]:
    # One ASCII letter for each other letter keeps the offsets in tree and text equal. It also avoids a crash: the
    # grammar passes code points to isdigit, which C leaves undefined (`{` and a rare letter are enough).
    code = FOREIGN.sub("x", TAG.sub(_masked, text))
    root = _parser().parse(code.encode()).root_node
    pending = [root]
    while pending:  # without recursion, because code may be deeply nested
        node = pending.pop()
        pending += reversed(node.named_children)
        if node.type == "command":
            words = [text[word.start_byte : word.end_byte] for word in _words(node)]
            for effect in effects(words):
                yield f"{effect}: {' '.join(words)}"
        elif node.type == "file_redirect" and (target := node.child_by_field_name("destination")):
            path = text[target.start_byte : target.end_byte]
            writes = any(child.type in OVERWRITES for child in node.children)
            if writes and target.type != "process_substitution" and is_foreign(path):
                yield f"overwrites files: {path}"
    if root.has_error:
        yield f"{MAY}: {text}"


def _masked(tag: re.Match[str]) -> str:
    """Return a text as long as the tag: a word for a value, the end of a line for a statement, blanks for a comment."""
    size = len(tag[0])
    return {"{": "x" * size, "%": "\n".ljust(size), "#": " " * size}[tag[0][1]]


def _words(command: Node) -> Iterator[Node]:
    if name := command.child_by_field_name("name"):
        yield name
    yield from command.children_by_field_name("argument")
    if command.parent and command.parent.type == "redirected_statement":  # as in `tee <<END /etc/hosts`
        for redirect in command.parent.children_by_field_name("redirect"):
            if redirect.type == "heredoc_redirect":
                yield from redirect.children_by_field_name("argument")
