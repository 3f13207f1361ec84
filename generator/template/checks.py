"""What can be said against a template by reading it: everything here is found before any command runs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from jinja2 import nodes

from generator.errors import TemplateError
from generator.model import Location, Step
from generator.template.tags import STEP_FILTER

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


def check(tree: nodes.Template, steps: Sequence[Step], path: str) -> list[TemplateError]:
    """Everything wrong with a parsed template: loaders, steps where they cannot run, unknown or later steps, `lang` in control."""
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
    errors += _steered(tree, path)
    errors += _references(tree, steps, path)
    return errors


def _is_step(node: nodes.Node) -> bool:
    if isinstance(node, nodes.FilterBlock):
        return node.filter.name == STEP_FILTER
    return (
        isinstance(node, nodes.CallBlock)
        and isinstance(node.call.node, nodes.ExtensionAttribute)
        and node.call.node.name == "_step"
    )


def _steps(node: nodes.Node, above: tuple[nodes.Node, ...] = ()) -> Iterator[tuple[nodes.Node, tuple[nodes.Node, ...]]]:
    """Every step with the nodes it stands in, outermost first."""
    for child in node.iter_child_nodes():
        if _is_step(child):
            yield child, (*above, node)
        yield from _steps(child, (*above, node))


def _misplaced(tree: nodes.Template, path: str) -> list[TemplateError]:
    errors = []
    for step, above in _steps(tree):
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


def _steered(tree: nodes.Template, path: str) -> list[TemplateError]:
    """Steps that depend on the language: every language replays one record."""
    tainted = {"lang"}
    grown = True
    while grown:
        grown = False
        for node in _bindings(tree):
            source = node.iter if isinstance(node, nodes.For) else node
            if _names(source) & tainted:
                new = {name.name for name in _stored(node.target)} - tainted
                tainted |= new
                grown = grown or bool(new)
    errors = []
    for step, above in _steps(tree):
        steering: list[nodes.Node] = [step] if isinstance(step, nodes.FilterBlock) else []
        steering += [node.test for node in above if isinstance(node, nodes.If)]
        steering += [node.iter for node in above if isinstance(node, nodes.For)]
        if any(_names(node) & tainted for node in steering):
            errors.append(
                TemplateError(
                    "lang decides here what a run fence does",
                    at=Location(path, step.lineno),
                    hint="every language replays one record: let lang choose words only",
                )
            )
    return errors


def _bindings(tree: nodes.Template) -> Iterator[nodes.Assign | nodes.AssignBlock | nodes.For]:
    yield from tree.find_all(nodes.Assign)
    yield from tree.find_all(nodes.AssignBlock)
    yield from tree.find_all(nodes.For)


def _stored(target: nodes.Node) -> Iterator[nodes.Name]:
    if isinstance(target, nodes.Name):
        yield target
    yield from target.find_all(nodes.Name)


def _names(node: nodes.Node) -> set[str]:
    found = {name.name for name in node.find_all(nodes.Name) if name.ctx == "load"}
    return found | ({node.name} if isinstance(node, nodes.Name) else set())


def _references(tree: nodes.Template, steps: Sequence[Step], path: str) -> list[TemplateError]:
    """Uses of `steps.<id>` that no fence answers, or only one further down."""
    lines: Mapping[str, int] = {step.id: step.at.line for step in reversed(steps) if step.id}
    looped = {id(inner) for loop in tree.find_all(nodes.For) for inner in loop.find_all(nodes.Getattr)}
    errors = []
    for node in tree.find_all(nodes.Getattr):
        if not (isinstance(node.node, nodes.Name) and node.node.name == "steps"):
            continue
        at = Location(path, node.lineno)
        if node.attr not in lines:
            near = difflib.get_close_matches(node.attr, list(lines), n=1)
            hint = f"did you mean steps.{near[0]}?" if near else "give a run fence above that id"
            errors.append(TemplateError(f"there is no step with the id {node.attr}", at=at, hint=hint))
        elif node.lineno < lines[node.attr] and id(node) not in looped:
            hint = f"it runs at line {lines[node.attr]}: move the sentence below it"
            errors.append(TemplateError(f"the step {node.attr} has not run yet here", at=at, hint=hint))
    return errors
