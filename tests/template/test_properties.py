"""Random templates, values, screens and commands."""

from __future__ import annotations

import re

import jinja2
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from generator.errors import TemplateError
from generator.model import Rendered
from generator.template import read, split
from generator.template.mask import scan
from generator.template.source import environment
from tests.template.hostile import LINES
from tests.template.stage import FIRST, FRONT, PATH, attempt, complaints, parts, play, prints
from tests.template.test_hostile import MILD, PLACES, REFUSED_ALWAYS, fenced

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
    """The tags of a source by Jinja's own lexer; None where it finds an error, or the end of the source in a tag."""
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
    assert faults == []


def jinja_reads(source: str) -> bool:
    """Whether Jinja itself finds nothing wrong with a source."""
    try:
        environment().parse(source)
    except jinja2.TemplateSyntaxError:
        return False
    return True


def reference(source: str) -> str:
    """What Jinja makes of a source when lines that hold only statements and comments are taken out by hand."""
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
    jinja.extensions["generator.template.tags.LivedeckTags"].runtime = _Silent()
    return jinja.from_string(text).render(lang="ko")


class _Silent:
    calling = 0

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
    jinja.extensions["generator.template.tags.LivedeckTags"].runtime = _Silent()
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
    assume("```" not in source and "~~~" not in source)
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
        assert result.slides >= 1
    else:
        last = len(re.split(r"\r\n|\r|\n", source))
        assert all(part.at is not None and 1 <= part.at.line <= last for part in parts(result)), source
        assert all(part.message for part in parts(result))


# --- values and screens ------------------------------------------------------------------------------

chars = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
pieces = st.lists(
    st.one_of(st.sampled_from(LINES), chars, st.sampled_from(list("`*_[]()<>|~$#&.:/-+=!{}\\ \t'\"1"))), max_size=6
).map("".join)
parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(front_matter_plugin)


def words(markdown: str) -> tuple[list[str], str]:
    """The elements of a deck and all its text, by an ordinary Markdown parser."""
    elements: list[str] = []
    text: list[str] = []
    for token in parser.parse(markdown):
        elements.append(token.type)
        for part in token.children or ([token] if token.type in ("fence", "code_block") else []):
            elements.append(part.type)
            text.append(part.content if part.type != "image" else "".join(c.content for c in part.children))
    return elements, "".join(text)


@MANY
@given(value=pieces, place=st.sampled_from([place for place in PLACES if place not in REFUSED_ALWAYS]))
def test_a_value_is_exact_or_refused(value, place):
    source = f"{FRONT}{PLACES[place]}\n\n끝\n"
    result = attempt(source, course={"v": value})
    if not isinstance(result, Rendered):
        assert isinstance(result, TemplateError)
        assert result.at.line == FIRST + PLACES[place].split("{{")[0].count("\n")
        return
    assert result.slides == 1
    if place in ("address", "address in a cell", "whole address", "bare address", "title", "title in a cell", "bold"):
        return  # Not words, or (bold beside Korean) more than this parser knows: Marp itself is asked elsewhere.
    elements, text = words(result.markdown)
    mild_elements, mild_text = words(play(source, course={"v": MILD}).markdown)
    assert elements == mild_elements
    assert text == mild_text.replace(MILD, value)


@MANY
@given(screen=st.lists(pieces, max_size=6), place=st.sampled_from(["top", "quote", "list", "list marker", "deep"]))
def test_a_screen_is_one_fence_that_holds_just_it(screen, place):
    result = play(fenced(place), prints(*screen))
    assert result.slides == 1
    fences = [token for token in parser.parse(result.markdown) if token.type == "fence"]
    assert [token.content for token in fences] == ["".join(f"{line}\n" for line in ["$ ls", *screen])]
    assert fences[0].info == "terminal 1:2"
    assert "뒤" in words(result.markdown)[1]


# --- commands ----------------------------------------------------------------------------------------

SHELL = [
    "ls",
    "a && b",
    "for i in 1 2; do",
    "done",
    "if x; then",
    "fi",
    "cat <<EOF",
    "EOF",
    "cat <<'A' <<B",
    "'",
    '"',
    "$(",
    ")",
    "\\",
    "{",
]
SHELL += [
    "}",
    "# c",
    "a |",
    "f() {",
    "case x in",
    "esac",
    "`",
    "((",
    "[[",
    "  ",
    "",
    "한글",
    "\t x",
    "a; b",
    "a &",
    "{{.Names}}",
    "${#a[@]}",
]
lines = st.lists(
    st.one_of(
        st.sampled_from(SHELL), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=8)
    )
)


@MANY
@given(lines)
def test_split_keeps_every_line_in_order(written):
    commands = split("\n".join(written))
    assert all(command.strip() for command in commands)
    kept = [line.rstrip() for command in commands for line in command.split("\n") if line.strip()]
    assert kept == [line.rstrip() for line in written if line.strip()]
