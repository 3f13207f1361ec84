"""Stacks of layers, bottom first, and what they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["read-only", "read-write", "new"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. Equal `key`: the same layer on the same layers. `name`, `command` and `size` are shown."""

    key: str
    name: str
    command: str = ""
    size: str = ""
    kind: Kind = "read-only"


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of an image or a container, and what is written above them."""

    name: str
    details: tuple[str, ...]
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LayerRun:
    """Layers that the same stacks have, one on top of the other, and the runs that lie on them.

    `columns` are the positions of those stacks, from the left. A run ends where its stacks part, or one of them ends.
    """

    layers: tuple[Layer, ...]
    columns: range
    above: tuple[LayerRun, ...]


def joined(stacks: Sequence[Stack]) -> tuple[tuple[Stack, ...], tuple[LayerRun, ...]]:
    """Return the stacks in the order in which they are drawn, and the runs at the bottom.

    A layer is shared if it and everything below it is the same. Stacks that share layers are moved side by side; apart
    from that they keep their order.
    """
    order: list[Stack] = []
    runs = tuple(_runs(stacks, 0, order))
    return tuple(order), runs


def _runs(stacks: Sequence[Stack], depth: int, order: list[Stack]) -> Iterator[LayerRun]:
    """Yield the runs that begin at `depth`; add each stack to `order` when its last run is found."""
    groups: dict[str | None, list[Stack]] = {}
    for stack in stacks:
        groups.setdefault(stack.layers[depth].key if depth < len(stack.layers) else None, []).append(stack)
    for key, group in groups.items():
        if key is None:
            order.extend(group)
            continue
        end = depth + 1
        while all(len(stack.layers) > end and stack.layers[end].key == group[0].layers[end].key for stack in group):
            end += 1
        first = len(order)
        above = tuple(_runs(group, end, order))
        yield LayerRun(group[0].layers[depth:end], range(first, len(order)), above)
