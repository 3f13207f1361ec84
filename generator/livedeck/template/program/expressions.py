"""A Jinja expression taken apart: its source again, and the value of each part, for the report of a failed claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, nodes

from livedeck.errors import cut

_COMPARE = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}
_LONGEST = 200


def parts(environment: Environment, test: nodes.Expr, variables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the parts of `test` that are worth knowing, as (source, value or error), outermost operands first.

    The parts are evaluated one by one: one that the expression itself never reached may fail without the others.
    """
    shown: dict[str, str] = {}
    for node in _operands(test):
        source = unparse(node)
        if source is None or source in shown or isinstance(node, nodes.Const):
            continue
        try:
            text = repr(environment.compile_expression(source, undefined_to_none=False)(**variables))
        except Exception as error:  # noqa: BLE001 (whatever a part raises is what there is to report)
            text = f"({error})"
        shown[source] = cut(text, _LONGEST)
    return list(shown.items())


def _operands(node: nodes.Expr) -> Iterator[nodes.Expr]:
    match node:
        case nodes.And() | nodes.Or():
            yield from _operands(node.left)
            yield from _operands(node.right)
        case nodes.Not():
            yield from _operands(node.node)
        case nodes.Compare():
            for part in (node.expr, *(operand.expr for operand in node.ops)):
                yield part
                yield from _inner(part)
        case _:
            yield node
            yield from _inner(node)


def _inner(node: nodes.Expr) -> Iterator[nodes.Expr]:
    if isinstance(node, nodes.Filter | nodes.Test) and isinstance(node.node, nodes.Expr):
        yield node.node
        yield from _inner(node.node)
    elif isinstance(node, nodes.BinExpr):
        for part in (node.left, node.right):
            yield part
            yield from _inner(part)
    elif isinstance(node, nodes.Call):
        asked = [node.node.node] if isinstance(node.node, nodes.Getattr) else []
        for part in (*asked, *node.args):
            if not _is_plain(part):
                yield part
                yield from _inner(part)


def _is_plain(node: nodes.Expr) -> bool:
    """Return whether a node is a whole step or a bare name, whose value says nothing."""
    return isinstance(node, nodes.Name) or (
        isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "steps"
    )


def unparse(node: nodes.Node | None) -> str | None:  # noqa: C901, PLR0911, PLR0912 (one case a node)
    """Return the source of an expression, in the usual spacing; None where a node has no simple source."""
    match node:
        case nodes.Name():
            return str(node.name)
        case nodes.Const():
            return repr(node.value)
        case nodes.Getattr():
            return _join("{}." + node.attr, node.node)
        case nodes.Getitem(arg=nodes.Slice(start=start, stop=stop, step=step)):
            bounds = [unparse(bound) if bound else "" for bound in (start, stop, *([step] if step else []))]
            return None if None in bounds else _join(f"{{}}[{':'.join(str(bound) for bound in bounds)}]", node.node)
        case nodes.Getitem():
            base, argument = _atom(node.node), unparse(node.arg)
            return None if base is None or argument is None else f"{base}[{argument}]"
        case nodes.Call():
            return _call(_atom(node.node), node)
        case nodes.Filter() | nodes.Test():
            base, sign = _atom(node.node), "|" if isinstance(node, nodes.Filter) else "is"
            return f"{base} {sign} {_call(node.name, node, bare=True)}" if base else None
        case nodes.Compare():
            text = _operand(node.expr)
            operands = [(operand.op, _operand(operand.expr)) for operand in node.ops]
            if text is None or any(value is None for _, value in operands):
                return None
            return " ".join([text, *(f"{_COMPARE[op]} {value}" for op, value in operands)])
        case nodes.BinExpr():
            return _join(f"{{}} {node.operator} {{}}", node.left, node.right)
        case nodes.Not():
            return _join("not {}", node.node)
        case nodes.UnaryExpr():
            return _join(node.operator + "{}", node.node)
        case nodes.Concat():
            return _join(" ~ ".join(["{}"] * len(node.nodes)), *node.nodes)
        case nodes.List() | nodes.Tuple():
            items = [unparse(item) for item in node.items]
            return None if None in items else f"[{', '.join(str(item) for item in items)}]"
        case _:
            return None


def _atom(node: nodes.Node | None) -> str | None:
    """Return the source of an operand, in brackets unless it holds together by itself."""
    text = unparse(node)
    whole = isinstance(node, nodes.Name | nodes.Const | nodes.Getattr | nodes.Getitem | nodes.Call | nodes.List)
    return text if whole or text is None else f"({text})"


def _operand(node: nodes.Node) -> str | None:
    """Return the source of an operand of a comparison, where filters need no brackets."""
    return unparse(node) if isinstance(node, nodes.Filter) else _atom(node)


def _join(pattern: str, *operands: nodes.Node) -> str | None:
    texts = [_atom(operand) for operand in operands]
    return None if None in texts else pattern.format(*texts)


def _call(name: str | None, node: nodes.Call | nodes.Filter | nodes.Test, *, bare: bool = False) -> str | None:
    values = [unparse(value) for value in node.args]
    named = [(pair.key, unparse(pair.value)) for pair in node.kwargs]
    if name is None or None in values or any(value is None for _, value in named) or node.dyn_args or node.dyn_kwargs:
        return None
    arguments = ", ".join([*(str(value) for value in values), *(f"{key}={value}" for key, value in named)])
    return name if bare and not arguments else f"{name}({arguments})"
