"""`livedeck i18n` and `build --lang`, as a translator uses them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.course import Project

COURSE = """\
# What all decks share.
title = "Course"
languages = ["ko"] # the first is that of the templates

[labels.ko]
command = "명령어"

# The machine.
[terminal]
columns = 100
"""


@pytest.fixture
def course(project: Project) -> Path:
    path = project.root / "decks" / "course.toml"
    path.write_text(COURSE, encoding="utf-8")
    return path


def test_a_language_is_added_translated_counted_and_built(project: Project, course: Path) -> None:
    added = project.livedeck("i18n", "add", "en")
    assert added.returncode == 0, added.stderr
    text = course.read_text(encoding="utf-8")
    assert text.startswith(COURSE.replace('["ko"]', '["ko", "en"]'))
    assert tomllib.loads(text)["labels"]["en"]["command"] == "Command"
    assert "[labels.en] in decks/course.toml is in English" in added.stderr
    catalog = project.deck.parent / "locale" / "en.po"
    template = catalog.read_text(encoding="utf-8")
    assert '#. heading\n#, md-text\nmsgid "First"\nmsgstr ""\n' in template
    assert "#. paragraph, First\n#. {{ steps.hello.text }} = hello\n" in template

    again = project.livedeck("i18n", "update")
    assert "all catalogs are up to date" in again.stderr
    assert catalog.read_text(encoding="utf-8") == template

    catalog.write_text(template.replace('"First"\nmsgstr ""', '"First"\nmsgstr "The first"'), encoding="utf-8")
    built = project.livedeck("build", "--format", "md", "--lang", "en")
    assert built.returncode == 0, built.stderr
    assert "one.en: 1 of 3 sentences translated (2 missing); the rest is in ko" in built.stderr
    slides = (project.root / "build" / "one.en.md").read_text(encoding="utf-8")
    assert "## The first\n" in slides
    assert "**Command**" in slides
    assert "lang: en" in slides
    assert not (project.root / "build" / "one.ko.md").exists()

    strict = project.livedeck("build", "--format", "md", "--strict")
    assert strict.returncode == 1
    assert "2 sentences have no translation" in strict.stderr

    counted = project.livedeck("i18n", "stats", "--format", "json", "--fail-under", "33")
    assert counted.returncode == 0
    (row,) = json.loads(counted.stdout)
    assert (row["deck"], row["language"], row["translated"], row["missing"], row["percent"]) == ("one", "en", 1, 2, 33)
    assert project.livedeck("i18n", "stats", "--fail-under", "34").returncode == 1
    table = project.livedeck("i18n", "stats", "--format", "md").stdout
    assert "| one | en | 3 | 1 | 0 | 2 | 0 | 33 |" in table
    assert project.livedeck("i18n", "check").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("i18n", "add", "../x"), "is not a language"),
        (("i18n", "add", "KO"), "the course has the language KO already"),
        (("i18n", "add", "ko"), "livedeck i18n update makes the catalogs that it lacks"),
        (("i18n", "update"), "the course has one language"),
        (("build", "--lang", "fr"), "the course has no language fr"),
    ],
)
def test_what_cannot_be_done_is_said(project: Project, arguments: tuple[str, ...], message: str) -> None:
    done = project.livedeck(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_files_with_the_line_ends_of_windows_keep_them(project: Project, course: Path) -> None:
    course.write_bytes(COURSE.replace("\n", "\r\n").encode())
    assert project.livedeck("i18n", "add", "en").returncode == 0
    catalog = project.deck.parent / "locale" / "en.po"
    catalog.write_bytes(catalog.read_bytes().replace(b"\n", b"\r\n"))
    project.deck.write_text(project.deck.read_text(encoding="utf-8").replace("First", "The first"), encoding="utf-8")
    done = project.livedeck("i18n", "update")
    assert "wrote decks/one/locale/en.po" in done.stderr
    for path in (course, catalog):
        data = path.read_bytes()
        assert data.count(b"\n") == data.count(b"\r\n") > 5
    assert b'msgid "The first"' in catalog.read_bytes()


def test_update_leaves_a_damaged_catalog_alone(project: Project, course: Path) -> None:
    course.write_text(COURSE.replace('["ko"]', '["ko", "en"]'), encoding="utf-8")
    path = project.deck.parent / "locale" / "en.po"
    path.parent.mkdir()
    path.write_text('msgid "x\n', encoding="utf-8")
    done = project.livedeck("i18n", "update")
    assert done.returncode == 1
    assert "decks/one/locale/en.po:1: " in done.stderr
    assert path.read_text(encoding="utf-8") == 'msgid "x\n'
