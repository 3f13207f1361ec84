"""A text that knows which line of the template each of its lines came from, through every edit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a piece of a text; `line` is the line of the template that the new text belongs to."""

    start: int
    end: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A text with the line of the template (from 1) that each of its lines came from."""

    text: str
    lines: tuple[int, ...]

    def edited(self, edits: Iterable[Edit]) -> Traced:
        """Return the text with pieces replaced; edits are in order and do not overlap."""
        pieces: list[str] = []
        lines = [self.lines[0]]
        old = position = 0
        for edit in (*edits, Edit(len(self.text), len(self.text), "", self.lines[-1])):
            kept = self.text[position : edit.start]
            lines += self.lines[old + 1 : old + 1 + kept.count("\n")]
            old += kept.count("\n") + self.text.count("\n", edit.start, edit.end)
            whole = not edit.start or self.text[edit.start - 1] == "\n"
            if whole and edit.text:
                lines[-1] = edit.line
            lines += [edit.line] * edit.text.count("\n")
            if whole and (not edit.text or edit.text.endswith("\n")):
                lines[-1] = self.lines[old]
            pieces += [kept, edit.text]
            position = edit.end
        return Traced("".join(pieces), tuple(lines))

    def followed_by(self, lines: Iterable[str]) -> Traced:
        """Return the text with more lines at its end, which belong to its last one."""
        added = tuple(lines)
        return Traced("\n".join([self.text, *added]), self.lines + self.lines[-1:] * len(added))
