"""What Jinja says about a template that it cannot read, in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import jinja2
from jinja2 import nodes

from livedeck.errors import nearest
from livedeck.template.complaints import Complaint
from livedeck.template.mask import Mask, Tag, line_of
from livedeck.template.program.sandbox import DIFFERING, NOT_AGAIN
from livedeck.template.program.walk import Found

_UNKNOWN_TAG = re.compile(r"Encountered unknown tag '(?P<name>[^']*)'")
_HINTS = (
    ("got '='", "compare with == ; a single = is for {% set %}"),
    ("got 'end of statement block'", "finish the expression in this tag: {% if steps.NAME.exit == 0 %}"),
    ("unexpected 'end of", "finish the expression in this tag"),
)
_EXPECTED = re.compile(r"looking for(?: the following tags:)? ([^.]*)\.")
_TAGS = ("if", "elif", "else", "endif", "for", "endfor", "set", "endset", "macro", "endmacro", "claim", "endclaim")
OPENING = ("if", "for", "claim", "macro", "call", "filter", "with", "autoescape")
"""Tags that open a block."""
_RAW = "braces that are not Jinja, in fences and code too, go between {% raw %} and {% endraw %}"


def explain(error: jinja2.TemplateSyntaxError, mask: Mask) -> Complaint:
    """Return what to say about a template that Jinja cannot read."""
    message = error.message or "syntax error"
    if message.startswith("Unexpected end of template") and (tag := _unclosed(mask.tags)):
        return line_of(mask.source, tag.start), f"{{% {tag.name} %}} is never closed", f"add {{% end{tag.name} %}}"
    if "a claim has no else" in message:
        return error.lineno, message, "say with {% elif %} when the other sentence is true"
    if unknown := _UNKNOWN_TAG.search(message):
        name = unknown["name"]
        closing = name in _TAGS and name.startswith("e")
        text = f"{{% {name} %}} closes nothing here" if closing else f"unknown tag {name}"
        if expected := _EXPECTED.search(message):
            return error.lineno, text, f"expected is {expected[1]}"
        if name in _TAGS and name.startswith("end"):
            hint = f"delete it, or write the {{% {name.removeprefix('end')} ... %}} that it closes above it"
            return error.lineno, text, hint
        return error.lineno, text, _near(name, _TAGS) or _RAW
    return error.lineno, f"Jinja: {message}", next((hint for part, hint in _HINTS if part in message), _RAW)


def unknown(found: Found, jinja: jinja2.Environment) -> Iterator[Complaint]:
    """Yield filters and tests that do not exist; Jinja itself finds some of them only while it renders."""
    for node, _ in found:
        if isinstance(node, nodes.Filter | nodes.Test):
            kind, known = ("filter", jinja.filters) if isinstance(node, nodes.Filter) else ("test", jinja.tests)
            if node.name not in known:
                other = _near(node.name, known) or "Jinja's own are in its Template Designer Documentation"
                hint = NOT_AGAIN if kind == "filter" and node.name in DIFFERING else other
                yield node.lineno, f"there is no {kind} {node.name}", hint


def _unclosed(tags: Sequence[Tag]) -> Tag | None:
    """Return the innermost block tag that nothing closes."""
    opened: list[Tag] = []
    for tag in tags:
        if tag.name in OPENING:
            opened.append(tag)
        elif opened and tag.name == f"end{opened[-1].name}":
            opened.pop()
    return opened[-1] if opened else None


def _near(name: str, known: Iterable[str]) -> str | None:
    near = nearest(name, (word for word in known if not word.startswith("livedeck")))
    return f"did you mean {near}?" if near else None
