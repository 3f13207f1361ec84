"""Steps that depend on the language or on the day, and claims that depend on the day.

All languages and all days replay one record, and what a claim proves is to be true of the next capture, too. So `lang`
and `deck.captured` may choose words only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jinja2 import nodes

from livedeck.errors import TemplateError
from livedeck.model import Location
from livedeck.template.program.walk import Above, is_claim, is_step

_DAY = "deck.captured"
_DIFFERING = {
    "lang": "every language replays one record: let lang choose words only",
    "figure": "every language replays one record, and figures hold words of one: ask the step itself",
    _DAY: "tomorrow's capture would type something else: let the day choose words only",
}
"""What is not the same in each language or on each day, and what to do about it."""

_BINDINGS = (nodes.Assign, nodes.AssignBlock, nodes.For, nodes.With, nodes.Macro)


def steered(found: Sequence[tuple[nodes.Node, Above]], path: str) -> list[TemplateError]:
    """An error for each step that `lang`, a figure or the day has a hand in, also through a variable or a macro.

    And one for each claim that the day has a hand in.

    `found` is everything in the template.
    """
    bindings = [(node, above) for node, above in found if isinstance(node, _BINDINGS)]
    steps = [(node, above) for node, above in found if is_step(node)]
    errors = [
        TemplateError(f"{name} decides here what a run fence does", at=Location(path, step.lineno), hint=hint)
        for name, hint in _DIFFERING.items()
        for step in _steered_by(_tainted(name, bindings), steps)
    ]
    claims = [(node, above) for node, above in found if is_claim(node)]
    hint = "a claim is true of any day's capture: ask what a step showed, and say the day in the sentence"
    return errors + [
        TemplateError(f"{_DAY} decides here about a claim", at=Location(path, claim.lineno), hint=hint)
        for claim in _dated(_tainted(_DAY, bindings), claims)
    ]


def _tainted(name: str, bindings: Sequence[tuple[nodes.Node, Above]]) -> set[str]:
    """The names that hold what `name` has a hand in."""
    tainted = {name}
    while new := {name for node, above in bindings for name in _touched(node, above, tainted)} - tainted:
        tainted |= new
    return tainted


def _steered_by(tainted: set[str], steps: Sequence[tuple[nodes.Node, Above]]) -> Iterator[nodes.Node]:
    for step, above in steps:
        if _reads(step, tainted) or _decided(step, above, tainted):
            yield step


def _dated(tainted: set[str], claims: Sequence[tuple[nodes.Node, Above]]) -> Iterator[nodes.Node]:
    """The claims among these that read a tainted name or stand where one decides; of each its first such branch."""
    found: list[nodes.Node] = []
    for claim, above in claims:
        assert isinstance(claim, nodes.If)  # noqa: S101 (narrowing)
        if any(one in above for one in found):
            continue
        if _reads(claim.test, tainted) or _decided(claim, above, tainted):
            found.append(claim)
            yield claim


def _touched(node: nodes.Node, above: Above, tainted: set[str]) -> Iterator[str]:
    """The names that get a value from `lang` where `node` gives names values."""
    everything = _decided(node, above, tainted)
    if isinstance(node, nodes.Macro):
        if everything or _reads(node, tainted):
            yield node.name
    elif isinstance(node, nodes.With):
        for target, value in zip(node.targets, node.values, strict=True):
            if everything or _reads(value, tainted):
                yield from _stored(target)
    elif isinstance(node, nodes.For):
        if everything or _reads(node.iter, tainted) or (node.test is not None and _reads(node.test, tainted)):
            yield from _stored(node.target)
    elif isinstance(node, nodes.Assign | nodes.AssignBlock) and (everything or _reads(node, tainted)):
        yield from _stored(node.target)


def _decided(node: nodes.Node, above: Above, tainted: set[str]) -> bool:
    """Whether a condition or a loop around `node` reads a tainted name."""
    for outer, inner in zip(above, (*above[1:], node), strict=True):
        asked: list[nodes.Node] = []
        if isinstance(outer, nodes.If):
            asked = [outer.test] if inner is not outer.test else []
            position = next((i for i, branch in enumerate(outer.elif_) if branch is inner), len(outer.elif_))
            asked += [] if any(inner is part for part in outer.body) else [b.test for b in outer.elif_[:position]]
        elif isinstance(outer, nodes.For):
            asked = [outer.iter] + ([outer.test] if outer.test is not None else [])
        if any(_reads(part, tainted) for part in asked):
            return True
    return False


def _reads(node: nodes.Node, tainted: set[str]) -> bool:
    return any(
        name in tainted
        for part in (node, *node.find_all((nodes.Name, nodes.Getattr, nodes.Getitem)))
        for name in _name(part)
    )


def _name(node: nodes.Node) -> Iterator[str]:
    """What an expression reads: a name, or a part of one, written with a dot."""
    if isinstance(node, nodes.Name) and node.ctx == "load":
        yield node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        yield f"{node.node.name}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Name) and isinstance(node.arg, nodes.Const):
        yield f"{node.node.name}.{node.arg.value}"


def _stored(target: nodes.Node) -> Iterator[str]:
    if isinstance(target, nodes.Name | nodes.NSRef):
        yield target.name
    yield from (name.name for name in target.find_all(nodes.Name))
    yield from (reference.name for reference in target.find_all(nodes.NSRef))
