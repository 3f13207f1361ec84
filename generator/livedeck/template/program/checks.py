"""What can be said against a template by reading it: everything here is found before any command runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields

import jinja2
from jinja2 import nodes

from livedeck.errors import TemplateError, nearest
from livedeck.model import FIGURES, DeckView, HostFacts, Location, Step
from livedeck.template.program.results import StepResult
from livedeck.template.program.steering import steered
from livedeck.template.program.tags import STEP_FILTER
from livedeck.template.program.walk import Above, everything, is_step, step_number

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
"""What Jinja brings along and somebody may have meant."""
_NO_JINJA = "; braces that are no Jinja go between {% raw %} and {% endraw %}"

_LOADING: Mapping[type[nodes.Node], str] = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
}
_ENCLOSING: Mapping[type[nodes.Node], str] = {
    nodes.Macro: "a macro",
    nodes.AssignBlock: "a set block",
    nodes.CallBlock: "a call block",
    nodes.FilterBlock: "a filter block",
}


def check(found: Sequence[tuple[nodes.Node, Above]], path: str) -> list[TemplateError]:
    """Everything wrong with a parsed template but names: loaders, misplaced steps, `lang` in control.

    `found` is everything in the template.
    """
    errors = [
        TemplateError(
            f"{{% {_LOADING[type(node)]} %}} is not part of the template language",
            at=Location(path, node.lineno),
            hint="write it out here",
        )
        for node, _ in found
        if type(node) in _LOADING
    ]
    errors += _misplaced(found, path)
    errors += _filtered(found, path)
    return errors + steered(found, path)


def names(
    found: Sequence[tuple[nodes.Node, Above]], undeclared: Collection[str], steps: Sequence[Step], path: str
) -> list[TemplateError]:
    """Names that nothing gives a value, parts that things lack, and steps that there are not, or not yet.

    `undeclared` are the names that the template reads without giving them a value.
    """
    tree = [node for node, _ in found]
    return (
        _undefined(tree, undeclared, path)
        + _parts(tree, path)
        + _references(found, steps, path)
        + _marks(found, steps, path)
    )


def _misplaced(found: Sequence[tuple[nodes.Node, Above]], path: str) -> list[TemplateError]:
    errors = []
    for step, above in found:
        word = next((_ENCLOSING[type(node)] for node in above if type(node) in _ENCLOSING), None)
        if word and is_step(step):
            errors.append(
                TemplateError(
                    f"a run fence cannot stand inside {word}",
                    at=Location(path, step.lineno),
                    hint="a step runs where it stands in the deck, once each time the deck passes it",
                )
            )
    return errors


def _filtered(found: Sequence[tuple[nodes.Node, Above]], path: str) -> list[TemplateError]:
    """Values in a filter block: the filter would get what stands for them."""
    return [
        TemplateError(
            "{{ }} cannot stand inside a filter block",
            at=Location(path, node.lineno),
            hint=f"filter the value itself: {{{{ ... | {block.filter.name} }}}}",
        )
        for block, _ in found
        if isinstance(block, nodes.FilterBlock) and block.filter.name != STEP_FILTER
        for output in block.find_all(nodes.Output)
        for node in output.nodes
        if not isinstance(node, nodes.TemplateData)
    ]


def _undefined(tree: Sequence[nodes.Node], undeclared: Collection[str], path: str) -> list[TemplateError]:
    """Names that nothing in the template and nobody else gives a value."""
    used = [node for node in tree if isinstance(node, nodes.Name)]
    given = _given(tree)
    unknown = set(undeclared) - {*NAMES, *jinja2.defaults.DEFAULT_NAMESPACE} - given
    guarded = {
        id(name)
        for test in tree
        if isinstance(test, nodes.Test | nodes.Filter)
        for name in _guarded(test.name, test.node)
    }
    found = {
        (name.lineno, name.name)
        for name in used
        if name.name in unknown and name.ctx == "load" and id(name) not in guarded
    }
    return [
        TemplateError(
            f"{name} has no value here",
            at=Location(path, line),
            hint=_known(name, {*NAMES, *_HANDY, *given}, NAMES, otherwise=_NO_JINJA),
        )
        for line, name in sorted(found)
    ]


def _given(tree: Sequence[nodes.Node]) -> set[str]:
    """The names to which the template gives a value somewhere."""
    return {node.name for node in tree if isinstance(node, nodes.Name) and node.ctx != "load"}


def _parts(tree: Sequence[nodes.Node], path: str) -> list[TemplateError]:
    """Parts that `deck`, `host`, `figure` or a step lacks."""
    given = _given(tree)
    errors = []
    for node in tree:
        if not isinstance(node, nodes.Getattr):
            continue
        step = _used(node.node)
        owner = f"steps.{step}" if step else node.node.name if isinstance(node.node, nodes.Name) else ""
        parts = _ASKED if step else _PARTS.get(owner, ()) if owner not in given else ()
        if parts and node.attr not in parts:
            hint = _known(node.attr, parts, parts)
            errors.append(TemplateError(f"{owner} has no {node.attr}", at=Location(path, node.lineno), hint=hint))
    return errors


def _guarded(test: str, asked: nodes.Node | None) -> Iterator[nodes.Name]:
    """The name that `x is defined` or `x | default(...)` asks about."""
    if test in ("defined", "undefined", "default", "d") and isinstance(asked, nodes.Name):
        yield asked


def _known(name: str, known: Sequence[str] | set[str], shown: Sequence[str], otherwise: str = "") -> str:
    near = nearest(name, sorted(known))
    return f"did you mean {near}?" if near else f"there are {', '.join(shown)}{otherwise}"


def _references(found: Sequence[tuple[nodes.Node, Above]], steps: Sequence[Step], path: str) -> list[TemplateError]:
    """Uses of `steps.<id>` that no fence answers, or only one further down."""
    lines: Mapping[str, int] = {step.id: step.at.line for step in reversed(steps) if step.id}
    errors = []
    for node, above in found:
        name = _used(node)
        at = Location(path, node.lineno)
        if name is None:
            continue
        if name not in lines:
            near = nearest(name, lines)
            hint = f"did you mean steps.{near}?" if near else "give a run fence above that id"
            errors.append(TemplateError(f"there is no step with the id {name}", at=at, hint=hint))
        elif node.lineno < lines[name] and not _may_come_later(name, above, steps):
            hint = f"it runs at line {lines[name]}: move the sentence below it"
            errors.append(TemplateError(f"the step {name} has not run yet here", at=at, hint=hint))
    return errors


def _marks(found: Sequence[tuple[nodes.Node, Above]], steps: Sequence[Step], path: str) -> list[TemplateError]:
    """The `mark=added:ID` of steps that no fence answers, or only one further down."""
    lines: Mapping[str, int] = {step.id: step.at.line for step in reversed(steps) if step.id}
    errors = []
    for step, above in ((steps[step_number(node)], above) for node, above in found if is_step(node)):
        kind, _, name = (step.mark or "").partition(":")
        at = Location(path, step.at.line)
        if kind != "added":
            continue
        if name not in lines:
            near = nearest(name, lines)
            hint = f"did you mean mark=added:{near}?" if near else "give a run fence above that id"
            errors.append(TemplateError(f"mark={step.mark}: there is no step with the id {name}", at=at, hint=hint))
        elif name == step.id:
            hint = "name a step above"
            errors.append(TemplateError(f"mark={step.mark} compares the step with itself", at=at, hint=hint))
        elif step.at.line < lines[name] and not _may_come_later(name, above, steps):
            hint = f"it runs at line {lines[name]}: name a step above"
            errors.append(TemplateError(f"mark={step.mark}: that step has not run yet here", at=at, hint=hint))
    return errors


def _used(node: nodes.Node) -> str | None:
    """The id in `steps.name` and `steps["name"]`."""
    if not isinstance(node, nodes.Getattr | nodes.Getitem) or not isinstance(node.node, nodes.Name):
        return None
    if node.node.name != "steps":
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else None


def _may_come_later(name: str, above: Above, steps: Sequence[Step]) -> bool:
    """Whether a use above its fence is right all the same: in a macro, or in a loop that the fence is in too."""
    loops = [node for node in above if isinstance(node, nodes.For)]
    return any(isinstance(node, nodes.Macro) for node in above) or any(
        steps[step_number(node)].id == name for loop in loops for node, _ in everything(loop) if is_step(node)
    )
