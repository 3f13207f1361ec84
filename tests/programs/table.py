"""The table of programs: what is typed into each, and what the slide shows.

A file of the table is Markdown as in a deck. Below each run fence that a slide shows stands a fence `shown` with what
its terminal has to show. `...` stands for anything within a line, and on a line of its own for any number of lines. The
first line names the Debian packages that are needed, if any.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("table")
HEAD = "---\nmarp: true\ntheme: mspt2\n---\n\n"
PACKAGES = re.compile(r"\Apackages: (.*)\n")
SHOWN = re.compile(r"^```shown\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
TERMINAL = re.compile(r"^(`{3,})terminal[^\n]*\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
ANYTHING = "..."


@dataclass(frozen=True)
class Program:
    """A row of the table."""

    name: str
    packages: tuple[str, ...]
    deck: str
    shown: tuple[str, ...]

    def misses(self, blocks: Sequence[str]) -> list[str]:
        """Return the terminals of a slide that do not show what they have to."""
        pairs = zip(blocks, self.shown, strict=True)
        return [block for block, wanted in pairs if not pattern(wanted).fullmatch(block)]

    def told(self, blocks: Sequence[str]) -> str:
        """Return the row for a person to read."""
        typed = "\n".join(f"    {line}" for line in self.deck.removeprefix(HEAD).strip().split("\n"))
        shown = "\n".join(f"  | {line}" for block in blocks for line in [*block.splitlines(), ""])
        return f"\n{self.name}\n{typed}\n{shown}"


def read(path: Path) -> Program:
    text = path.read_text(encoding="utf-8")
    packages = PACKAGES.match(text)
    deck = SHOWN.sub("", PACKAGES.sub("", text))
    return Program(path.stem, tuple(packages[1].split()) if packages else (), HEAD + deck, tuple(SHOWN.findall(text)))


def terminals(markdown: str) -> list[str]:
    """Return what the terminals of a built deck show."""
    return [text for _, text in TERMINAL.findall(markdown)]


def pattern(wanted: str) -> re.Pattern[str]:
    lines = []
    for line in wanted.splitlines():
        if line == ANYTHING:
            lines.append(r"(?:[^\n]*\n)*?")
        else:
            lines.append("[^\n]*".join(map(re.escape, line.split(ANYTHING))) + r"[ ]*\n")
    return re.compile("".join(lines))
