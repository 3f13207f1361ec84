"""Anchors: marks before each line of a deck's own text that say which line of the template it is.

Jinja writes them out with the text, so loops and conditions need no care. `rendering.trace` takes them out again.
"""

from __future__ import annotations

import re

from jinja2 import nodes

from livedeck.template.private_use import DIGITS, spell

_OPEN, _CLOSE = "\U0010fe20", "\U0010fe21"
ANCHOR = re.compile(f"{_OPEN}({DIGITS}){_CLOSE}")


def anchor_of(line: int) -> str:
    """Return the anchor of a line."""
    return f"{_OPEN}{spell(f'{line:x}')}{_CLOSE}"


def anchor(node: nodes.Node) -> None:
    """Put an anchor before each line of the deck's own text."""
    if isinstance(node, nodes.TemplateData):
        rows = enumerate(node.data.split("\n"), node.lineno)
        node.data = "\n".join(anchor_of(line) + row for line, row in rows)
    for child in node.iter_child_nodes():
        # The text in these is a value, or typed into a shell, before it is written: an anchor would change it.
        if not isinstance(child, nodes.Macro | nodes.AssignBlock | nodes.FilterBlock):
            anchor(child)
