"""Every node of a parsed template with the nodes around it, and which nodes are run fences and claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jinja2 import nodes

from livedeck.template.program.tags import CONDITION, STEP

Above = tuple[nodes.Node, ...]
"""The nodes around one, outermost first."""
Found = Sequence[tuple[nodes.Node, Above]]


def is_step(node: nodes.Node) -> bool:
    """Return whether a node is what a run fence became."""
    return isinstance(node, nodes.FilterBlock) and node.filter.name == STEP


def is_claim(node: nodes.Node) -> bool:
    """Return whether a node is a branch of a claim."""
    return isinstance(node, nodes.If) and isinstance(node.test, nodes.Filter) and node.test.name == CONDITION


def step_number(node: nodes.Node) -> int:
    """Return the index of a run fence's step."""
    assert isinstance(node, nodes.FilterBlock)  # noqa: S101 (narrowing)
    return int(node.filter.args[0].as_const())


def everything(node: nodes.Node, above: Above = ()) -> Iterator[tuple[nodes.Node, Above]]:
    """Yield every node below one, in the order of the template, with the nodes around it."""
    for child in node.iter_child_nodes():
        around = (*above, node)
        yield child, around
        yield from everything(child, around)
