"""Arguments of a command, told apart into options and operands; and paths, into the deck's own and others."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from livedeck.hosts.hazards.words import LETTER, Word

UNKNOWN = "cannot be known before it runs"
HOME = re.compile(r"(?:~|\$HOME|\$\{HOME\})(?=/|$)")
# Folders and devices that exist to be written to.
FREE = re.compile(r"(?:/tmp|/var/tmp|\$TMPDIR|\$\{TMPDIR\})/|/dev/(?:null|zero|full|tty|std(?:in|out|err)|fd/\d+)$")
OWN = re.compile(r"\$PWD|\$\{PWD\}")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a command was given: its options, each a letter (`-f`) or a name (`--force`), and all the rest."""

    options: frozenset[str]
    operands: tuple[Word, ...]

    def has(self, *options: str) -> bool:
        """Tell whether one of these options was given."""
        return not self.options.isdisjoint(options)


def arguments(words: Sequence[Word], takes: Iterable[str] = ()) -> Arguments:
    """Tell options from operands; an option in `takes` has its value in the next word unless it stands in its own."""
    options: set[str] = set()
    operands: list[Word] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.text == "--":
            operands += rest
            break
        given = _options(word.text)
        options |= given
        if not given:
            operands.append(word)
        elif rest and _wants_value(word.text, takes):
            rest.pop(0)
    return Arguments(frozenset(options), tuple(operands))


def after_options(words: Sequence[Word], takes: Iterable[str] = ()) -> tuple[Word, ...]:
    """Return the words from the first one that is neither an option nor an option's value."""
    rest = list(words)
    while rest and (_options(rest[0].text) or rest[0].text == "--"):
        first = rest.pop(0).text
        if first == "--":
            break
        if rest and _wants_value(first, takes):
            rest.pop(0)
    return tuple(rest)


def path_hazard(word: Word) -> str | None:
    """Return the path if writing there could destroy what is not the deck's: an absolute one outside the home.

    Where that depends on a variable, say so instead. The folder for temporary files, and a path that is relative, are
    the deck's own business.
    """
    text = word.text
    if home := HOME.match(text):
        inside = posixpath.normpath(f"/home/{text[home.end() :]}")
        return None if inside == "/home" or inside.startswith("/home/") else word.source
    normal = posixpath.normpath(text) if text.startswith("/") else text
    if FREE.match(normal) or OWN.match(text):
        return None
    if text.startswith("/"):
        return word.source
    starts_known = word.known or not text.startswith(("$", "`", "<(", ">("))
    return None if starts_known and not LETTER.match(text) else f"{word.source} ({UNKNOWN})"


def _options(text: str) -> set[str]:
    if text.startswith("--") and len(text) > len("--"):
        return {text.partition("=")[0]}
    if text.startswith("-") and text not in ("-", "--"):
        return {f"-{letter}" for letter in text[1:]} | {text}
    return set()


def _wants_value(text: str, takes: Iterable[str]) -> bool:
    if text.startswith("--"):
        return text in takes
    # Of letters in one word only the last can take the next word, and only if none before it took the rest.
    return f"-{text[-1]}" in takes and not any(f"-{letter}" in takes for letter in text[1:-1])
