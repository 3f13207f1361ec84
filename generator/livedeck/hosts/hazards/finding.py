"""Finding hazards: every command that bash would run, wherever in the code it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from livedeck.hosts.hazards.arguments import UNKNOWN, path_hazard
from livedeck.hosts.hazards.prefixes import Code, bare, code, name_of
from livedeck.hosts.hazards.refusing import Hazard
from livedeck.hosts.hazards.rules import hazard
from livedeck.hosts.hazards.words import Word, joined, mask, parse, source, unmask, word
from livedeck.model import Location

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 8
"""How many shells inside shells are followed."""
WRITES = frozenset([">", ">|", "&>", ">&"])
BACKSLASHES = {"n": "\n", "t": "\t", "\\": "\\"}
FED_BY_A_FILE = Code(None)


def destructive(commands: Sequence[tuple[Location, str]]) -> tuple[Hazard, ...]:
    """Return what these commands would destroy, in their order; each thing once for a command.

    Args:
        commands: commands, or the templates of commands, with their places.
    """
    found: dict[Hazard, None] = {}
    for at, text in commands:
        masked, tags = mask(text)
        for words in _all_in(masked):
            found[Hazard(at, text, " ".join(unmask(words, tags).split()))] = None
    return tuple(found)


def _all_in(text: str) -> list[str]:
    try:
        return list(_in_code(text, 0))
    except RecursionError:
        return [f"{UNKNOWN}: nested too deeply"]


def _in_code(text: str, depth: int) -> Iterator[str]:
    root = parse(text).root_node
    if depth > DEEPEST:
        yield f"{UNKNOWN}: {text}"
        return
    yield from _visit(root, None, depth)
    if root.has_error:
        yield f"{UNKNOWN}: no complete shell command: {text}"


def _visit(node: Node, fed: Code | None, depth: int) -> Iterator[str]:
    """Yield what the commands at and below a node destroy; `fed` is what they read."""
    if node.type == "pipeline":
        yield from _pipeline(node.named_children, fed, depth)
    elif node.type == "redirected_statement":
        yield from _redirected(node, fed, depth)
    elif node.type == "command":
        yield from _command(node, (), fed, depth)
    elif node.type == "file_redirect":
        yield from _file_redirect(node)
        yield from _children(node, depth)
    elif node.type in ("command_substitution", "process_substitution", "function_definition"):
        yield from _children(node, depth)
    else:
        for child in node.named_children:
            yield from _visit(child, fed, depth)


def _children(node: Node, depth: int) -> Iterator[str]:
    for child in node.named_children:
        yield from _visit(child, None, depth)


def _pipeline(parts: Sequence[Node], fed: Code | None, depth: int) -> Iterator[str]:
    for part in parts:
        yield from _visit(part, fed, depth)
        fed = _written(part, fed)


def _redirected(node: Node, fed: Code | None, depth: int) -> Iterator[str]:
    body = node.child_by_field_name("body")
    redirects = [child for child in node.named_children if child != body]
    extra: list[Word] = []
    for redirect in redirects:
        fed = _feed(redirect) or fed
        if redirect.type == "heredoc_redirect":
            extra += [word(argument) for argument in redirect.children_by_field_name("argument")]
    if body and body.type == "command":
        yield from _command(body, extra, fed, depth)
    elif body:
        yield from _visit(body, fed, depth)
    for redirect in redirects:
        if redirect.type != "heredoc_redirect":
            yield from _visit(redirect, None, depth)
            continue
        for child in redirect.named_children:
            if child.type == "pipeline":  # cat <<EOF | sh
                yield from _pipeline(child.named_children, _written(body, fed) if body else fed, depth)
            else:
                yield from _visit(child, None, depth)


def _command(node: Node, extra: Sequence[Word], fed: Code | None, depth: int) -> Iterator[str]:
    name = node.child_by_field_name("name")
    for child in node.named_children:
        fed = _feed(child) or fed
    words = [word(part) for part in (name, *node.children_by_field_name("argument")) if part]
    yield from _run((*words, *extra), fed, depth)
    yield from _children(node, depth)


def _run(words: Sequence[Word], fed: Code | None, depth: int) -> Iterator[str]:
    """Yield what one command destroys, behind its prefixes, and in the code that it gives to a shell."""
    rest = bare(words)
    if not rest:
        return
    if not rest[0].is_name:
        yield f"{UNKNOWN}: {joined(words)}"
        return
    name, given = name_of(rest[0]), rest[1:]
    if (run := code(name, given, fed)) is not None:
        if run.text is None:
            yield f"{UNKNOWN}: {joined(words)}"
        else:
            yield from _in_code(run.text, depth + 1)
        return
    if name == "alias":
        for one in given:
            yield from _in_code(one.text.partition("=")[2], depth + 1)
    if words_of := hazard(name, given):
        yield words_of
    if name == "find":
        for command in _executed(given):
            yield from _run(command, None, depth)


def _executed(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Yield the commands that `find` runs."""
    command: list[Word] | None = None
    for one in words:
        if one.text in ("-exec", "-execdir", "-ok", "-okdir"):
            command = []
        elif command is not None and one.text in (";", "+"):
            yield tuple(command)
            command = None
        elif command is not None:
            command.append(Word("what it finds", "", known=False) if one.text == "{}" else one)


def _file_redirect(node: Node) -> Iterator[str]:
    target = node.child_by_field_name("destination")
    if target is None or target.type == "process_substitution":
        return
    operator = next((child.type for child in node.children if not child.is_named), "")
    place = path_hazard(word(target)) if operator in WRITES and not source(target).isdigit() else None
    if place and source(target) != "-":
        yield f"overwrites {place}"


def _feed(redirect: Node) -> Code | None:
    """Return what a redirection gives a command to read; None if nothing."""
    if redirect.type == "herestring_redirect":
        given = word(redirect.named_children[-1])
        return Code(given.text if given.known else None)
    if redirect.type == "heredoc_redirect":
        body = next((child for child in redirect.named_children if child.type == "heredoc_body"), None)
        return Code(source(body)) if body else None
    reads = redirect.type == "file_redirect" and any(child.type == "<" for child in redirect.children)
    return FED_BY_A_FILE if reads else None


def _written(node: Node, fed: Code | None) -> Code:
    """Return what a command of a pipeline writes, if it does no more than hand on a text."""
    if node.type == "redirected_statement":
        body = node.child_by_field_name("body")
        for child in node.named_children:
            fed = _feed(child) or fed
        return _written(body, fed) if body else Code(None)
    name = node.child_by_field_name("name") if node.type == "command" else None
    if name is None:
        return Code(None)
    for child in node.named_children:
        fed = _feed(child) or fed
    given = [word(part) for part in node.children_by_field_name("argument")]
    if source(name) == "cat" and not given:
        return fed or Code(None)
    if source(name) in ("echo", "printf") and all(one.known for one in given):
        text = "\n".join(one.text for one in given) if source(name) == "printf" else " ".join(one.text for one in given)
        return Code(re.sub(r"\\([nt\\])", lambda match: BACKSLASHES[match[1]], text))
    return Code(None)
