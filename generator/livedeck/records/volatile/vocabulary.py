"""Learn from a record about the values in it: its long ids, names that a command chose, names that Docker gave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from livedeck.records.columns import tables
from livedeck.records.volatile.patterns import RANDOM_NAME
from livedeck.records.volatile.reading import Vocabulary, read

_LONG = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{12}|[0-9a-z]{25})(?![0-9A-Za-z])")
_CHOSEN = re.compile(r"(?:--name[= ]|container_name:)\s*[\"']?([\w.-]+)")
_ID = re.compile(r"[0-9a-f]{12}")
_SHORTEST = 6
_PUBLISHED = re.compile(r"(?:-p|--publish)[= ]\s*[\"']?(?:\S{0,64}:)?(\d{5}):\d")
_PLACE = re.compile(r"\"/([a-z]+_[a-z]+[0-9]?)\"|\bname=([a-z]+_[a-z]+[0-9]?)\b")
_NAMES = frozenset(["NAMES", "NAME/NODE"])
_OF_STATS = ("CONTAINER ID", "NAME")


def learn(captures: Sequence[tuple[str, Sequence[str]]]) -> Vocabulary:
    """Learn from the commands of a record and their outputs.

    A value in a command that no earlier output contains was chosen by the author of the command.
    """
    lines = (line for command, output in captures for line in (*command.split("\n"), *output))
    ids = {text for line in lines for text in _LONG.findall(line)}
    chosen = {text for command, _ in captures for rule in (_CHOSEN, _PUBLISHED) for text in rule.findall(command)}
    chosen.update(_first_named(captures))
    given = {name for command, output in captures for name in _given(command, output)}
    short = {text[:12] for text in ids if len(text) > 12}  # noqa: PLR2004 (the short form of an id)
    names = sorted(given - chosen)
    rule = re.compile(rf"(?<![0-9A-Za-z_])(?:{'|'.join(names)})(?![0-9A-Za-z_])") if names else None
    return Vocabulary(tuple(sorted(text for text in ids if text not in short)), frozenset(chosen), rule)


def _first_named(captures: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Yield values of commands that no earlier output contains; an id may have been shown shorter or longer."""
    named = [_values(command.split("\n")) for command, _ in captures]
    last = max((number for number, values in enumerate(named) if values), default=0)
    shown: set[str] = set()
    for values, (_, output) in zip(named[: last + 1], captures, strict=False):
        yield from (text for thing, text in values.items() if thing not in shown)
        for thing in _values(output):
            shown.add(thing)
            if _ID.fullmatch(thing):
                shown.update(thing[:length] for length in range(_SHORTEST, len(thing)))


def _values(lines: Sequence[str]) -> dict[str, str]:
    """Return the things that lines name, each with its text."""
    return {part.thing: part.text for line in lines for part in read(line, Vocabulary()) if part.thing}


def _given(command: str, output: Sequence[str]) -> Iterator[str]:
    """Yield words in the places of Docker's names: a column of names, `"/name"`, output of a format with names."""
    for line in output:
        for pair in _PLACE.findall(line):
            yield from filter(None, pair)
    if ".Name" in command:
        for line in output:
            yield from filter(RANDOM_NAME.fullmatch, line.replace("/", " ").split())
        return
    for table in tables(output):
        stats = table.heads[:2] == _OF_STATS
        named = [place for place, head in enumerate(table.heads) if head in _NAMES or (stats and place == 1)]
        for cell in (row[place] for row in table.rows for place in named):
            yield from filter(RANDOM_NAME.fullmatch, cell.text.split(" ")[0].split(","))
