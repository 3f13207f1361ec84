"""Random templates: what Jinja and our own scanner make of them, and on which lines errors are reported."""

from __future__ import annotations

import re

import jinja2
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from livedeck.errors import TemplateError
from livedeck.model import Rendered
from livedeck.template import read
from livedeck.template.mask import scan
from livedeck.template.reading.source import environment

from tests.template.hostile import LINES
from tests.template.stage import FRONT, PATH, attempt, complaints, parts, prints

FEW = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=250)

# --- templates --------------------------------------------------------------------------------------

PLAIN = [
    "가",
    "a ",
    "  ",
    "\n",
    "\n\n",
    "\n> ",
    "\n- ",
    "# ",
    "`",
    "``",
    "*",
    "|",
    "\n|---|\n",
    "\n---\n",
    "<b>",
    "\t",
    "%}",
    "}}",
]
PLAIN += ["#}", "{", "%", "\n```\n", "\n~~~\n", "'", '"', "\\", "\n    ", "</div>", "\n<div>\n", "<!--", "-->", "\n1. "]
VALUES = [
    "{{ 1 }}",
    "{{ '}}' }}",
    '{{ "{%" }}',
    "{{ {'a': {'b': 2}}['a']['b'] }}",
    "{{\n 1\n}}",
    "{{ '\\'' }}",
    "{{ lang }}",
]
ALONE = [
    "{# x #}",
    "{# {{ %} #}",
    "{#\n\n#}",
    "{% set a = '%}' %}",
    "{% set a = [1,\n2] %}",
    "{% raw %}{{ x }}{% endraw %}",
]
ALONE += ["{% raw %}\n{% if %}\n{% endraw %}", "{%set b=1%}"]

leaves = st.one_of(st.sampled_from(PLAIN), st.sampled_from(VALUES), st.sampled_from(ALONE), st.just("\n"))


def _wrapped(inner):
    opened = st.sampled_from(["{% if true %}", "{% for x in [1] %}", "{% if true\n and true %}", "{% claim true %}"])
    return st.builds(lambda tag, a, b, c: f"{a}{tag}{b}{{% end{tag.split()[1]} %}}{c}", opened, gap, inner, gap)


gap = st.sampled_from(["", "\n", "\n> ", " "])
texts = st.lists(
    st.recursive(
        leaves, lambda inner: st.one_of(_wrapped(inner), st.lists(inner, max_size=4).map("".join)), max_leaves=8
    ),
    max_size=8,
).map("".join)


def jinja_tags(source: str) -> list[tuple[str, int, int]] | None:
    """Return the tags that Jinja's own lexer finds; None if it finds an error, or the end of the source in a tag."""
    begun = {
        "variable_begin": "expression",
        "block_begin": "block",
        "raw_begin": "block",
        "raw_end": "block",
        "comment_begin": "comment",
    }
    found = []
    position = start = opened = 0
    try:
        tokens = list(environment().lex(source))
    except jinja2.TemplateSyntaxError:
        return None
    for _, kind, value in tokens:
        if kind in begun:
            start = position
        position += len(value)
        opened += kind.endswith("_begin") - kind.endswith("_end")
        if kind in ("raw_begin", "raw_end"):
            found.append(("block", start, position))
        elif kind.endswith("_end"):
            found.append((begun[kind.replace("_end", "_begin")], start, position))
    return None if opened else found


@MANY
@given(
    st.one_of(texts, st.lists(st.sampled_from([*PLAIN, *VALUES, *ALONE, "{{", "{%", "{#", "{% raw %}"])).map("".join))
)
def test_the_scanner_sees_the_tags_that_jinja_sees(source):
    expected = jinja_tags(source)
    tags, faults = scan(source)
    if expected is None:
        return
    assert [(tag.kind, tag.start, tag.end) for tag in tags] == expected
    assert bool(faults) == any(source[start + 2] in "-+" or source[end - 3] in "-+" for _, start, end in expected)


def jinja_reads(source: str) -> bool:
    """Return whether Jinja itself finds nothing wrong with a source."""
    try:
        environment().parse(source)
    except jinja2.TemplateSyntaxError:
        return False
    return True


def reference(source: str) -> str:
    """Return what Jinja makes of a source without the lines that hold only statements and comments."""
    statement = set()
    value = set()
    for kind, start, end in jinja_tags(source) or []:
        (value if kind == "expression" else statement).update(range(start, end))
    kept = []
    line: list[int] = []
    for index, char in enumerate([*source, "\n"]):
        line.append(index)
        if char == "\n" and index not in statement | value:
            bare = any(i in statement for i in line) and all(i in statement or source[i] in " \t>" for i in line[:-1])
            kept += [i for i in line if i < len(source) and (not bare or i in statement)]
            line = []
    text = "".join(source[i] for i in [*kept, *(i for i in line if i < len(source))])
    jinja = environment()
    jinja.extensions["livedeck.template.program.tags.LivedeckTags"].runtime = _Silent()
    return jinja.from_string(text).render(lang="ko")


class _Silent:
    def claim_holds(self, claim: int, branch: int) -> None:
        pass


@MANY
@given(texts)
def test_without_steps_a_template_is_what_jinja_makes_of_it(source):
    source = FRONT + source
    assume(jinja_tags(source) is not None)
    try:
        template = read(source, PATH)
    except TemplateError:
        assume(condition=False)  # An unclosed tag in a quote, a fence's options: other tests are about those.
    jinja = environment()
    jinja.extensions["livedeck.template.program.tags.LivedeckTags"].runtime = _Silent()
    assert template.steps == ()
    assert jinja.from_string(template.program).render(lang="ko") == reference(source)
    assert template.program.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "planted", ["{{ xyzzy }}", "{% if 1 // 0 %}{% endif %}", "{{ steps.nobody.text }}", "{% include 'x' %}"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@FEW
@given(before=texts, after=texts)
def test_an_error_planted_on_a_line_is_reported_on_that_line(planted, newline, before, after):
    source = FRONT + before + "\n\n" + planted + "\n\n" + after
    assume(jinja_reads(before) and jinja_reads(after) and jinja_tags(source) is not None)
    assume(not any(mark in source for mark in ("```", "~~~", "<!--")))  # these hide what is below them
    found = complaints(source.replace("\n", newline))
    line = (FRONT + before).count("\n") + 3
    assert line in [number for number, _, _ in found]


FENCED = [
    "```bash run\n",
    "```bash run id=a expand\n",
    "```\n",
    "````\n",
    "~~~bash run hide\n",
    "~~~\n",
    "> ```bash run\n",
    "> ls\n",
    "> ```\n",
]
FENCED += [
    "- ```bash run\n",
    "  ls\n",
    "  ```\n",
    "ls\n",
    "{{.Names}}",
    "${#a[@]}",
    "{% if x %}",
    "{% endif %}",
    "{% claim true %}",
]
FENCED += [
    "{% endclaim %}",
    "{{ steps.a.text }}",
    "{{ steps.a.lines[0] }}",
    "<!--\n",
    "-->\n",
    "<div>\n",
    "    ",
    "\r",
    "\r\n",
    "{%- x %}",
]
soup = st.lists(st.sampled_from([*PLAIN, *VALUES, *ALONE, *FENCED]), max_size=25).map("".join)


@settings(MANY, max_examples=500)
@given(st.one_of(soup, st.text(max_size=60)), st.sampled_from(LINES))
def test_no_template_ends_in_anything_but_a_deck_or_an_error_with_a_line(source, line):
    source = FRONT + source
    result = attempt(source, prints(line))
    if isinstance(result, Rendered):
        assert len(result.origins) == result.markdown.count("\n") + 1
    else:
        last = len(re.split(r"\r\n|\r|\n", source))
        assert all(part.at is not None and 1 <= part.at.line <= last for part in parts(result)), source
        assert all(part.message for part in parts(result))
