"""Values inside a `{% set %}` block or a macro: plain text, because the whole is a value, printed or compared later.

Only what stands in the deck itself leaves Jinja as a token: a token in a variable would be seen by `==` and `length`.
A macro that a `{% call %}` block prints writes to the deck directly, so there its values are tokens again.
"""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import nodes

INNER = "livedeck_inner"
CALLED = "livedeck_called"


@dataclass(frozen=True, slots=True)
class NestedValue:
    """A value on its way to `finalize` from inside a set block or a macro."""

    value: object


def mark(tree: nodes.Template) -> None:
    """Make the `{{ }}` of set blocks and macros `NestedValue`, and have call blocks tell when they run."""
    for block in tree.find_all((nodes.Macro, nodes.AssignBlock)):
        for output in block.find_all(nodes.Output):
            output.nodes = [_marked(node) for node in output.nodes]
    for call in tree.find_all(nodes.CallBlock):
        if not isinstance(call.call.node, nodes.ExtensionAttribute):
            call.call.node = _filter(call.call.node, CALLED)


def _marked(node: nodes.Expr) -> nodes.Expr:
    done = isinstance(node, nodes.TemplateData) or (isinstance(node, nodes.Filter) and node.name == INNER)
    return node if done else _filter(node, INNER)


def _filter(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno, environment=node.environment)
