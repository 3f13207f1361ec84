"""What can be said against a template by reading it: everything here is found before any command runs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

import jinja2
from jinja2 import meta, nodes

from generator.errors import TemplateError
from generator.model import FIGURES, HostFacts, Location, Step
from generator.template.steering import steered
from generator.template.tags import STEP_FILTER
from generator.template.walk import step_number, steps_in

NAMES = ("course", "deck", "figure", "host", "lang", "steps")
"""What templates see besides Jinja's own functions."""

_PARTS: Mapping[str, Sequence[str]] = {"host": HostFacts.__struct_fields__, "figure": FIGURES}

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


def check(tree: nodes.Template, steps: Sequence[Step], path: str, *, complete: bool) -> list[TemplateError]:
    """Everything wrong with a parsed template: loaders, misplaced steps, unknown names and steps, `lang` in control.

    Where `complete` is false some fences are missing from `steps`, and nothing is said about unknown names.
    """
    errors = [
        TemplateError(
            f"{{% {word} %}} is not part of the template language",
            at=Location(path, node.lineno),
            hint="write it out here",
        )
        for kind, word in _LOADING.items()
        for node in tree.find_all(kind)
    ]
    errors += _misplaced(tree, path)
    errors += _filtered(tree, path)
    errors += steered(tree, path)
    if complete:
        errors += _undefined(tree, path)
        errors += _references(tree, steps, path)
    return errors


def _misplaced(tree: nodes.Template, path: str) -> list[TemplateError]:
    errors = []
    for step, above in steps_in(tree):
        for node in above:
            word = _ENCLOSING.get(type(node))
            if word:
                errors.append(
                    TemplateError(
                        f"a run fence cannot stand inside {word}",
                        at=Location(path, step.lineno),
                        hint="a step runs where it stands in the deck, once each time the deck passes it",
                    )
                )
                break
    return errors


def _filtered(tree: nodes.Template, path: str) -> list[TemplateError]:
    """Values in a filter block: the filter would get what stands for them."""
    return [
        TemplateError(
            "{{ }} cannot stand inside a filter block",
            at=Location(path, node.lineno),
            hint=f"filter the value itself: {{{{ ... | {block.filter.name} }}}}",
        )
        for block in tree.find_all(nodes.FilterBlock)
        if block.filter.name != STEP_FILTER
        for output in block.find_all(nodes.Output)
        for node in output.nodes
        if not isinstance(node, nodes.TemplateData)
    ]


def _undefined(tree: nodes.Template, path: str) -> list[TemplateError]:
    """Names that nothing in the template and nobody else gives a value, and parts that `host` or `figure` lacks."""
    known = {*NAMES, *jinja2.defaults.DEFAULT_NAMESPACE}
    set_somewhere = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    unknown = meta.find_undeclared_variables(tree) - known - set_somewhere
    guarded = {
        id(name) for test in tree.find_all((nodes.Test, nodes.Filter)) for name in _guarded(test.name, test.node)
    }
    found = {
        (node.lineno, node.name)
        for node in tree.find_all(nodes.Name)
        if node.name in unknown and node.ctx == "load" and id(node) not in guarded
    }
    errors = [
        TemplateError(f"{name} has no value here", at=Location(path, line), hint=_known(name, known, NAMES))
        for line, name in sorted(found)
    ]
    for node in tree.find_all(nodes.Getattr):
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        parts = _PARTS.get(name, (node.attr,))
        if node.attr not in parts:
            hint = _known(node.attr, parts, parts)
            errors.append(TemplateError(f"{name} has no {node.attr}", at=Location(path, node.lineno), hint=hint))
    return errors


def _guarded(test: str, asked: nodes.Node | None) -> Iterator[nodes.Name]:
    """The name that `x is defined` or `x | default(...)` asks about."""
    if test in ("defined", "undefined", "default", "d") and isinstance(asked, nodes.Name):
        yield asked


def _known(name: str, known: Sequence[str] | set[str], shown: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(shown)}"


def _references(tree: nodes.Template, steps: Sequence[Step], path: str) -> list[TemplateError]:
    """Uses of `steps.<id>` that no fence answers, or only one further down."""
    lines: Mapping[str, int] = {step.id: step.at.line for step in reversed(steps) if step.id}
    later = _may_come_later(tree, steps)
    errors = []
    for node, name in _uses(tree):
        at = Location(path, node.lineno)
        if name not in lines:
            near = difflib.get_close_matches(name, list(lines), n=1)
            hint = f"did you mean steps.{near[0]}?" if near else "give a run fence above that id"
            errors.append(TemplateError(f"there is no step with the id {name}", at=at, hint=hint))
        elif node.lineno < lines[name] and (id(node), name) not in later:
            hint = f"it runs at line {lines[name]}: move the sentence below it"
            errors.append(TemplateError(f"the step {name} has not run yet here", at=at, hint=hint))
    return errors


def _uses(tree: nodes.Node) -> Iterator[tuple[nodes.Node, str]]:
    """`steps.name` and `steps["name"]`."""
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == "steps":
            yield node, node.attr
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.node, nodes.Name) and item.node.name == "steps" and isinstance(item.arg, nodes.Const):
            yield item, str(item.arg.value)


def _may_come_later(tree: nodes.Template, steps: Sequence[Step]) -> set[tuple[int, str]]:
    """Uses above their fence that are right all the same: in a macro, or in a loop that the fence is in too."""
    allowed = {(id(use), name) for macro in tree.find_all(nodes.Macro) for use, name in _uses(macro)}
    for loop in tree.find_all(nodes.For):
        inside = {steps[step_number(step)].id for step, _ in steps_in(loop)}
        allowed |= {(id(use), name) for use, name in _uses(loop) if name in inside}
    return allowed
