"""Links in the place of what Livedeck writes: nothing is written, removed or changed where they lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.course import captured, recorded, write_record
from tests.project.trees import Tree, make_tree, state

PLACES = {
    "build/.marp": "build/.marp",
    "build/.made": "build/.made",
    "build/.locks": "build/.locks",
    "build/before": "build/before",
    "build/fit": "build/fit",
    "build/one": "build/one",
    "build/one/img": "build/one/img",
    "build/one.ko": "build/one.ko",
    "build/engines": "build/engines",
    "build/engines/other": "build/engines/other",
    "build/records": "build/records",
    "build/records/one": "build/records/one",
    "build/attempts": "build/attempts",
    "build/attempts/one": "build/attempts/one",
    "build": "build",
    "decks": "decks",
    "decks/one": "decks/one",
    "decks/one/records": "decks/one/records",
    "decks/one/locale": "decks/one/locale",
    "decks/one/img": "decks/one/img",
    "themes": "themes",
    "themes/mspt2": "themes/mspt2",
}
LOCAL = ("capture", "one", "--host", "local", "--disposable")
COMMANDS = {
    "build": ("build", "--format", "md"),
    "other": ("build", "--format", "md", "--engine", "other"),
    "attempt": ("build", "--format", "md", "--attempt"),
    "update": ("i18n", "update"),
    "add": ("i18n", "add", "ja"),
    "drift": ("drift", "--against", "other", "--output", "build/engines/report.md"),
    "clean": ("clean",),
}
SLOW = {
    "html": ("build", "--format", "html", "--no-fit"),
    "check": ("check",),
    "fit": ("fit",),
    "pdf and png": ("build", "--format", "pdf,png"),
    "capture": LOCAL,
    "live": ("build", "--live", "--format", "md", "--host", "local", "--disposable"),
    "fresh": ("drift", "--host", "local", "--disposable"),
}
REFUSED = {
    "build .made": ("build/.made", "build", 3, "build/.made is a link"),
    "build one": ("build/one", "build", 3, "build/one is a link"),
    "build one/img": ("build/one/img", "build", 3, "build/one/img is a link"),
    "other engines": ("build/engines", "other", 3, "build/engines is a link"),
    "update locale": ("decks/one/locale", "update", 1, "decks/one/locale is a link out of the project"),
    "update deck": ("decks/one", "update", 2, "decks/one is a link out of decks/"),
    "drift engines": ("build/engines", "drift", 3, "build/engines is a link"),
    "capture records": ("decks/one/records", "capture", 3, "decks/one/records is a link"),
    "build records": ("decks/one/records", "build", 1, "decks/one/records is a link out of the project"),
    "build": ("build", "build", 3, "build is a link to"),
    "clean build": ("build", "clean", 3, "build is a link to"),
    "clean .made": ("build/.made", "clean", 3, "build/.made"),
    "html .marp": ("build/.marp", "html", 3, "build/.marp is a link"),
    "html themes": ("themes", "html", 2, "it is a link out of the project"),
    "fit fit": ("build/fit", "fit", 3, "build/fit is a link"),
    "capture locks": ("build/.locks", "capture", 3, "build/.locks is a link"),
}
SAID = (
    "is a link",
    "a link out of",
    "outside the deck",
    "no course",
    "no failed capture",
    "there is no decks/course.toml",
)
WHERE = {
    "capture": ("build", "build/.locks", "build/before", "build/attempts", "decks/one", "decks/one/records"),
    "live": ("build", "build/.locks", "build/records", "build/records/one", "build/one", "build/attempts/one"),
    "fresh": ("build", "build/records", "build/records/one", "build/attempts", "decks/one/records"),
    "html": ("build/.marp", "build/.made", "build/one", "themes", "themes/mspt2"),
    "check": ("build/.marp", "build/fit", "build/one/img"),
    "fit": ("build/.marp", "build/fit"),
    "pdf and png": ("build/.marp", "build/one.ko", "build/fit"),
}
"""The places where the slow commands write, or read."""
QUICK = ("build/one", "decks/one/records")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return make_tree(tmp_path)


@pytest.mark.hostile("a link in a tree", "exit 0, or an error that names it", "a change where it leads")
@pytest.mark.parametrize(
    ("place", "command"),
    [
        pytest.param(
            place,
            command,
            id=f"{command}: {place}",
            marks=() if place in QUICK and command in ("build", "update", "clean") else pytest.mark.soak,
        )
        for place in PLACES
        for command in COMMANDS | SLOW
        if place in WHERE.get(command, PLACES)
    ],
)
def test_nothing_changes_where_a_link_leads(tree: Tree, place: str, command: str) -> None:
    write_record(tree.root / "build" / "attempts" / "one" / "current.json", recorded((captured("true"),)))
    tree.link(PLACES[place])
    before = state(tree.victim)
    done = tree.livedeck(*(COMMANDS | SLOW)[command])
    assert state(tree.victim) == before
    assert "Traceback" not in done.err
    assert "broke" not in done.err
    # Where the link is in nobody's way, the command ends as without it; a fresh capture drifts in any case.
    if done.code not in (0, 4):
        assert any(word in done.err for word in SAID), done.err


@pytest.mark.hostile("a link in the way", "the error that says what to do", "a change where it leads")
@pytest.mark.parametrize("name", REFUSED)
def test_the_link_is_named(tree: Tree, name: str) -> None:
    place, command, code, said = REFUSED[name]
    tree.link(place)
    before = state(tree.victim)
    tree.livedeck(*(COMMANDS | SLOW)[command]).assert_clean(code, said)
    assert state(tree.victim) == before


def test_the_fonts_of_somebody_else_stay(tree: Tree) -> None:
    fonts = tree.victim / "fonts"
    for number in range(400):
        (fonts / f"{number + 1000:064x}.json").write_text("{}", encoding="utf-8")
    tree.link("build/.marp/fonts", fonts)
    before = state(tree.victim)
    tree.livedeck("build", "--format", "html", "--no-fit").assert_clean(0)
    assert state(tree.victim) == before


@pytest.mark.hostile("a linked build", "exit 3", "a change where it leads")
@pytest.mark.parametrize("where", ["decks", "decks/one", ".", "..", "themes", "build", "nowhere", "/etc", "/dev/null"])
def test_build_leads_to_no_folder_but_one_of_builds(tree: Tree, where: str) -> None:
    (tree.root / "build").symlink_to(where)
    before = state(tree.root / "decks")
    for command in ("build", "clean"):
        done = tree.livedeck(*COMMANDS[command])
        assert (done.code, state(tree.root / "decks")) == (3, before) if command == "build" else (done.code in (0, 3))
    assert state(tree.root / "decks") == before


def test_build_may_be_another_disk(tree: Tree, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    (disk / "lost+found").mkdir(parents=True)
    (tree.root / "build").symlink_to(disk)
    tree.livedeck("build", "--format", "md").assert_clean(0)
    assert (disk / "one.ko.md").is_file()
    (disk / "mine.txt").write_text("mine", encoding="utf-8")
    tree.livedeck("clean").assert_clean(0)
    assert not (disk / "one.ko.md").exists()
    tree.livedeck("build", "--format", "md").assert_clean(0)
    assert (disk / "mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.hostile("a linked build", "exit 3", "a change where it leads")
@pytest.mark.parametrize("mark", ["none", "of another project", "a link"])
def test_build_leads_to_no_builds_of_another_project(tree: Tree, tmp_path: Path, mark: str) -> None:
    other = tmp_path / "other" / "build"
    (other / ".made").mkdir(parents=True)
    (other / "one.ko.md").write_text("theirs", encoding="utf-8")
    if mark == "of another project":
        (other / ".made" / ".project").write_text(str(tmp_path / "other"), encoding="utf-8")
    elif mark == "a link":
        (tree.root / "mark").write_text(str(tree.root.resolve()), encoding="utf-8")
        (other / ".made" / ".project").symlink_to(tree.root / "mark")
    (tree.root / "build").symlink_to(other)
    before = state(other)
    for command in ("build", "clean"):
        tree.livedeck(*COMMANDS[command]).assert_clean(3, "not a folder of this project's builds")
    assert state(other) == before


@pytest.mark.hostile("a link as a target", "it is replaced", "a change of what it led to")
@pytest.mark.parametrize(
    ("name", "command"),
    {
        "markdown": ("build/one.ko.md", "build"),
        "list of what is made": ("build/.made/one.ko", "build"),
        "picture": ("build/one/img/a.svg", "build"),
        "catalog": ("decks/one/locale/en.po", "update"),
        "record": ("decks/one/records/current.json", "capture"),
        "lock": ("build/.locks/one.current", "capture"),
    }.values(),
    ids=["markdown", "what is made", "picture", "catalog", "record", "lock"],
)
def test_a_link_in_the_place_of_a_file_is_not_written_through(tree: Tree, name: str, command: str) -> None:
    tree.link(name, tree.victim / "report.md")
    before = state(tree.victim)
    done = tree.livedeck(*(COMMANDS | SLOW)[command])
    assert state(tree.victim) == before
    assert done.code in (0, 1), done.err
    assert (tree.root / name).is_symlink() == (done.code == 1)


@pytest.mark.hostile("names that are not ours", "exit 0", "a removal")
@pytest.mark.parametrize("name", ["..ko", "before.ko", "fit.KO", "a b.ko.x", "-rf.ko", "x.ko\n", "one.en~", "*.ko"])
def test_only_names_of_decks_are_cleaned(tree: Tree, name: str) -> None:
    made = tree.root / "build" / ".made"
    made.mkdir(parents=True)
    (made / name).touch()
    own = [tree.root / "build" / each for each in ("before/one.md", "ko/x", "notes.md", "a b/x", "mine.ko.md")]
    for path in own:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    tree.livedeck("clean").assert_clean(0)
    assert all(path.read_text(encoding="utf-8") == "mine" for path in own)


def test_a_pipe_that_looks_like_an_unfinished_file_blocks_nothing(tree: Tree) -> None:
    os.mkfifo(tree.deck / "locale" / ".en.po.0123abcd")
    tree.livedeck("i18n", "update").assert_clean(0)
