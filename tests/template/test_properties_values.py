"""Random values, screens and commands."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from livedeck.errors import TemplateError
from livedeck.model import Rendered
from livedeck.template.reading.commands import split
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from tests.template.hostile import LINES
from tests.template.stage import FIRST, FRONT, attempt, play, prints
from tests.template.test_hostile import MILD, PLACES, REFUSED_ALWAYS, fenced
from tests.template.test_properties import MANY

chars = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
pieces = st.lists(
    st.one_of(st.sampled_from(LINES), chars, st.sampled_from(list("`*_[]()<>|~$#&.:/-+=!{}\\ \t'\"1"))), max_size=6
).map("".join)
parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(front_matter_plugin)


def words(markdown: str) -> tuple[list[str], str]:
    """Return the elements of a deck and all its text, by an ordinary Markdown parser."""
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
    assert len(result.slides) == 1
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
    assert len(result.slides) == 1
    fences = [token for token in parser.parse(result.markdown) if token.type == "fence"]
    assert [token.content for token in fences] == ["".join(f"{line}\n" for line in ["$ ls", *screen])]
    assert re.fullmatch(r"terminal 1:2 copy:1 s(20|18|16|15|14)", fences[0].info)
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
