"""Values inside a `{% set %}` block or a macro: plain text, because the whole is a value, printed or compared later.

Only what is in the deck itself leaves Jinja as a token: a token in a variable would be seen by `==` and `length`.
"""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import nodes

INNER = "livedeck_inner"


@dataclass(frozen=True, slots=True)
class NestedValue:
    """A value on its way to `finalize` from inside a set block or a macro."""

    value: object


def mark(tree: nodes.Template) -> None:
    """Make the `{{ }}` of set blocks and macros `NestedValue`, and lists of what calls get one by one (`*values`)."""
    for block in tree.find_all((nodes.Macro, nodes.AssignBlock)):
        for output in block.find_all(nodes.Output):
            output.nodes = [_marked(node) for node in output.nodes]
    calls: tuple[type[nodes.Node], ...] = (nodes.Call, nodes.Filter, nodes.Test)
    for call in tree.find_all(calls):
        assert isinstance(call, nodes.Call | nodes.Filter | nodes.Test)  # noqa: S101 (narrowing)
        if call.dyn_args is not None:
            call.dyn_args = nodes.Filter(call.dyn_args, "list", [], [], None, None, lineno=call.lineno)


def _marked(node: nodes.Expr) -> nodes.Expr:
    # Blocks nest: what an outer one has marked is met again in an inner one.
    if isinstance(node, nodes.TemplateData) or (isinstance(node, nodes.Filter) and node.name == INNER):
        return node
    return nodes.Filter(node, INNER, [], [], None, None, lineno=node.lineno, environment=node.environment)
