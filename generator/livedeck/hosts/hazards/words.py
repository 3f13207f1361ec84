"""Words of a shell command: as they stand, and as the command will get them where that can be known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

EXPANSIONS = frozenset(
    ["simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution"]
)
QUOTED = re.compile(r'\\(["\\$`\n])')
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
ANSI_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
# A template's tags, read as one letter that no command uses: a word that only the template knows.
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
FIRST_LETTER, LETTERS = 0xE000, 0x1800
LETTER = re.compile("[\ue000-\uf7ff]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands (`source`) and without its quotes (`text`); `known` unless the shell puts something in it."""

    source: str
    text: str
    known: bool = True

    @property
    def is_name(self) -> bool:
        """Whether it says by itself which command it is."""
        return self.known and not LETTER.search(self.text)


@cache
def _parser() -> Parser:
    import tree_sitter_bash  # noqa: PLC0415 (a compiled grammar: loaded where a command is really read)
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


def parse(code: str) -> Tree:
    """Return bash's reading of `code`."""
    return _parser().parse(code.encode())


def mask(text: str) -> tuple[str, Sequence[str]]:
    """Return `text` with a letter for each tag that is a value and an end of line for others, and the former."""
    tags: list[str] = []

    def letter(match: re.Match[str]) -> str:
        if not match[0].startswith("{{"):
            return "\n" if match[0].startswith("{%") else " "
        tags.append(match[0])
        return chr(FIRST_LETTER + min(len(tags), LETTERS) - 1)

    return TAG.sub(letter, text), tags


def unmask(text: str, tags: Sequence[str]) -> str:
    """Return `text` with the tags in their places."""
    return LETTER.sub(lambda match: tags[at] if (at := ord(match[0]) - FIRST_LETTER) < len(tags) else match[0], text)


def source(node: Node) -> str:
    """Return the code of a node."""
    return (node.text or b"").decode(errors="replace")


def word(node: Node) -> Word:
    """Return the word that a node of the tree is."""
    text, known = _value(node)
    return Word(source(node), text, known)


def joined(words: Iterable[Word]) -> str:
    """Return the words as they stand, on one line."""
    return " ".join(" ".join(word.source for word in words).split())


def _value(node: Node) -> tuple[str, bool]:
    raw = source(node)
    if node.type in EXPANSIONS:
        return raw, False
    if node.type == "raw_string":
        return raw[1:-1], True
    if node.type == "ansi_c_string":
        return ANSI_ESCAPED.sub(_ansi, raw[2:-1]), True
    if node.type in ("string", "translated_string"):
        start = node.start_byte + (2 if raw.startswith('$"') else 1)
        inner = node.named_children[0] if node.type == "translated_string" and node.named_children else node
        return _pieces(inner, start, node.end_byte - 1, QUOTED)
    if node.type in ("concatenation", "command_name"):
        return _pieces(node, node.start_byte, node.end_byte, ESCAPED)
    return ESCAPED.sub(_unescaped, raw), not any(child.type in EXPANSIONS for child in node.named_children)


def _pieces(node: Node, start: int, end: int, escaped: re.Pattern[str]) -> tuple[str, bool]:
    """Return the value of what stands between two bytes: the parts, and what the tree has no part for."""
    code = (node.text or b"")[start - node.start_byte : end - node.start_byte]
    text, known, at = "", True, start
    for child in node.named_children:
        text += escaped.sub(_unescaped, code[at - start : child.start_byte - start].decode(errors="replace"))
        if child.type == "string_content":
            value, sure = QUOTED.sub(_unescaped, source(child)), True
        else:
            value, sure = _value(child)
        text, known, at = text + value, known and sure, child.end_byte
    return text + escaped.sub(_unescaped, code[at - start :].decode(errors="replace")), known


def _unescaped(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1]


def _ansi(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits or match[3]:
        return chr(int(digits, 16) if digits else int(match[3], 8))
    return ANSI.get(match[4], match[4])
