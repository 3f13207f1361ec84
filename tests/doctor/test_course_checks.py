"""Courses, templates, records and folders that no build can use."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from livedeck import doctor

from tests.doctor.place import DECK, Project


def test_no_course(project: Project) -> None:
    project.course.unlink()
    course = project.examine()["course"]
    assert (course.state, course.fix) == ("missing", "write one; only `title` is required")
    assert "build" in course.affects
    assert "capture" in course.affects


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('title = "x', "decks/course.toml:1: the course file is not TOML"),
        ('title = "x"\ntilte = 1', "decks/course.toml:1: unknown key tilte"),
        (
            'title = "x"\n[redact.rules]\nbad = "("\n',
            "decks/course.toml:3: redact.rules.bad is not a regular expression",
        ),
        ('title = "x"\n[step]\ntemplate = "none.md"\n', "decks/course.toml:1: cannot read the step template"),
    ],
)
def test_a_broken_course_file(project: Project, text: str, found: str) -> None:
    project.course.write_text(text, encoding="utf-8")
    findings = project.examine()
    assert findings["course"].state == "broken"
    assert findings["course"].found.startswith(found)
    assert findings["course"].fix
    assert findings["node"].state == "ok"


def test_no_theme(project: Project) -> None:
    shutil.rmtree(project.root / "themes")
    theme = project.examine()["theme"]
    assert (theme.state, theme.found) == ("missing", "there is no theme `mspt2`: themes/ holds no such file")


def test_a_template_that_cannot_be_read(project: Project) -> None:
    project.deck.write_text(DECK.replace("id=hello", "id=hello tiemout=3"), encoding="utf-8")
    deck = project.examine()["deck one"]
    assert deck.state == "broken"
    assert deck.found.startswith("decks/one/deck.md:6: ")
    assert {"build", "capture"} <= set(deck.affects)


@pytest.mark.parametrize(
    ("change", "state", "found", "fix"),
    [
        (
            lambda p: p.deck.write_text(DECK.replace("echo hello", "echo bye"), encoding="utf-8"),
            "broken",
            "decks/one/deck.md:6: `echo bye` is not what was captured here: `echo hello`",
            "livedeck capture one",
        ),
        (
            lambda p: p.record.unlink(),
            "missing",
            "decks/one/records/current.json:1: there is no record of one on current",
            "livedeck capture one",
        ),
        (
            lambda p: p.record.write_text("{"),
            "broken",
            "decks/one/records/current.json:1: the record is damaged",
            "livedeck capture one",
        ),
        (
            lambda p: p.deck.write_text(DECK.replace('== "hello"', '== "bye"'), encoding="utf-8"),
            "broken",
            "decks/one/deck.md:10: this claim is not true of what happened",
            "change the sentence or its condition",
        ),
    ],
)
def test_a_record_that_no_build_can_use(
    project: Project, change: Callable[[Project], object], state: str, found: str, fix: str
) -> None:
    change(project)
    findings = project.examine()
    record = findings["record one"]
    assert (record.state, record.affects) == (state, ("build", "check", "fit"))
    assert record.works == ("build --live", "capture")
    assert record.found.startswith(found)
    assert record.fix.startswith(fix)
    assert doctor.exit_code([record]) == 3
    assert "records on current" not in findings


def test_a_build_folder_that_is_a_file(project: Project) -> None:
    (project.root / "build").write_text("")
    found = project.examine()["build/"]
    assert (found.state, found.found) == ("broken", f"{project.root / 'build'} is not a folder")
    assert found.fix == f"move {project.root / 'build'} out of the way"
