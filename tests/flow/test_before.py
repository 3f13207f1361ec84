"""What the user has not committed yet is kept before a command replaces it, and nobody removes it silently."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.course import captured, recorded, write_record
from tests.project.trees import Tree, make_tree

LOCAL = ("capture", "one", "--host", "local", "--disposable")
RECORD = "decks/one/records/current.json"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = make_tree(tmp_path)
    write_record(made.root / RECORD, recorded((captured("true", "mine"),)))
    return made


def git(tree: Tree, *arguments: str) -> None:
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=tree.root, check=True, capture_output=True)


def commit(tree: Tree) -> None:
    git(tree, "init", "--quiet")
    git(tree, "add", "decks")
    git(tree, "commit", "--quiet", "--message", "all")


def kept(tree: Tree, folder: str = "one") -> list[Path]:
    return sorted((tree.root / "build" / "before" / folder).glob("*.*"))


@pytest.mark.hostile("a record only here", "it is kept, and said where", "a loss")
@pytest.mark.parametrize("state", ["no repository", "no git", "not added", "added", "changed since", "ignored"])
def test_a_record_that_was_not_committed_is_kept(tree: Tree, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = (tree.root / RECORD).read_bytes()
    if state == "no git":
        monkeypatch.setenv("PATH", "/nowhere")
    elif state in ("not added", "added", "ignored"):
        git(tree, "init", "--quiet")
        (tree.root / ".gitignore").write_text("*.json\n" if state == "ignored" else "", encoding="utf-8")
        git(tree, "add", "decks" if state == "added" else ".gitignore")
    elif state == "changed since":
        commit(tree)
        mine += b"\n"
        (tree.root / RECORD).write_bytes(mine)
    if state == "no git":  # a capture needs programs; what is replaced is kept in the same way by i18n
        mine = (tree.deck / "locale" / "en.po").read_bytes()
        done = tree.livedeck("i18n", "update")
    else:
        done = tree.livedeck(*LOCAL)
    done.assert_clean(0, "was not committed: the one before is kept as build/before/one/")
    assert [path.read_bytes() for path in kept(tree)] == [mine]
    said = re.search(r"kept as (\S+)", done.err)
    assert said
    assert (tree.root / said[1]).read_bytes() == mine


def test_what_git_has_is_not_kept_twice(tree: Tree) -> None:
    commit(tree)
    for command in (LOCAL, ("i18n", "update"), ("i18n", "add", "ja")):
        done = tree.livedeck(*command)
        done.assert_clean(0)
        assert "kept as" not in done.err
    assert not (tree.root / "build" / "before").exists()


def test_captures_in_a_row_lose_nothing_and_clean_keeps_them(tree: Tree) -> None:
    before = []
    for _ in range(3):
        before.append((tree.root / RECORD).read_bytes())
        tree.livedeck(*LOCAL).assert_clean(0)
    assert [path.read_bytes() for path in kept(tree)] == before
    tree.livedeck("clean").assert_clean(0, "kept build/before", "rm -r build/before")
    assert [path.read_bytes() for path in kept(tree)] == before


def test_the_last_twenty_are_kept_and_nothing_else_is_removed(tree: Tree) -> None:
    folder = tree.root / "build" / "before" / "one"
    folder.mkdir(parents=True)
    names = [f"current.202611{day:02}T000000.000000Z.json" for day in range(1, 26)]
    others = ["current.json", "current.20261101.json", "other.20261101T000000.000000Z.json", "notes.txt"]
    for name in (*names, *others):
        (folder / name).write_text(name, encoding="utf-8")
    tree.livedeck(*LOCAL).assert_clean(0)
    left = [path.name for path in kept(tree)]
    assert sorted(set(others) & set(left)) == sorted(others)
    assert [name for name in left if name in names] == names[-19:]
    assert len(left) == 20 + len(others)


def test_times_to_come_drive_nothing_out(tree: Tree) -> None:
    folder = tree.root / "build" / "before" / "one"
    folder.mkdir(parents=True)
    for day in range(1, 26):
        (folder / f"current.999912{day:02}T000000.000000Z.json").write_text("not ours", encoding="utf-8")
    before = []
    for _ in range(2):
        before.append((tree.root / RECORD).read_bytes())
        tree.livedeck(*LOCAL).assert_clean(0)
    assert [path.read_bytes() for path in kept(tree)][:2] == before
    assert len(kept(tree)) == 20


def test_a_failed_capture_replaces_nothing_and_keeps_nothing(tree: Tree) -> None:
    mine = (tree.root / RECORD).read_bytes()
    tree.place.deck().write_text(
        tree.place.deck().read_text(encoding="utf-8").replace("true", "false"), encoding="utf-8"
    )
    tree.livedeck(*LOCAL).assert_clean(1)
    assert (tree.root / RECORD).read_bytes() == mine
    assert not (tree.root / "build" / "before").exists()


def test_catalogs_and_the_course_file_are_kept_too(tree: Tree) -> None:
    course = (tree.root / "decks" / "course.toml").read_bytes()
    catalog = (tree.deck / "locale" / "en.po").read_bytes()
    tree.livedeck("i18n", "update").assert_clean(0, "decks/one/locale/en.po was not committed")
    tree.livedeck("i18n", "add", "ja").assert_clean(0, "decks/course.toml was not committed")
    assert [path.read_bytes() for path in kept(tree)] == [catalog]
    assert [path.read_bytes() for path in kept(tree, ".") if path.is_file()] == [course]
