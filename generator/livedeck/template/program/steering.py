"""Run fences that depend on the language or on the day, and claims that depend on the day.

All languages and all days replay one record, and a claim has to be true of the next capture, too. So `lang`, figures
and `deck.captured` may choose words only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from jinja2 import nodes

from livedeck.template.complaints import Complaint
from livedeck.template.program.walk import Above, Found, is_claim, is_step

_DAY = "deck.captured"
_DIFFERING = {
    "lang": "every language replays one record: let lang choose words only",
    "figure": "every language replays one record, and figures hold words of one: ask the step itself",
    _DAY: "tomorrow's capture would type something else: let the day choose words only",
}
"""What is not the same in each language or on each day, and what to do about it."""
_NO_PROOF = "a claim is true of any day's capture: ask what a step showed, and say the day in the sentence"


def steered(found: Found) -> Iterator[Complaint]:
    """Yield each run fence that `lang`, a figure or the day decides about, and each claim that the day decides about.

    Directly, or through a name: a name counts as soon as one of these has a part in any of its values.
    """
    given = [
        (_stored(node), _read(*_deciding(node)))
        for node, _ in found
        if isinstance(node, nodes.Assign | nodes.AssignBlock | nodes.Macro | nodes.With | nodes.For | nodes.If)
    ]
    for name, hint in _DIFFERING.items():
        tainted = {name}
        while new := {target for targets, read in given if read & tainted for target in targets} - tainted:
            tainted |= new
        dated: list[nodes.Node] = []
        for node, above in found:
            if is_step(node) and tainted & _asked(node, above):
                yield node.lineno, f"{name} decides here what a run fence does", hint
            # The further branches of a claim are below its first one: one complaint is enough.
            is_first = is_claim(node) and not any(outer in dated for outer in above)
            if name == _DAY and is_first and tainted & _asked(node, above):
                dated.append(node)
                yield node.lineno, f"{_DAY} decides here about a claim", _NO_PROOF


def _deciding(node: nodes.Node, inner: nodes.Node | None = None) -> Sequence[nodes.Node | None]:
    """Return the expressions that decide what names get from a node, or whether it comes to `inner`."""
    match node:
        case nodes.For():
            return node.iter, node.test
        case nodes.With():
            return node.values
        case nodes.If():
            first = any(inner is part for part in node.body)
            return [node.test, *([] if first else [branch.test for branch in node.elif_])]
    return [node]


def _asked(node: nodes.Node, above: Above) -> set[str]:
    """Return the names that a run fence or a claim reads, and the conditions and loops around it."""
    own = node.test if isinstance(node, nodes.If) else node
    around = [pair for pair in pairwise((*above, node)) if isinstance(pair[0], nodes.For | nodes.If)]
    return _read(own, *(part for outer, inner in around for part in _deciding(outer, inner)))


def _stored(node: nodes.Node) -> set[str]:
    """Return the names that get a value in a node; those inside a macro are its own."""
    if isinstance(node, nodes.Macro):
        return {node.name}
    names = {part.name for part in node.find_all(nodes.Name) if part.ctx != "load"}
    return names | {part.name for part in node.find_all(nodes.NSRef)} | {m.name for m in node.find_all(nodes.Macro)}


def _read(*parts: nodes.Node | None) -> set[str]:
    """Return what expressions read: names, and parts of names, written with a dot."""
    names: set[str] = set()
    for part in filter(None, parts):
        for node in (part, *part.find_all((nodes.Name, nodes.Getattr, nodes.Getitem))):
            match node:
                case nodes.Name(ctx="load", name=name):
                    names.add(name)
                case nodes.Getattr(node=nodes.Name(name=name), attr=attr):
                    names.add(f"{name}.{attr}")
                case nodes.Getitem(node=nodes.Name(name=name), arg=nodes.Const(value=value)):
                    names.add(f"{name}.{value}")
    return names
