"""Claims of which another branch holds: what the slide said, what it says now, and where both stand."""

from __future__ import annotations

import json

import msgspec
import pytest
from livedeck.model import RecordedClaim

from tests.course import COURSE, DECK, Project, captured, recorded, write_record
from tests.drift.test_command import OTHER, git

CLAIM = '{% claim steps.hello.text == "hello" %}It says {{ steps.hello.text }}.{% endclaim %}'
TWO = """\
{% claim steps.hello.text == "hello" %}It says {{ steps.hello.text }}.
{% elif steps.hello.text == "olleh" %}
It *says* {{ steps.hello.text }},
`backwards`.
{% endclaim %}"""
WORDS = "slide 1, First, decks/one/deck.md:12, claim 1: branch 1 -> branch 2: drift"


@pytest.fixture
def said(project: Project) -> Project:
    """A deck that says one thing of the record on `other`, and another of that on `current`."""
    (project.root / "decks" / "course.toml").write_text(f"{COURSE}{OTHER}", encoding="utf-8")
    project.deck.write_text(DECK.replace(CLAIM, TWO), encoding="utf-8")
    for engine, text, branch in (("other", "hello", 0), ("current", "olleh", 1)):
        put(project, engine, text, branch)
    return project


def put(project: Project, engine: str, text: str, branch: int) -> None:
    record = recorded((captured("echo hello", text),), (captured("( exit 3 )", code=3),), engine=engine)
    claims = (RecordedClaim(0, 0, branch),)
    write_record(project.record.with_name(f"{engine}.json"), msgspec.structs.replace(record, claims=claims))


def test_the_sentences_are_reported_with_their_lines_and_values(said: Project) -> None:
    done = said.livedeck("drift", "--against", "other")

    assert done.returncode == 4
    lines = done.stdout.splitlines()
    place = lines.index(f"  {WORDS}")
    assert lines[place + 1 : place + 3] == [
        "    | - line 12: It says hello.",
        "    | + line 14: It *says* olleh, `backwards`.",
    ]


def test_all_formats_tell_them(said: Project) -> None:
    text = said.livedeck("drift", "--against", "other", "--format", "md").stdout
    assert "- then, line 12: It says hello.\n" in text
    assert "- now, line 14: It \\*says\\* olleh, \\`backwards\\`.\n" in text

    page = said.livedeck("drift", "--against", "other", "--format", "html").stdout
    assert "<td>line 12: It says hello.</td><td>line 14: It *says* olleh, `backwards`.</td>" in page

    (claim,) = json.loads(said.livedeck("drift", "--against", "other", "--format", "json").stdout)["decks"][0]["claims"]
    assert (claim["old"], claim["new"], claim["slide"], claim["line"]) == (1, 2, 1, 12)
    assert claim["old_says"] == {"sentence": "It says hello.", "file": "decks/one/deck.md", "line": 12}
    assert claim["new_says"]["line"] == 14

    notes = said.livedeck("drift", "--against", "other", GITHUB_ACTIONS="true").stderr
    assert "line=12,title=drift::claim 1 holds by another branch: now It *says* olleh, `backwards`." in notes


def committed(project: Project) -> None:
    git(project, "init", "-q")
    git(project, "add", "decks")
    git(project, "commit", "-qm", "then")


def test_the_sentence_of_a_revision_is_that_of_its_template(said: Project) -> None:
    put(said, "current", "hello", 0)
    committed(said)
    now = DECK.replace(CLAIM, TWO).replace("echo hello", "echo olleh").replace("\n## First", "\nFor you.\n\n## First")
    said.deck.write_text(now, encoding="utf-8")
    record = recorded((captured("echo olleh", "olleh"),), (captured("( exit 3 )", code=3),))
    write_record(said.record, msgspec.structs.replace(record, claims=(RecordedClaim(0, 0, 1),)))

    lines = said.livedeck("drift", "--from", "HEAD").stdout.splitlines()

    assert "    | - HEAD:decks/one/deck.md:12: It says hello." in lines
    assert "    | + line 16: It *says* olleh, `backwards`." in lines


def test_claims_that_an_author_adds_or_rewords_are_not_drift(said: Project) -> None:
    put(said, "current", "hello", 0)
    committed(said)
    first = "{% claim 1 == 1 %}Something new.{% endclaim %}"
    second = "{% claim false %}Not this.{% elif true %}But this.{% endclaim %}"
    now = DECK.replace(CLAIM, f"{first}\n\n{second}\n\n{CLAIM}").replace("echo hello", "echo  hello")
    said.deck.write_text(now, encoding="utf-8")
    claims = (RecordedClaim(0, 0, 0), RecordedClaim(1, 0, 1), RecordedClaim(2, 0, 0))
    record = recorded((captured("echo  hello", "hello"),), (captured("( exit 3 )", code=3),))
    write_record(said.record, msgspec.structs.replace(record, claims=claims))

    done = said.livedeck("drift", "--from", "HEAD")

    assert "claim" not in done.stdout


def test_claims_of_a_record_are_those_that_hold_in_the_present_template(said: Project) -> None:
    """An author has put a claim in front of the others; the record still has their old numbers."""
    first = "{% claim steps.hello.exit == 1 %}Bad.{% elif steps.hello.exit == 0 %}Good.{% endclaim %}"
    said.deck.write_text(DECK.replace(CLAIM, f"{first}\n\n{TWO}"), encoding="utf-8")

    done = said.livedeck("drift", "--against", "other")

    assert "claim 2: branch 1 -> branch 2: drift" in done.stdout
    assert "claim 1" not in done.stdout


def test_what_is_not_known_is_said(said: Project) -> None:
    record = recorded((captured("echo bye", "bye"),), (captured("( exit 3 )", code=3),), engine="other")
    claims = (RecordedClaim(0, 0, 4),)
    write_record(said.record.with_name("other.json"), msgspec.structs.replace(record, claims=claims))

    lines = said.livedeck("drift", "--against", "other").stdout.splitlines()

    assert "    | - branch 5 of a template that is not known" in lines
    assert "    | + line 14: It *says* olleh, `backwards`." in lines


def test_the_branch_that_a_record_names_counts_though_its_captures_say_otherwise(said: Project) -> None:
    put(said, "other", "olleh", 0)

    lines = said.livedeck("drift", "--against", "other").stdout.splitlines()

    assert f"  {WORDS}" in lines
    assert "    | - line 12: It says {{ steps.hello.text }}." in lines
