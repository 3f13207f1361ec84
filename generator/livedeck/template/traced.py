"""Which line of the template each line of the Markdown came from.

Jinja is made to write an anchor before every line of a deck's own text. Loops and conditions need no care then: what
came out tells where it was written. The anchors leave before anything else looks at the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jinja2 import nodes

from livedeck.template.rendering.placeholders import DIGITS, Placeholders, spelled

_OPEN, _CLOSE = "\U0010fe20", "\U0010fe21"
_ANCHOR = re.compile(f"{_OPEN}([{''.join(DIGITS.values())}]+){_CLOSE}")
_FIRST = re.compile(f"(?:{_ANCHOR.pattern})+")
_CAPTURED = (nodes.Macro, nodes.AssignBlock, nodes.FilterBlock, nodes.CallBlock)
"""What stands in these is a value before it is written, and an anchor would change it: one stands before the whole."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text for a piece of a text, and the line of the template that it belongs to."""

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
        """The text with pieces replaced; edits are in order and do not overlap."""
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
        """The text with further lines, which belong to its last one."""
        added = tuple(lines)
        return Traced("\n".join([self.text, *added]), self.lines + self.lines[-1:] * len(added))


def anchor(tree: nodes.Template) -> None:
    """Have the deck's own text bring an anchor before each line."""
    _anchor(tree)


def trace(text: str, holes: Placeholders) -> Traced:
    """What Jinja wrote, without the anchors.

    Of several anchors the last one counts: the others end lines that hold only tags. A line without any is that of its
    first value, or of the line before.
    """
    lines: list[int] = []
    rows: list[str] = []
    for row in text.split("\n"):
        found = _FIRST.match(row)
        own = _ANCHOR.sub("", row)
        inside = next(holes.find(own), None)
        if found:
            lines.append(spelled(found[1]))
        elif inside:
            lines.append(holes.at(inside[2]).line)
        else:
            lines.append(lines[-1] if lines else 1)
        rows.append(own)
    return Traced("\n".join(rows), tuple(lines))


def _anchor(node: nodes.Node) -> None:
    if isinstance(node, nodes.TemplateData):
        rows = node.data.split("\n")
        node.data = "\n".join(_written(node.lineno + index) + row for index, row in enumerate(rows))
        return
    for child in node.iter_child_nodes():
        if not isinstance(child, _CAPTURED):
            _anchor(child)
    for name, value in node.iter_fields():
        if isinstance(value, list) and any(isinstance(child, _CAPTURED) for child in value):
            setattr(node, name, [part for child in value for part in _with_anchor(child)])


def _with_anchor(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, nodes.CallBlock | nodes.FilterBlock):
        yield nodes.Output([nodes.TemplateData(_written(node.lineno))], lineno=node.lineno)
    yield node


def _written(line: int) -> str:
    return _OPEN + "".join(DIGITS[digit] for digit in format(line, "x")) + _CLOSE
