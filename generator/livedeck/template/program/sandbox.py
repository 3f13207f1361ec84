"""Jinja as templates know it: no way to Python, nothing that differs from build to build, nothing without a bound.

Every operator, call and filter of a template passes this environment, which refuses a result that would be too large
before it is made. What is allowed is listed: filters, functions, and methods of texts, lists and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import BuiltinMethodType, MethodType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedFormatter
from markupsafe import EscapeFormatter, Markup

from livedeck.errors import TemplateError
from livedeck.template.program.bounds import (
    MOST_CHARACTERS,
    Budget,
    admit,
    collected,
    need,
    need_bits,
    need_text,
    size,
)

DIFFERING = ("lipsum", "pprint", "random")
"""Jinja's own filters and functions whose result differs from build to build, or is Python's view of an object."""
NOT_AGAIN = "every build shows the same: write out what the slide says"
"""What to do about one of them."""
GLOBALS = {name: value for name, value in DEFAULT_NAMESPACE.items() if name not in DIFFERING}
"""Jinja's own functions."""
_ANY = frozenset(
    """
    attr batch count d default dictsort first groupby items last length list map max min reject rejectattr
    reverse select selectattr slice sort sum tojson unique
    """.split()  # noqa: SIM905 (as a list, one name a line)
)
"""Filters of things that need not have a text; all others write what they get."""
_LONGEST = {"striptags": 10_000, "urlize": 10_000, "wordwrap": 100_000}
"""Filters that take long for long texts, and the longest text for them."""
_WIDE = ("batch", "center", "indent", "round", "slice", "tojson", "truncate", "wordwrap")
"""Filters with a number that says how much they make."""
_BACKWARDS = ("rfind", "rindex", "rpartition", "rsplit")
"""Methods that compare what they look for at every place of a text, and the most comparisons of characters."""
_MOST_COMPARED = 100_000_000
_ENCODINGS = ("ascii", "latin-1", "utf-8")
"""What texts are encoded in; others can take a minute for a long one."""
_WIDEST = 10_000
_METHODS = frozenset(
    """
    as_integer_ratio bit_count bit_length capitalize casefold center conjugate copy count decode encode
    endswith expandtabs find format format_map get hex index is_integer isalnum isalpha isascii isdecimal
    isdigit isidentifier islower isnumeric isprintable isspace istitle isupper items join keys ljust lower
    lstrip partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split
    splitlines startswith strip swapcase title upper values zfill
    """.split()  # noqa: SIM905 (as a list, one name a line)
)
"""Methods of Python's own types that templates may call."""
_NUMBER = re.compile(r"\d+")


class BoundedCode(CodeGenerator):
    """Compile what Jinja would leave to Python without asking the environment: loops, macros, lists and `~`."""

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 (Jinja's name)
        """Write a loop that counts its passes, those that its own `if` leaves out too."""
        _count(node)
        if node.test is not None:
            node.test = nodes.Or(_passed(node, 0), node.test, lineno=node.lineno)
        super().visit_For(node, frame)

    def visit_Macro(self, node: nodes.Macro, frame: Frame) -> None:  # noqa: N802
        """Write a macro that counts its calls."""
        _count(node)
        super().visit_Macro(node, frame)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802
        """Write a list that is not too large."""
        self._write_admitted(super().visit_List, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802
        """Write a tuple that is not too large, unless it is a target."""
        if node.ctx == "load":
            self._write_admitted(super().visit_Tuple, node, frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        """Write a dictionary that is not too large."""
        self._write_admitted(super().visit_Dict, node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        """Write a slice that is not too large."""
        if isinstance(node.arg, nodes.Slice):
            self._write_admitted(super().visit_Getitem, node, frame)
        else:
            super().visit_Getitem(node, frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:  # noqa: N802
        """Write a comparison that is counted."""
        self._write_counted(super().visit_Compare, node, frame)

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802
        """Write a test that is counted."""
        self._write_counted(super().visit_Test, node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """Write a `~`."""
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def _write_counted(self, write: Callable[[Any, Frame], None], node: nodes.Node, frame: Frame) -> None:
        self.write("(environment.passed(0) or ")
        write(node, frame)
        self.write(")")

    def _write_admitted(self, write: Callable[[Any, Frame], None], node: nodes.Node, frame: Frame) -> None:
        self.write("environment.admitted(")
        write(node, frame)
        self.write(")")


def _count(node: nodes.For | nodes.Macro) -> None:
    """Have the body of a loop or a macro begin with what counts its passes and the text that it writes."""
    length = sum(len(text.data) for part in node.body for text in _texts(part))
    node.body = [nodes.ExprStmt(_passed(node, length), lineno=node.lineno), *node.body]


def _passed(node: nodes.Node, length: int) -> nodes.Call:
    """Return the call that counts one pass, and is false."""
    return nodes.Call(nodes.EnvironmentAttribute("passed"), [nodes.Const(length)], [], None, None, lineno=node.lineno)


def _texts(node: nodes.Node) -> Iterator[nodes.TemplateData]:
    """Yield the texts in a part of a template."""
    if isinstance(node, nodes.TemplateData):
        yield node
    yield from node.find_all(nodes.TemplateData)


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """The environment of templates; `budget` is that of the rendering."""

    code_generator_class = BoundedCode
    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.budget = Budget()
        self.globals = {**GLOBALS, "range": self.globals["range"]}
        own = {name: function for name, function in self.filters.items() if name not in DEFAULT_FILTERS}
        known = {name: self._bounded(name, function) for name, function in _FILTERS.items()}
        self.filters = {**known, **own}

    def call(self, context: Context, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls."""
        self.budget.work()
        if isinstance(called, BuiltinMethodType) or isinstance(getattr(called, "__self__", None), Markup):
            args = _checked(called, args, kwargs)
        return admit(super().call(context, called, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the result of an operator."""
        _need_result(operator, left, right)
        return admit(super().call_binop(context, operator, left, right))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute; those of steps are read from their output each time."""
        self.budget.work(0)
        return super().getattr(obj, attribute)

    def passed(self, length: int) -> str:
        """Count one pass of a loop or a macro, whose own text has that length, a comparison or a test."""
        self.budget.write(length)
        return ""

    def admitted(self, value: object) -> object:
        """Return a list, or a part of something, that a template has written out."""
        return admit(value)

    def joined(self, parts: Sequence[object]) -> str:
        """Return what `~` makes of values."""
        need_text(parts)
        need(size(parts))
        return "".join(map(str, parts))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return what formats a text in place of its method `format` or `format_map`; None for anything else."""
        is_method = isinstance(value, MethodType | BuiltinMethodType) and isinstance(value.__self__, str)
        if not is_method or value.__name__ not in ("format", "format_map"):
            return None
        text = value.__self__
        formatter = _EscapeFormatter(self, escape=text.escape) if isinstance(text, Markup) else _Formatter(self)
        if value.__name__ == "format":
            return lambda *args, **kwargs: type(text)(formatter.vformat(text, args, kwargs))
        return lambda mapping: type(text)(formatter.vformat(text, (), mapping))

    def _bounded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter that counts and refuses results that would be too large."""
        first = 1 if hasattr(function, "jinja_pass_arg") else 0

        def filtered(*args: Any, **kwargs: Any) -> Any:
            self.budget.work()
            value, given = args[first], [*args[first + 1 :], *kwargs.values()]
            if name == "join":
                value = value if isinstance(value, str | jinja2.Undefined) else collected(value)
                args = (*args[:first], value, *args[first + 1 :])
            _need_filtered(name, value, given)
            return admit(function(*args, **kwargs))

        if first:
            filtered.jinja_pass_arg = function.jinja_pass_arg  # type: ignore[attr-defined]
        return filtered


class _Formatter(SandboxedFormatter):
    """Formats a text, as long as all of it is not too long."""

    def __init__(self, environment: jinja2.Environment, **options: Any) -> None:
        super().__init__(environment, **options)
        self._length = 0

    def convert_field(self, value: Any, conversion: Any) -> Any:
        """Return a value as `!r` or `!s` write it."""
        need_text(value)
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a value as its specification writes it."""
        _need_numbers(format_spec)
        text: str = super().format_field(value, format_spec)
        self._length += len(text)
        need(self._length)
        return text


class _EscapeFormatter(_Formatter, EscapeFormatter):
    """Formats a text that Jinja has marked as HTML, and escapes what it gets."""


_FILTERS: Mapping[str, Callable[..., Any]] = {
    name: function for name, function in DEFAULT_FILTERS.items() if name not in DIFFERING
}


def _need_result(operator: str, left: object, right: object) -> None:
    """Raise TemplateError where an operator would make something too large."""
    if operator == "%" and isinstance(left, str | bytes):
        _need_percent(left, right)
    elif operator in ("*", "**") and isinstance(left, int) and isinstance(right, int):
        bits = right.bit_length() + left.bit_length() if operator == "*" else left.bit_length() * max(right, 0)
        need_bits(bits)
    elif operator == "*":
        for many, times in ((left, right), (right, left)):
            if isinstance(times, int) and isinstance(many, str | bytes | list | tuple):
                need(size(many) * times)
    elif operator == "+" and not isinstance(left, int | float):
        need(size(left) + size(right))


def _need_percent(pattern: str | bytes, values: object) -> None:
    """Raise TemplateError where `%` would make something too large, or write something that has no text."""
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    need_text(values)
    _need_numbers(text)
    if "*" in text:
        _need_widths(values if isinstance(values, tuple) else (values,))
    need(len(text) + size(values) * (text.count("%") if isinstance(values, Mapping) else 1))


def _need_numbers(text: str) -> None:
    """Raise TemplateError if the numbers in a format are widths of something too large."""
    found = _NUMBER.findall(text)
    need(sum(int(number) if len(number) < len(str(MOST_CHARACTERS)) else MOST_CHARACTERS + 1 for number in found))


def _need_widths(values: Sequence[object]) -> None:
    """Raise TemplateError if a number among values is a width that would make something too large."""
    if any(isinstance(value, int) and abs(value) > _WIDEST for value in values):
        raise TemplateError(f"a number here is larger than {_WIDEST:,}", hint="use a smaller one")


def _need_filtered(name: str, value: object, given: Sequence[object]) -> None:
    """Raise TemplateError where a filter would make something too large, or write something that has no text."""
    if name not in _ANY:
        need_text([value, *given])
    if name in _WIDE:
        _need_widths(given)
    text = value if isinstance(value, str) else ""
    longest = max((len(each) for each in given if isinstance(each, str)), default=0)
    largest = max((each for each in given if isinstance(each, int)), default=0)
    if name in _LONGEST and len(text) * (longest + 1) > _LONGEST[name]:
        raise TemplateError(f"the text is too long for the filter {name}", hint="use it for a part of the text")
    match name:
        case "format":
            _need_percent(text, next((each for each in given if isinstance(each, Mapping)), tuple(given)))
        case "indent":
            need(len(text) + (text.count("\n") + 1) * max(largest, longest))
        case "join" if isinstance(value, Sequence):
            need(size(value) + len(value) * longest)
        case "replace":
            _need_replaced(str(value), given)
        case "sum" if not all(isinstance(each, str | int | float | None) for each in given):
            raise TemplateError("the filter sum adds numbers", hint="use join for texts")
        case "tojson" if given:
            need(size(value) * (1 + largest))


def _checked(method: Any, args: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the arguments for a method of one of Python's own types, or of a text that Jinja has marked as HTML.

    Raises TemplateError for a method that templates do not have, and for one that would make something too large.
    """
    name, text = method.__name__, method.__self__
    if name not in _METHODS:
        hint = "docs/templates.md says what expressions can do"
        raise TemplateError(f"{name}() is not part of the template language", hint=hint)
    given = (*args, *named.values())
    match name:
        case "center" | "ljust" | "rjust" | "zfill":
            _need_widths(given)
        case "expandtabs" if isinstance(text, str | bytes):
            _need_widths(given)
            tab = "\t" if isinstance(text, str) else b"\t"
            need(len(text) + text.count(tab) * max((each for each in given if isinstance(each, int)), default=8))  # type: ignore[arg-type]
        case "encode" | "decode":
            _need_encoding(given)
        case _ if name in _BACKWARDS and isinstance(text, str | bytes):
            longest = max((len(each) for each in given if isinstance(each, str | bytes)), default=0)
            if len(text) * longest > _MOST_COMPARED:
                raise TemplateError(f"the text is too long for {name}()", hint="use it for a part of the text")
        case "replace" if isinstance(text, str):
            _need_replaced(text, args)
        case "join" if args and not isinstance(args[0], str | jinja2.Undefined):
            parts = collected(args[0])
            need(size(parts) + len(parts) * size(text))
            return (parts, *args[1:])
    return args


def _need_replaced(text: str, args: Sequence[object]) -> None:
    """Raise TemplateError where a text would become too long by what replaces parts of it."""
    old, new = (str(each) for each in [*args, "", ""][:2])
    need(len(text) + (text.count(old) if old else len(text) + 1) * len(new))


def _need_encoding(given: Sequence[object]) -> None:
    """Raise TemplateError unless texts are encoded as they are everywhere."""
    encoding = next((each for each in given if isinstance(each, str)), "utf-8")
    if encoding.lower().replace("_", "-") not in _ENCODINGS:
        raise TemplateError(f"the encoding {encoding[:40]} is not read here", hint=f"use {', '.join(_ENCODINGS)}")
