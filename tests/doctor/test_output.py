"""What is printed: findings, verdict, JSON, exit code."""

from __future__ import annotations

import json
import os

import pytest
from livedeck import doctor
from livedeck.doctor.probe import Finding

from tests.course import write_record
from tests.doctor.place import COURSE, NOWHERE, Project, record_of


def test_the_command_prints_findings_and_ends_with_their_exit_code(project: Project) -> None:
    done = project.livedeck("doctor")
    assert done.returncode == 3
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "capture cannot work yet; build can"
    assert f"no daemon answers at {NOWHERE}" in done.stdout
    well = project.livedeck("doctor", DOCKER_HOST=os.environ.get("DOCKER_HOST", ""))
    assert (well.returncode, well.stdout.splitlines()[-1]) == (0, "all that build and capture need is here")


def test_the_command_prints_json_outside_of_a_project_too(project: Project) -> None:
    project.course.unlink()
    done = project.livedeck("doctor", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 3
    assert rows["course"]["state"] == "missing"
    assert rows["python"]["state"] == "ok"
    assert set(rows["python"]) == {"name", "state", "found", "affects", "mend", "works"}


FINDINGS = (
    Finding("browser", "missing", "none", ("build",), "sudo apt-get install chromium"),
    Finding("node", "ok", "v20", ("build",)),
    Finding("leftovers", "old", "2 sandboxes", (), "livedeck clean"),
)


def test_problems_come_last_above_the_verdict() -> None:
    assert list(doctor.as_lines(FINDINGS)) == [
        "ok       node       v20",
        "missing  browser    none",
        "         affects: build",
        "         fix:     sudo apt-get install chromium",
        "old      leftovers  2 sandboxes",
        "         fix:     livedeck clean",
        "",
        "build cannot work yet; capture can",
    ]
    assert list(doctor.as_lines(FINDINGS[1:]))[-1] == "all that build and capture need is here"


def test_nothing_found_can_steer_the_terminal(project: Project) -> None:
    write_record(project.record, record_of("echo hello\x1b]0;owned\x07"))
    lines = project.livedeck("doctor").stdout.splitlines()
    assert any("record one" in line and "owned" in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_json_is_a_list_of_whole_findings() -> None:
    rows = json.loads(json.dumps(doctor.as_values(FINDINGS)))
    assert rows[0] == {
        "name": "browser",
        "state": "missing",
        "found": "none",
        "affects": ["build"],
        "mend": "sudo apt-get install chromium",
        "works": [],
    }
    assert [row["name"] for row in rows] == ["browser", "node", "leftovers"]


def test_the_verdict_says_what_works_anyway() -> None:
    node = Finding("node", "missing", "", ("build", "fit"), works=("build --format md", "capture"))
    docker = Finding("docker", "missing", "", ("capture",), works=("build",))
    folder = Finding("build/", "broken", "", ("build", "capture"))
    browser = Finding("browser", "missing", "", ("build --format pdf,png,pptx",))
    said = {names: list(doctor.as_lines(names))[-1] for names in [(node,), (node, docker), (node, folder), (browser,)]}
    assert said == {
        (node,): "build cannot work yet; `livedeck build --format md` and capture can",
        (node, docker): "build and capture cannot work yet; `livedeck build --format md` can",
        (node, folder): "build and capture cannot work yet",
        (browser,): "all that build and capture need is here, but for PDF, PNG and PPTX",
    }
    assert "         works:   build --format md, capture" in doctor.as_lines([node])


def test_without_node_what_the_finding_lists_works(project: Project) -> None:
    project.with_programs()
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert project.livedeck("build").returncode == 3


def test_a_browser_that_does_not_start_keeps_a_plain_build_from_working(project: Project) -> None:
    project.with_programs("node", chromium="exit 1")
    browser = project.examine()["browser"]
    assert "build" in browser.affects
    build = project.livedeck("build")
    assert build.returncode == 3
    assert build.stderr.splitlines()[-1] == "  the browser does not start: livedeck doctor looks at it"
    unmeasured = project.livedeck("build", "--format", "html").stderr.splitlines()[-1]
    assert unmeasured.endswith("livedeck doctor looks at it; `--no-fit` builds without measuring")
    assert "build --format html --no-fit" in browser.works
    assert project.livedeck("build", "--format", "html", "--no-fit").returncode == 0


def test_the_record_of_another_engine_keeps_no_plain_build_from_working(project: Project) -> None:
    project.course.write_text(f"{COURSE}[engines.next]\n", encoding="utf-8")
    path = project.record.with_name("next.json")
    path.write_text("{")
    found = project.examine()
    assert found["records on current"].state == "ok"
    assert found["record one --engine next"].affects[0] == "build --engine next"
    assert doctor.exit_code([found["record one --engine next"]]) == 0


@pytest.mark.parametrize(
    ("state", "affects", "code"),
    [
        ("missing", ("build",), 3),
        ("broken", ("capture", "shell"), 3),
        ("old", ("build", "capture"), 0),
        ("missing", ("build --format pdf", "capture, where Docker Hub cannot be reached"), 0),
        ("ok", ("build",), 0),
    ],
)
def test_only_what_build_or_capture_need_decides_the_exit_code(state: str, affects: tuple[str, ...], code: int) -> None:
    assert doctor.exit_code([Finding("x", state, "", affects)]) == code  # type: ignore[arg-type]
