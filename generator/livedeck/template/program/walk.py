"""What stands where in a parsed template."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from livedeck.template.program.tags import CONDITION, STEP_FILTER

Above = tuple[nodes.Node, ...]
"""The nodes that one stands in, outermost first."""


def is_step(node: nodes.Node) -> bool:
    """Whether a node is what a run fence became."""
    if isinstance(node, nodes.FilterBlock):
        return node.filter.name == STEP_FILTER
    return (
        isinstance(node, nodes.CallBlock)
        and isinstance(node.call.node, nodes.ExtensionAttribute)
        and node.call.node.name == "_step"
    )


def is_claim(node: nodes.Node) -> bool:
    """Whether a node is a branch of a claim."""
    return isinstance(node, nodes.If) and isinstance(node.test, nodes.Filter) and node.test.name == CONDITION


def step_number(node: nodes.Node) -> int:
    """Which step of the template a step's node is."""
    call = (
        node.filter if isinstance(node, nodes.FilterBlock) else node.call if isinstance(node, nodes.CallBlock) else None
    )
    assert call is not None  # noqa: S101 (narrowing)
    (index,) = call.args
    assert isinstance(index, nodes.Const)  # noqa: S101 (narrowing)
    return int(index.value)


def everything(node: nodes.Node, above: Above = ()) -> Iterator[tuple[nodes.Node, Above]]:
    """Every node below one, in the order of the template, with the nodes it stands in, outermost first."""
    for child in node.iter_child_nodes():
        around = (*above, node)
        yield child, around
        yield from everything(child, around)
