"""What reading a template can find wrong with it: all of it is reported before any command runs."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields

from jinja2 import nodes

from livedeck.errors import nearest
from livedeck.model import FIGURES, DeckView, HostFacts, Step
from livedeck.template.complaints import Complaint
from livedeck.template.program.results import StepResult
from livedeck.template.program.sandbox import DIFFERING, GLOBALS, NOT_AGAIN
from livedeck.template.program.steering import steered
from livedeck.template.program.walk import Above, Found, everything, is_step, step_number

NAMES = ("course", "deck", "figure", "host", "lang", "steps")
"""What templates see besides Jinja's own functions."""

_PARTS: Mapping[str, Sequence[str]] = {
    "deck": [part.name for part in fields(DeckView)],
    "figure": FIGURES,
    "host": HostFacts.__struct_fields__,
}
_ASKED = [name for name in dir(StepResult) if not name.startswith("_")]
"""What can be asked of a step."""
_HANDY = ("dict", "namespace", "range")
"""Jinja's own names that an author may have meant."""
_NO_STEP = "give a run fence above that id"
_NO_JINJA = "; braces that are not Jinja go between {% raw %} and {% endraw %}"

_FOREIGN: Mapping[type[nodes.Node], str] = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
}
_ENCLOSING: Mapping[type[nodes.Node], str] = {nodes.Macro: "a macro", nodes.AssignBlock: "a set block"}


def check(found: Found) -> Iterator[Complaint]:
    """Yield everything wrong with a parsed template except names: foreign tags, misplaced steps, `lang` in control."""
    for node, above in found:
        if type(node) in _FOREIGN and not is_step(node):
            hint = "write it out here"
            if isinstance(node, nodes.FilterBlock):
                hint = f"filter each value itself: {{{{ ... | {node.filter.name} }}}}"
            yield node.lineno, f"{{% {_FOREIGN[type(node)]} %}} is not part of the template language", hint
        if isinstance(node, nodes.Const) and node.value == math.inf:
            yield node.lineno, "a number here is larger than any that can be calculated with", "write a smaller one"
        word = next((_ENCLOSING[type(outer)] for outer in above if type(outer) in _ENCLOSING), None)
        if word and is_step(node):
            hint = "a step runs where it is in the deck, once each time the deck passes it"
            yield node.lineno, f"a run fence cannot be inside {word}", hint
    yield from steered(found)


def names(found: Found, undeclared: Collection[str], steps: Sequence[Step]) -> Iterator[Complaint]:
    """Yield names without a value, parts that things lack, and steps that do not exist, or not yet.

    `undeclared` are the names that the template reads without giving them a value.
    """
    given = {node.name for node, _ in found if isinstance(node, nodes.Name) and node.ctx != "load"}
    unknown = set(undeclared) - {*NAMES, *GLOBALS} - given
    for line, name in sorted(_undefined(found, unknown)):
        hint = _known(name, {*NAMES, *_HANDY, *given}, NAMES, otherwise=_NO_JINJA)
        hint = NOT_AGAIN if name in DIFFERING else hint
        yield line, f"{name} has no value here", hint
    for node, _ in found:
        if isinstance(node, nodes.Getattr):
            step = _used(node.node)
            owner = f"steps.{step}" if step else node.node.name if isinstance(node.node, nodes.Name) else ""
            parts = _ASKED if step else _PARTS.get(owner, ()) if owner not in given else ()
            if parts and node.attr not in parts:
                yield node.lineno, f"{owner} has no {node.attr}", _known(node.attr, parts, parts)
    lines = {step.id: step.at.line for step in reversed(steps) if step.id}
    for line, name, mark, above in _uses(found, steps):
        if name not in lines:
            near = nearest(name, lines)
            hint = f"did you mean {'mark=added:' if mark else 'steps.'}{near}?" if near else _NO_STEP
            yield line, f"{mark}there is no step with the id {name}", hint
        elif mark and line == lines[name]:
            yield line, f"{mark}this compares the step with itself", "name a step above"
        elif line < lines[name] and not _may_come_later(name, above, steps):
            hint = f"it runs at line {lines[name]}: {'name a step above' if mark else 'move the sentence below it'}"
            yield line, f"{mark}the step {name} has not run yet here", hint


def _undefined(found: Found, unknown: set[str]) -> set[tuple[int, str]]:
    """Return the places of unknown names, unless `x is defined` or `x | default(...)` asks about them."""
    guarded = {
        id(node.node)
        for node, _ in found
        if isinstance(node, nodes.Test | nodes.Filter) and node.name in ("defined", "undefined", "default", "d")
    }
    return {
        (node.lineno, node.name)
        for node, _ in found
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name in unknown and id(node) not in guarded
    }


def _known(name: str, known: Collection[str], shown: Sequence[str], otherwise: str = "") -> str:
    near = nearest(name, sorted(known))
    return f"did you mean {near}?" if near else f"there are {', '.join(shown)}{otherwise}"


def _uses(found: Found, steps: Sequence[Step]) -> Iterator[tuple[int, str, str, Above]]:
    """Yield the uses of step ids, in `steps.<id>` and `mark=added:<id>`: line, id, the mark that uses it, and nodes."""
    for node, above in found:
        if (name := _used(node)) is not None:
            yield node.lineno, name, "", above
        elif is_step(node):
            step = steps[step_number(node)]
            kind, _, name = (step.mark or "").partition(":")
            if kind == "added":
                yield step.at.line, name, f"mark={step.mark}: ", above


def _used(node: nodes.Node) -> str | None:
    """Return the id in `steps.name` and `steps["name"]`."""
    match node:
        case nodes.Getattr(node=nodes.Name(name="steps"), attr=name):
            return str(name)
        case nodes.Getitem(node=nodes.Name(name="steps"), arg=nodes.Const(value=name)):
            return str(name)
    return None


def _may_come_later(name: str, above: Above, steps: Sequence[Step]) -> bool:
    """Return whether a use above its fence is right all the same: in a macro, or in a loop that the fence is in too."""
    if any(isinstance(node, nodes.Macro) for node in above):
        return True
    inside = (node for loop in above if isinstance(loop, nodes.For) for node, _ in everything(loop))
    return any(steps[step_number(node)].id == name for node in inside if is_step(node))
