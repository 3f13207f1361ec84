"""The reports: everything that counts, with its place; nothing that was captured acts in them."""

from __future__ import annotations

import dataclasses
import html.parser
import itertools
import json
import re

import pytest
from livedeck.drift import FORMATS, Places, as_lines, compare, report
from livedeck.model import ClaimBranch, ComparedClaim, Comparison, Key, Location, Missing, Slide
from markdown_it import MarkdownIt

from tests.drift.term import Term, record, term

EVIL = "</td><script>alert(1)</script> ``` ````` | @someone #12 <!-- &amp; [a](http://b.example) ![x](y)"
PLACES = Places(
    steps={number: Location("decks/demo/deck.md", 10 * number + 7) for number in range(30)},
    slides=(Slide(5, "컨테이너를 실행하면", 1, 1, (Key(4, 0, 0), Key(6, 0, 0))),),
)


def changed(*, evil: str = "") -> Comparison:
    """Two terms with a renamed column, a warning on another slide, and another Docker."""
    old, new = term(1), term(2)
    new.steps[4] = ("docker ps", [line.replace("CREATED", "AGE") for line in new.steps[4][1]], 0)
    new.steps[6] = (f"docker run --detach -P nginx{evil}", [f"WARNING: {evil}", *new.steps[6][1]], 0)
    old.steps[6] = (f"docker run --detach -P nginx{evil}", old.steps[6][1], 0)
    return compare(record(old), record(new, docker="29.0.1"), names=("the record", "now"), masks={}, places=PLACES)


def test_the_text_opens_with_the_world_and_names_slide_line_and_command() -> None:
    lines = report([changed()], "text").split("\n")

    assert lines[0].startswith("demo on current: the record of 2026-11-22 04:40 -> now of")
    assert lines[1] == "  docker: 28.5.2 -> 29.0.1"
    assert "2 drift" in lines[2]
    place = lines.index("  slide 5, 컨테이너를 실행하면, decks/demo/deck.md:47, `docker ps`: drift; another output")
    assert re.fullmatch(r"    \| - CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES", lines[place + 1])
    assert lines[place + 2].split("|")[1].strip() == "^^^^^^^"
    assert lines[place + 2].index("^") == lines[place + 1].index("CREATED")
    assert any(line.endswith("+ WARNING:") or "+ WARNING: " in line for line in lines)


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_the_same_every_time(form: str) -> None:
    assert report([changed(evil=EVIL)], form) == report([changed(evil=EVIL)], form)


def test_no_text_of_a_screen_leaves_its_place_in_markdown() -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(report([changed(evil=EVIL)], "md"))

    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
    assert not kinds & {"html_block", "html_inline", "link_open", "image"}
    assert sum(token.type == "fence" and token.info == "diff" for token in tokens) == 2
    assert any(f"+ WARNING: {EVIL}" in token.content for token in tokens if token.type == "fence")
    outside = [child.content for token in tokens for child in token.children or () if child.type == "text"]
    assert not any("@someone" in text for text in outside)


def test_a_long_markdown_report_fits_a_comment() -> None:
    old, new = Term(1), Term(2)
    old.steps = [(f"echo {number}", ["x" * 200] * 60, 0) for number in range(40)]
    new.steps = [(f"echo {number}", ["y" * 200] * 60, 0) for number in range(40)]
    found = compare(record(old), record(new), names=("a", "b"), masks={}, places=Places())

    text = report([found], "md")

    assert len(text) < 65_536
    assert text.count("```") % 2 == 0
    told = text.rstrip().rsplit("\n", 1)[1]
    assert (text.count("```diff"), "it has 35 commands without what it showed" in told) == (5, True)
    assert all(f"`echo {number}`: drift" in text for number in range(40))


def test_a_long_report_of_a_deck_whose_slides_are_not_known_keeps_its_head_and_whole_commands() -> None:
    old, new = Term(1), Term(2)
    old.steps = [(f"echo {number} {'x' * 60}", ["x " * 9] * 6, 0) for number in range(900)]
    new.steps = [(f"echo {number} {'x' * 60}", ["y " * 9] * 6, 0) for number in range(900)]
    both = compare(record(old), record(new, docker="29.0.1"), names=("a", "b"), masks={}, places=Places())

    text = report([both, changed()], "md", missing=[Missing("lost", "current", "there is no record")])

    assert len(text) < 65_536
    assert text.startswith("- lost on current: not compared; there is no record\n\n## demo on current: a of")
    assert "| docker | 28.5.2 | 29.0.1 |" in text
    assert "echo 0 " in text
    assert "echo 899 " not in text
    assert re.search(r"it has \d+ commands without what it showed and \d+ commands not at all", text)


def test_a_very_long_line_is_cut_around_what_changed() -> None:
    old, new = Term(1), Term(2)
    old.steps = [("x", [f"{'front ' * 300}old{' back' * 300}"], 0)]
    new.steps = [("x", [f"{'front ' * 300}new{' back' * 300}"], 0)]
    found = compare(record(old), record(new), names=("a", "b"), masks={}, places=Places())

    for form in ("text", "md"):
        text = report([found], form)
        assert "front old back" in text
        assert max(map(len, text.split("\n"))) < 500


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_what_marks_a_word_stays_below_it_on_a_narrow_terminal(columns: int) -> None:
    lines = report([changed()], "text", columns=columns).split("\n")

    rows = [line for line in lines if line.startswith("    | ")]
    assert max(map(len, rows)) <= columns
    for above, below in itertools.pairwise(rows):
        if set(below[6:]) == {" ", "^"}:
            marked = {above[place] for place, letter in enumerate(below) if letter == "^"}
            assert " " not in marked
            assert above[6] in "+-"
    assert any("^^^" in row for row in rows)


class Page(html.parser.HTMLParser):
    """Tags, addresses and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "style", "onclick")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_old_and_new_and_asks_for_nothing() -> None:
    text = report([changed(evil=EVIL)], "html")
    page = Page()
    page.feed(text)

    assert "script" not in page.tags
    assert page.addresses == []
    assert "url(" not in text
    assert "@import" not in text
    assert f"WARNING: {EVIL}" in page.text
    assert '<span class="changed">CREATED</span>' in text
    assert '<span class="changed">AGE</span>' in text
    assert '<span class="volatile">' in text
    assert "slide 5, 컨테이너를 실행하면" in page.text


def test_json_has_a_format_and_every_command() -> None:
    document = json.loads(report([changed()], "json"))

    assert document["format"] == 2
    assert document["drift"] is True
    (deck,) = document["decks"]
    assert deck["world"] == [{"what": "docker", "old": "28.5.2", "new": "29.0.1"}]
    assert deck["counts"]["drift"] == 2
    assert len(deck["commands"]) == 21
    (first, second) = [command for command in deck["commands"] if command["verdict"] == "drift"]
    assert (first["step"], first["slide"], first["file"], first["line"]) == (5, 5, "decks/demo/deck.md", 47)
    assert {"text": "AGE", "mark": "changed"} in first["lines"][0]["new"]
    assert first["old"]["output"][0].split()[3:5] == ["COMMAND", "CREATED"]
    assert (first["new"]["command"], first["new"]["exit"]) == ("docker ps", 0)
    assert second["lines"][0] == {"kind": "added", "old": None, "new": [{"text": "WARNING: ", "mark": ""}]}


def test_nothing_changed_is_said_too() -> None:
    found = compare(record(term(1)), record(term(1)), names=("a", "b"), masks={}, places=Places())

    assert report([found], "text").splitlines()[1] == "  21 commands: 21 same"
    assert json.loads(report([found], "json"))["drift"] is False


def test_a_capture_reports_what_it_changed_with_sentences_and_without_screens() -> None:
    said = [ClaimBranch(branch, f"Sentence {branch}.", Location("deck.md", 10 + branch)) for branch in (1, 2)]
    claim = ComparedClaim(3, *said, Location("deck.md", 11))
    found = dataclasses.replace(changed(), claims=(claim,))

    lines = list(as_lines(found, short=True))

    place = lines.index("  deck.md:11, claim 3: branch 1 -> branch 2: drift")
    assert lines[place + 1 : place + 3] == ["    | - line 11: Sentence 1.", "    | + line 12: Sentence 2."]
    assert sum(line.startswith("    |") for line in lines) == 2
