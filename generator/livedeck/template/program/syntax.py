"""What Jinja says about a template that it cannot read, in words that tell what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import jinja2
from jinja2 import nodes

from livedeck.errors import TemplateError, nearest
from livedeck.model import Location
from livedeck.template.mask import Mask, Tag, line_of

_UNKNOWN_TAG = re.compile(r"Encountered unknown tag '(?P<name>[^']*)'")
_HINTS = (
    ("got '='", "compare with == ; a single = is for {% set %}"),
    ("got 'end of statement block'", "finish the expression in this tag: {% if steps.NAME.exit == 0 %}"),
    ("unexpected 'end of", "finish the expression in this tag"),
)
_EXPECTED = re.compile(r"looking for(?: the following tags:)? ([^.]*)\.")
_TAGS = ("if", "elif", "else", "endif", "for", "endfor", "set", "endset", "macro", "endmacro", "claim", "endclaim")
_OPENING = ("if", "for", "claim", "macro", "call", "filter", "with", "autoescape")
_RAW = "braces that are no Jinja, in fences and code too, go between {% raw %} and {% endraw %}"


def explain(error: jinja2.TemplateSyntaxError, mask: Mask, path: str) -> TemplateError:
    """The error of a template that Jinja cannot read."""
    message = error.message or "syntax error"
    at = Location(path, error.lineno)
    if message.startswith("Unexpected end of template") and (tag := _unclosed(mask.tags)):
        return TemplateError(
            f"{{% {tag.name} %}} is never closed",
            at=Location(path, line_of(mask.source, tag.start)),
            hint=f"add {{% end{tag.name} %}}",
        )
    if "a claim has no else" in message:
        return TemplateError(message, at=at, hint="say with {% elif %} when the other sentence is true")
    if unknown := _UNKNOWN_TAG.search(message):
        name = unknown["name"]
        text = (
            f"{{% {name} %}} closes nothing here" if name in _TAGS and name.startswith("e") else f"unknown tag {name}"
        )
        expected = _EXPECTED.search(message)
        hint = f"expected is {expected[1]}" if expected else _near(name, _TAGS) or _RAW
        if not expected and name in _TAGS and name.startswith("end"):
            hint = f"delete it, or write the {{% {name.removeprefix('end')} ... %}} that it is to close above"
        return TemplateError(text, at=at, hint=hint)
    return TemplateError(
        f"Jinja: {message}", at=at, hint=next((hint for part, hint in _HINTS if part in message), _RAW)
    )


def unknown(found: Sequence[nodes.Node], path: str, jinja: jinja2.Environment) -> list[TemplateError]:
    """Filters and tests that there are not; Jinja itself finds some of them only while it renders."""
    used = [(node.lineno, "filter", node.name, jinja.filters) for node in found if isinstance(node, nodes.Filter)]
    used += [(node.lineno, "test", node.name, jinja.tests) for node in found if isinstance(node, nodes.Test)]
    return [
        TemplateError(
            f"there is no {kind} {name}",
            at=Location(path, line),
            hint=_near(name, known) or "Jinja's own are in its Template Designer Documentation",
        )
        for line, kind, name, known in used
        if name not in known
    ]


def _unclosed(tags: Sequence[Tag]) -> Tag | None:
    """The innermost block tag that nothing closes."""
    opened: list[Tag] = []
    for tag in tags:
        if tag.name in _OPENING:
            opened.append(tag)
        elif opened and tag.name == f"end{opened[-1].name}":
            opened.pop()
    return opened[-1] if opened else None


def _near(name: str, known: Iterable[str]) -> str | None:
    near = nearest(name, (word for word in known if not word.startswith("livedeck")))
    return f"did you mean {near}?" if near else None
