"""The front matter of a deck: read as YAML, because Marp drops a broken one without a word.

This is the one place that reads YAML. What Marp's reader (js-yaml) and this one understand differently is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from typing import Any

import yaml

from livedeck.errors import TemplateError, cut, refusing
from livedeck.template.complaints import Complaint
from livedeck.template.mask import NEWLINE, Mask

BLOCK = re.compile(r"\A---[ \t]*\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\n|\Z)")


MOST_FRONT = 100_000
"""Characters of a front matter."""
_DEEPEST = 10
_MOST_NODES = 1_000
_LONGEST = 40
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_LINE_ENDS = re.compile("[\x85\u2028\u2029\ufeff]")
"""What ends a line for one reader of YAML and not for another."""
_NO_REFERENCE = "anchors, aliases and tags (&, *, !) are not read"


class FrontMatterError(TemplateError):
    """A front matter cannot be read; `row` is the line of it, from 0."""

    def __init__(self, reason: str, row: int = 0) -> None:
        super().__init__(f"the front matter is not YAML: {reason}", hint="put quotes around the text")
        self.row = row


class _Loader(yaml.SafeLoader):
    """YAML of a bounded size without anchors, tags and duplicate keys."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text
        self._depth = self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            raise yaml.composer.ComposerError(None, None, _NO_REFERENCE, event.start_mark)
        self._nodes += 1
        if self._depth >= _DEEPEST or self._nodes > _MOST_NODES:
            problem = f"it is nested more than {_DEEPEST} deep, or has more than {_MOST_NODES:,} parts"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        if isinstance(index, yaml.Node) and _is_left_out(event, index):
            raise yaml.composer.ComposerError(None, None, "a value below its key is not indented", event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if node and isinstance(parent, yaml.CollectionNode) and (problem := self._open(node, parent)):
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        if isinstance(node, yaml.ScalarNode) and _SURROGATE.search(node.value):
            raise yaml.composer.ComposerError(None, None, "half of a character", event.start_mark)
        return node

    def _open(self, node: yaml.Node, parent: yaml.CollectionNode) -> str:
        """Return what Marp's reader has against a text in quotes, or what is in brackets, or nothing."""
        start, end, above = node.start_mark, node.end_mark, parent.start_mark
        quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"')
        bracketed = isinstance(node, yaml.CollectionNode) and node.flow_style
        if parent.flow_style or not (quoted or bracketed) or start is None or end is None or above is None:
            return ""
        lines = self._text.split("\n")[start.line + 1 : end.line + 1]
        if any(line.strip() and len(line) - len(line.lstrip(" ")) <= above.column for line in lines):
            return "a line that continues quotes or brackets is not indented"
        return "a comment needs a blank before it" if self._text[end.index : end.index + 1] == "#" else ""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            problem = None
            if not isinstance(key, yaml.ScalarNode):
                problem = "a key is a list"
            elif key.value in keys:
                problem = f"the key {key.value} occurs twice"
            elif key.tag == "tag:yaml.org,2002:merge":
                problem = _NO_REFERENCE
            if problem:
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            keys.add(key.value)
        return super().construct_mapping(node, deep)


def _is_left_out(event: yaml.Event, key: yaml.Node) -> bool:
    """Return whether a value is below its key and not further to the right, where Marp's reader does not see it."""
    if isinstance(event, yaml.SequenceStartEvent) and not event.flow_style:
        return False
    mark, above = event.start_mark, key.start_mark
    return mark is not None and above is not None and mark.line > above.line and mark.column <= above.column


def _construct(own: Callable[[_Loader, yaml.ScalarNode], object], what: str) -> Callable[[Any, Any], object]:
    """Return a constructor of scalars that says what is wrong with one that looks like a date or a number."""

    def construct(loader: _Loader, node: yaml.ScalarNode) -> object:
        try:
            return own(loader, node)
        except (ValueError, OverflowError, LookupError):
            raise yaml.constructor.ConstructorError(
                None, None, f"{_shown(node)} looks like {what} and is not one", node.start_mark
            ) from None

    return construct


def _shown(node: yaml.ScalarNode) -> str:
    return cut(str(node.value), _LONGEST)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _construct(_Loader.construct_yaml_timestamp, "a date"))
_Loader.add_constructor("tag:yaml.org,2002:int", _construct(_Loader.construct_yaml_int, "a number"))
_Loader.add_constructor("tag:yaml.org,2002:float", _construct(_Loader.construct_yaml_float, "a number"))


def load(text: str) -> Any:
    """Return the data in a text of YAML. Raises FrontMatterError."""
    return _read(text, lambda loader: loader.get_single_data())


def compose(text: str) -> yaml.MappingNode | None:
    """Return the nodes of a front matter, which know their lines; None of an empty one. Raises FrontMatterError."""
    node = _read(text, lambda loader: loader.get_single_node())
    return node if isinstance(node, yaml.MappingNode) else None


def _read(text: str, get: Callable[[_Loader], Any]) -> Any:
    if len(text) > MOST_FRONT:
        raise FrontMatterError(f"it has more than {MOST_FRONT:,} characters")
    if odd := _NO_LINE_ENDS.search(text):
        code = f"U+{ord(odd[0]):04X}"
        raise FrontMatterError(f"it holds the invisible character {code}", text.count("\n", 0, odd.start()))
    with refusing(FrontMatterError):
        try:
            return get(_Loader(text))
        except yaml.YAMLError as error:
            # An open quote is noticed only at the end of the text: its context says where it began.
            quoted = "quoted scalar" in (getattr(error, "context", None) or "")
            mark = getattr(error, "context_mark" if quoted else "problem_mark", None)
            reason = getattr(error, "problem", None) or "characters that YAML does not know"
            raise FrontMatterError(reason, min(mark.line, text.count("\n")) if mark is not None else -1) from None


def check(mask: Mask) -> Iterator[Complaint]:
    """Yield what is wrong with a template's front matter, as far as that is known before values are."""
    if error := problem(NEWLINE.sub("\n", mask.text)):
        line, message, hint = error
        yield mask.line_at(line) if mask.starts else 1, message, hint


def problem(text: str) -> Complaint | None:
    """Return the first problem of the front matter of `text`, with its line from 0."""
    match = BLOCK.match(text)
    if match is None:
        hint = "write --- , then marp: true, theme: mspt2 and so on, then --- again"
        return 0, "a deck begins with its front matter", hint
    try:
        data = load(match["yaml"]) or {}
    except FrontMatterError as error:
        return 1 + error.row, error.message, error.hint or ""
    if not isinstance(data, dict):
        return 0, "the front matter is not a list of `key: value` lines", "write one `key: value` per line"
    return None
