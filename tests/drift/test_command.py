"""`livedeck drift` without Docker: records of engines and revisions, its exit codes, its files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec
from livedeck import records
from livedeck.errors import WorldError, exit_code
from livedeck.flow import drift as comparison
from livedeck.flow.jobs import FailedEdition
from livedeck.flow.worlds import Rule
from livedeck.model import FOUND, Capture, Edition, Images, Record, World
from livedeck.project import course as course_file

from tests.course import COURSE, DECK, Project, captured, make_run, recorded, write_record

OTHER = "[engines.current]\n[engines.other]\n"


def git(project: Project, *arguments: str) -> None:
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=project.root, check=True, capture_output=True)


def with_other(project: Project, *steps: tuple[Capture, ...], masks: str = "", **changes: object) -> None:
    """Two engines; the other one's record has these steps."""
    (project.root / "decks" / "course.toml").write_text(f"{COURSE}{OTHER}{masks}", encoding="utf-8")
    write(project, msgspec.structs.replace(recorded(*steps, engine="other"), **changes))


def write(project: Project, record: Record) -> None:
    write_record(project.record.with_name(f"{record.engine}.json"), record)


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
    assert (lost.returncode, "is not in a git repository" in lost.stderr) == (2, True)
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
    assert "decks/one/records/other.json:1: " in refused.stderr
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
    for rule, said in (("'('", "is not a regular expression"), ("'x*'", "matches the empty text")):
        with_other(project, masks=f"[masks]\nbad = {rule}\n")
        done = project.livedeck("drift", "--against", "other")
        assert (done.returncode, said in done.stderr, "course.toml" in done.stderr) == (2, True, True)
    with_other(project)
    for arguments in (("--against", "other", "--from", "x"), ("--against", "other", "--fresh"), ("--against", "none")):
        assert project.livedeck("drift", *arguments).returncode == 2


def test_a_deck_without_a_record_is_reported_and_not_captured(project: Project) -> None:
    project.record.unlink()

    done = project.livedeck("drift", DOCKER_HOST="unix:///nowhere")

    assert done.returncode == 1
    assert "there is no record of one on current" in done.stderr


def test_without_a_host_nothing_is_reported(project: Project) -> None:
    before = project.record.read_bytes()

    done = project.livedeck("drift", DOCKER_HOST="unix:///nowhere")

    assert (done.returncode, done.stdout) == (3, "")
    assert project.record.read_bytes() == before


def second(project: Project) -> Path:
    """Another deck beside `one`, with a record on `current` alone; its folder."""
    folder = project.root / "decks" / "two"
    folder.mkdir()
    (folder / "deck.md").write_text(DECK, encoding="utf-8")
    record = recorded((captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),), deck="two")
    write_record(folder / "records" / "current.json", record)
    return folder


def test_one_deck_drifted_and_another_could_not_be_compared(project: Project) -> None:
    with_other(project, (captured("echo hello", "olleh"),), (captured("( exit 3 )", code=3),))
    second(project)

    done = project.livedeck("drift", "--against", "other")

    assert done.returncode == 1
    assert "one drifted" in done.stderr
    assert "there is no record of two on other" in done.stderr
    missing = "two on current: not compared; decks/two/records/other.json:1: there is no record of two on other"
    assert missing in done.stdout
    document = json.loads(project.livedeck("drift", "--against", "other", "--format", "json").stdout)
    assert [(one["deck"], one["engine"], one["file"], one["line"]) for one in document["missing"]] == [
        ("two", "current", "decks/two/records/other.json", 1)
    ]
    assert (document["drift"], [deck["drift"] for deck in document["decks"]]) == (True, [True])
    for form in ("md", "html"):
        assert (
            "two on current: not compared; " in project.livedeck("drift", "--against", "other", "--format", form).stdout
        )


def test_a_fresh_capture_of_another_world_is_refused_before_anything_starts(project: Project) -> None:
    nowhere = {"DOCKER_HOST": "unix:///nowhere"}
    refused = project.livedeck("drift", "--images", "stand-in", **nowhere)

    assert (refused.returncode, "images from Docker Hub -> stand-ins" in refused.stderr) == (2, True)
    assert project.livedeck("drift", "--images", "stand-in", "--across", **nowhere).returncode == 3


def test_a_machine_of_another_world_is_refused_before_anything_is_typed(project: Project) -> None:
    """Where images come from and the architecture are known when the machine is there; other decks have their turn."""
    second(project)
    course = course_file.load(project.root)
    typed = []

    def capture(jobs: Sequence[Edition], rule: Rule) -> list[FailedEdition]:
        failed: list[FailedEdition] = []
        for job in jobs:
            record = records.parse(record_of(job).read_bytes(), "", job)
            try:
                rule.check(record, World("x86_64", "stand-in" if job.deck.slug == "one" else "hub", FOUND))
            except WorldError as error:
                failed.append((job, error))
                continue
            typed.append(job.deck.slug)
            write_fresh(project, job)
        return failed

    fresh = comparison.FreshCaptures(capture)
    wanted = [Edition(course, deck, "current") for deck in course.decks]
    found = comparison.drift(wanted, comparison.Against(), fresh, make_run({}))

    assert typed == ["two"]
    assert [one.deck for one in found.comparisons] == ["two"]
    assert [(one.deck, "stand-ins" in one.message) for one in found.missing] == [("one", True)]
    assert [exit_code(error) for error in found.errors] == [2]


def record_of(job: Edition) -> Path:
    return job.deck.folder / "records" / f"{job.engine}.json"


def write_fresh(project: Project, job: Edition) -> None:
    """A fresh capture that is as the record."""
    path = project.root / "build" / "records" / job.deck.slug / f"{job.engine}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record_of(job).read_text(encoding="utf-8"), encoding="utf-8")


def test_a_report_that_cannot_be_written_is_refused_before_anything_starts(project: Project) -> None:
    (project.root / "file").write_text("", encoding="utf-8")
    nowhere = {"DOCKER_HOST": "unix:///nowhere"}

    odd = project.livedeck("drift", "--output", "drift.pdf", **nowhere)
    assert (odd.returncode, "a report cannot be a .pdf file" in odd.stderr) == (2, True)
    lost = project.livedeck("drift", "--output", "file/drift.html", **nowhere)
    assert (lost.returncode, "cannot write file/drift.html" in lost.stderr) == (3, True)
    assert "nowhere" not in lost.stderr


def test_a_report_for_programs_is_there_though_nothing_could_be_compared(project: Project) -> None:
    done = project.livedeck("drift", "--format", "json", DOCKER_HOST="unix:///nowhere")

    document = json.loads(done.stdout)
    assert (done.returncode, document["decks"], [one["deck"] for one in document["missing"]]) == (3, [], ["one"])


def test_places_are_known_though_one_of_the_records_cannot_be_rendered(project: Project) -> None:
    """Another exit code than the deck allows, and a step that the newer record lacks."""
    with_other(project, (captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),))
    write(project, recorded((captured("echo hello", "hello"),), (captured("( exit 3 )", code=4),)))
    wrong = "  slide 2, Second, decks/one/deck.md:18, `( exit 3 )`: drift; exit 3 -> exit 4"
    assert wrong in project.livedeck("drift", "--against", "other").stdout.splitlines()

    write(project, recorded((captured("echo hello", "hello"),)))
    gone = "  slide 2, Second, decks/one/deck.md:18, `( exit 3 )`: drift; it is no longer run"
    assert gone in project.livedeck("drift", "--against", "other").stdout.splitlines()
