"""`livedeck drift` without Docker: records of engines and revisions, its exit codes, its files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import msgspec

from generator import records
from generator.model import Capture, Images, Record
from tests.flow.conftest import COURSE, Project, captured, recorded

OTHER = "[engines.current]\n[engines.other]\n"


def git(project: Project, *arguments: str) -> None:
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=project.root, check=True, capture_output=True)


def with_other(project: Project, *steps: tuple[Capture, ...], masks: str = "", **changes: object) -> None:
    """Two engines; the other one's record has these steps."""
    (project.root / "decks" / "course.toml").write_text(f"{COURSE}{OTHER}{masks}", encoding="utf-8")
    write(project, msgspec.structs.replace(recorded(*steps, engine="other"), **changes))


def write(project: Project, record: Record) -> None:
    records.write(project.record.with_name(f"{record.engine}.json"), record)


def test_two_engines_that_differ(project: Project) -> None:
    with_other(project, (captured("echo hello", "hello", "and more"),), (captured("( exit 3 )", code=2),))

    done = project.livedeck("drift", "--against", "other")

    assert done.returncode == 4
    assert done.stdout.splitlines() == [
        "one: the record on other of 2026-11-22 00:00 -> that on current of 2026-11-22 00:00",
        "  engine: other -> current",
        "  2 commands: 2 drift",
        "  slide 1, First, decks/one/deck.md:8, `echo hello`: drift; another output",
        "    |   hello",
        "    | - and more",
        "  slide 2, Second, decks/one/deck.md:18, `( exit 3 )`: drift; exit 2 -> exit 3",
    ]
    assert done.stderr.splitlines() == ["error: one drifted", "  the slides still build"]


def test_two_engines_that_agree(project: Project) -> None:
    with_other(project, (captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),))

    done = project.livedeck("drift", "--against", "other")

    assert (done.returncode, done.stderr) == (0, "")
    assert "2 commands: 2 same" in done.stdout


def test_annotations_and_a_file(project: Project) -> None:
    with_other(project, (captured("echo hello", "olleh"),), (captured("( exit 3 )", code=3),))

    done = project.livedeck("drift", "--against", "other", "--output", "found/drift.json", GITHUB_ACTIONS="true")

    assert (done.returncode, done.stdout) == (4, "")
    assert "::warning file=decks/one/deck.md,line=8,title=drift::echo hello: another output" in done.stderr
    assert "wrote found/drift.json" in done.stderr
    assert json.loads((project.root / "found" / "drift.json").read_text(encoding="utf-8"))["drift"] is True


def test_a_revision(project: Project) -> None:
    git(project, "init", "-q")
    git(project, "add", "decks")
    git(project, "commit", "-qm", "one")
    before = project.record.read_bytes()
    write(project, recorded((captured("echo hello", "hello"),), (captured("( exit 3 )", "oh", code=3),)))

    done = project.livedeck("drift", "--from", "HEAD", "--format", "md")

    assert done.returncode == 4
    assert "the record in HEAD" in done.stdout
    assert "+ oh" in done.stdout
    project.record.write_bytes(before)
    assert project.livedeck("drift", "--from", "HEAD").returncode == 0


def test_a_revision_is_of_the_project_and_runs_nothing(project: Project) -> None:
    """As in a hook of another repository, and where attributes name programs that would change what is shown."""
    other = Project(project.root.parent / "other")
    shutil.copytree(project.root / "decks", other.root / "decks")
    write(other, recorded((captured("echo hello", "olleh"),), (captured("( exit 3 )", code=3),)))
    for each in (project, other):
        git(each, "init", "-q")
        git(each, "add", "decks")
        git(each, "commit", "-qm", "one")
    (project.root / ".gitattributes").write_text("*.json diff=own filter=own\n", encoding="utf-8")
    for name in ("diff.own.textconv", "filter.own.smudge", "core.fsmonitor", "core.pager"):
        git(project, "config", name, f"touch {project.root}/owned; cat")

    done = project.livedeck("drift", "--from", "HEAD", GIT_DIR=str(other.root / ".git"), GIT_WORK_TREE=str(other.root))

    assert (done.returncode, "2 commands: 2 same" in done.stdout) == (0, True), done.stdout + done.stderr
    assert not (project.root / "owned").exists()


def test_revisions_that_are_not_there(project: Project) -> None:
    lost = project.livedeck("drift", "--from", "HEAD", GIT_CEILING_DIRECTORIES=str(project.root.parent))
    assert (lost.returncode, "lies in no git repository" in lost.stderr) == (2, True)
    git(project, "init", "-q")
    git(project, "add", "decks/course.toml")
    git(project, "commit", "-qm", "one")

    nothing = project.livedeck("drift", "--from", "HEAD")
    assert (nothing.returncode, "HEAD has no record of one on current" in nothing.stderr) == (2, True)
    for revision in ("v9", "--output=x"):
        unknown = project.livedeck("drift", f"--from={revision}")
        assert (unknown.returncode, f"there is no revision {revision}" in unknown.stderr) == (2, True)
    without = project.livedeck("drift", "--from", "HEAD", PATH=os.devnull)
    assert (without.returncode, "git is not installed" in without.stderr) == (3, True)


def test_another_world_needs_to_be_asked_for(project: Project) -> None:
    with_other(
        project, (captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),), images=Images("stand-in")
    )

    refused = project.livedeck("drift", "--against", "other")
    assert refused.returncode == 2
    assert "not of one world: images from stand-ins -> Docker Hub" in refused.stderr
    assert "--across" in refused.stderr
    done = project.livedeck("drift", "--against", "other", "--across")
    assert done.returncode == 0
    assert "  images from: stand-ins -> Docker Hub" in done.stdout.splitlines()


def test_masks(project: Project) -> None:
    masks = "[masks]\nscore = '\\d+ points'\nlost = 'nowhere'\n"
    for steps in (("hello 7 points",), ("hello 12 points",)):
        write(project, recorded((captured("echo hello", *steps),), (captured("( exit 3 )", code=3),)))
        if steps == ("hello 7 points",):
            with_other(project, (captured("echo hello", *steps),), (captured("( exit 3 )", code=3),), masks=masks)

    done = project.livedeck("drift", "--against", "other")

    assert done.returncode == 0
    assert "1 same, 1 volatile" in done.stdout
    assert done.stderr == "the mask lost in decks/course.toml matches nothing in these records\n"


def test_wrong_masks_and_options(project: Project) -> None:
    for rule, said in (("'('", "is no regular expression"), ("'x*'", "matches the empty text")):
        with_other(project, masks=f"[masks]\nbad = {rule}\n")
        done = project.livedeck("drift", "--against", "other")
        assert (done.returncode, said in done.stderr, "course.toml" in done.stderr) == (2, True, True)
    with_other(project)
    for arguments in (("--against", "other", "--from", "x"), ("--against", "other", "--fresh"), ("--against", "none")):
        assert project.livedeck("drift", *arguments).returncode == 2


def test_a_deck_without_a_record_is_told_and_not_captured(project: Project) -> None:
    project.record.unlink()

    done = project.livedeck("drift", DOCKER_HOST="unix:///nowhere")

    assert done.returncode == 1
    assert "there is no record of one on current" in done.stderr


def test_without_a_host_nothing_is_told(project: Project) -> None:
    before = project.record.read_bytes()

    done = project.livedeck("drift", DOCKER_HOST="unix:///nowhere")

    assert (done.returncode, done.stdout) == (3, "")
    assert project.record.read_bytes() == before
