"""`livedeck drift --engine all`: one report of every deck on every engine, and what keeps one of them from no other."""

from __future__ import annotations

import html
import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from livedeck.errors import HostError, StepError, exit_code
from livedeck.flow import drift as comparison
from livedeck.flow.drift import DriftResult
from livedeck.flow.jobs import FailedEdition
from livedeck.flow.worlds import Rule
from livedeck.model import Capture, DockerSource, Edition, Images, Location, Record
from livedeck.project import course as course_file

from tests.course import COURSE, Project, captured, make_run, recorded, write_record
from tests.drift.test_command import git

ENGINES = ("current", "docker-28", "other")
SAME = (captured("echo hello", "hello"),)
OTHER = (captured("echo hello", "olleh"),)
SECOND = (captured("( exit 3 )", code=3),)
NOWHERE = {"DOCKER_HOST": "unix:///nowhere"}


@pytest.fixture
def several(project: Project) -> Project:
    """The deck `one` with a record on each of three engines, that on docker-28 unlike the others."""
    engines = '[engines.current]\n[engines."docker-28"]\ndocker = "28"\n[engines.other]\n'
    (project.root / "decks" / "course.toml").write_text(f"{COURSE}{engines}", encoding="utf-8")
    for engine in ENGINES:
        write(project, recorded(OTHER if engine == "docker-28" else SAME, SECOND, engine=engine))
    return project


def write(project: Project, record: Record) -> None:
    write_record(project.record.with_name(f"{record.engine}.json"), record)


def test_each_other_engine_is_compared_with_one_of_them(several: Project) -> None:
    done = several.livedeck("drift", "--engine", "all", "--against", "current")

    assert done.returncode == 4
    heads = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert heads == [
        f"one: the record on current of 2026-11-22 00:00 -> that on {engine} of 2026-11-22 00:00"
        for engine in ("docker-28", "other")
    ]
    assert done.stderr.splitlines() == ["error: one on docker-28 drifted", "  the slides still build"]
    several.record.with_name("docker-28.json").write_bytes(
        several.record.read_bytes().replace(b'"current"', b'"docker-28"')
    )
    assert several.livedeck("drift", "--engine", "all", "--against", "current").returncode == 0


def test_there_must_be_another_engine(project: Project) -> None:
    done = project.livedeck("drift", "--engine", "all", "--against", "current")

    assert (done.returncode, "the course has no engine but current" in done.stderr) == (2, True)


def test_each_engine_is_compared_with_its_own_record_then(several: Project) -> None:
    git(several, "init", "-q")
    git(several, "add", "decks")
    git(several, "commit", "-qm", "one")
    write(several, recorded(OTHER, SECOND))
    write(several, recorded(OTHER, SECOND, engine="other"))

    done = several.livedeck("drift", "--engine", "all", "--from", "HEAD", GITHUB_ACTIONS="true")

    assert done.returncode == 4
    heads = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [head.split(": the record in HEAD")[0] for head in heads] == [f"one on {engine}" for engine in ENGINES]
    for engine in ("current", "other"):
        assert f"::warning file=decks/one/deck.md,line=8,title=drift on {engine}::echo hello: another" in done.stderr
    assert "error: one on current, one on other drifted" in done.stderr


@pytest.mark.parametrize("form", ["text", "md", "json", "html"])
def test_every_format_names_the_engines_and_what_is_missing(several: Project, form: str) -> None:
    several.record.with_name("other.json").unlink()

    done = several.livedeck("drift", "--engine", "all", "--against", "current", "--format", form)

    assert done.returncode == 1
    assert "one on docker-28 drifted" in done.stderr
    assert "there is no record of one on other" in done.stderr
    lost = "one on other: not compared; decks/one/records/other.json:1: there is no record of one on other"
    if form == "json":
        document = json.loads(done.stdout)
        assert [(deck["new"]["engine"], deck["drift"]) for deck in document["decks"]] == [("docker-28", True)]
        assert [(one["deck"], one["engine"], one["file"]) for one in document["missing"]] == [
            ("one", "other", "decks/one/records/other.json")
        ]
    else:
        assert "that on docker-28 of" in html.unescape(done.stdout)
        assert lost in html.unescape(done.stdout)


def test_what_all_engines_lack_is_an_error_once(several: Project) -> None:
    several.record.with_name("other.json").unlink()

    done = several.livedeck("drift", "--engine", "all", "--against", "other", "--format", "json")

    assert done.returncode == 1
    assert [one["engine"] for one in json.loads(done.stdout)["missing"]] == ["current", "docker-28"]
    assert done.stderr.count("there is no record of one on other") == 1


def test_another_world_on_one_engine_keeps_no_other_from_being_compared(several: Project) -> None:
    other = recorded(SAME, SECOND, engine="other")
    write(several, msgspec.structs.replace(other, docker=DockerSource("docker.com")))

    done = several.livedeck("drift", "--engine", "all", "--against", "current")

    assert done.returncode == 2
    assert "that on docker-28 of" in done.stdout
    assert "one on other: not compared; decks/one/records/current.json:1: the records of one are not" in done.stdout


def compared(project: Project, ends: dict[str, Capture | Exception]) -> DriftResult:
    """Fresh captures on all engines: what `echo hello` showed there, or what went wrong."""
    course = course_file.load(project.root)

    def capture(jobs: Sequence[Edition], rule: Rule) -> list[FailedEdition]:
        assert pickle.loads(pickle.dumps(rule)) == rule
        failed: list[FailedEdition] = []
        for job in jobs:
            end = ends[job.engine]
            if isinstance(end, Capture):
                path = project.root / "build" / "records" / job.deck.slug / f"{job.engine}.json"
                world = {"docker": DockerSource("docker.com"), "images": Images("stand-in")}
                fresh = recorded((end,), SECOND, engine=job.engine)
                write_record(path, msgspec.structs.replace(fresh, **(world if job.engine == "other" else {})))
            else:
                failed.append((job, end))
        return failed

    wanted = [Edition(course, deck, engine) for engine in ENGINES for deck in course.decks]
    against = comparison.Against(across=True)
    fresh = comparison.FreshCaptures(capture)
    return comparison.drift(wanted, against, fresh, make_run({}))


def test_an_engine_out_of_reach_keeps_no_other_from_being_compared(several: Project) -> None:
    lost = HostError("the source cannot be reached")

    found = compared(several, {"current": SAME[0], "docker-28": lost, "other": OTHER[0]})

    assert [one.new.engine for one in found.comparisons] == ["current", "other"]
    assert [(one.deck, one.engine, one.message) for one in found.missing] == [("one", "docker-28", lost.message)]
    assert [(error.message, exit_code(error)) for error in found.errors] == [(f"{lost.message} (on docker-28)", 3)]


def test_an_error_is_missing_on_its_own_engine(several: Project) -> None:
    """Though another engine's error is about the same deck."""
    wrong = StepError("it ended", at=Location("decks/one/deck.md", 8))
    lost = HostError("no memory")

    found = compared(several, {"current": SAME[0], "docker-28": lost, "other": wrong})

    assert {(one.engine, one.message) for one in found.missing} == {("docker-28", "no memory"), ("other", "it ended")}


def test_what_is_needed_to_take_the_changes_over_is_known(several: Project) -> None:
    found = compared(several, {"current": OTHER[0], "docker-28": SAME[0], "other": OTHER[0]})

    assert [(one.edition.engine, dict(one.options)) for one in found.drifted] == [
        ("current", {}),
        ("docker-28", {}),
        ("other", {"--source": "docker.com", "--images": "stand-in"}),
    ]


def test_jobs_are_for_fresh_captures_in_sandboxes(several: Project) -> None:
    for arguments, said in (
        (("--jobs", "2", "--against", "other"), "nothing is captured with --against or --from"),
        (("--engine", "all", "--host", "local", "--disposable"), "local is one machine with one Docker"),
    ):
        done = several.livedeck("drift", *arguments)
        assert (done.returncode, said in done.stderr) == (2, True)


def test_without_docker_every_engine_is_missing_and_the_error_said_once(several: Project, tmp_path: Path) -> None:
    report = tmp_path / "drift.json"

    done = several.livedeck("drift", "--engine", "all", "--jobs", "2", "--output", str(report), **NOWHERE)

    assert done.returncode == 3
    assert [one["engine"] for one in json.loads(report.read_text(encoding="utf-8"))["missing"]] == list(ENGINES)
    assert done.stderr.count("error: ") == 1
