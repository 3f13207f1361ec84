"""Captures side by side: real sandboxes of two decks at a time, and how they end."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from livedeck.errors import HostError, LivedeckError, Problems, StepError
from livedeck.flow.jobs import merged, side_by_side
from livedeck.model import AnyEvent, Course, CourseFile, Deck, Edition, Failed, JobEvent, Location, Notice, Report

from tests.course import Project

COURSE = Course(Path(), CourseFile("C"), ())
FRONT = "---\nmarp: true\ntheme: mspt2\n---\n\n"


def step(commands: str) -> str:
    return f"```bash run\n{commands}\n```\n\n"


@pytest.fixture
def name() -> str:
    """A host name by which the sandboxes of one test are told from all others."""
    return f"jobs-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def pair(project: Project, name: str) -> Project:
    """A project with the decks `one` and `two`, and a second engine that is no Debian."""
    text = f'title = "C"\nlanguages = ["ko"]\n[terminal]\nhostname = "{name}"\n[engines.current]\nbase = "debian:sid"\n'
    (project.root / "decks" / "course.toml").write_text(text, encoding="utf-8")
    write(project, "one", step("echo here > mark; sleep 0.4; cat mark"))
    write(project, "two", step("ls mark || echo alone"))
    return project


def write(project: Project, slug: str, text: str) -> None:
    folder = project.root / "decks" / slug
    folder.mkdir(exist_ok=True)
    (folder / "deck.md").write_text(FRONT + text, encoding="utf-8")


def outputs(project: Project, slug: str) -> list[str]:
    record = json.loads((project.root / f"decks/{slug}/records/current.json").read_text(encoding="utf-8"))
    return [line for step in record["steps"] for capture in step["captures"] for line in capture["output"]]


def sandboxes(name: str) -> int:
    """How many running containers call themselves so."""
    listed = ["docker", "ps", "--quiet", "--filter", "label=livedeck"]
    ids = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
    shown = subprocess.run(
        ["docker", "inspect", "--format", "{{.Config.Hostname}}", *ids], capture_output=True, text=True, check=False
    )
    return shown.stdout.split().count(name)


def test_two_decks_are_captured_at_a_time_each_on_its_own_host(pair: Project) -> None:
    done = pair.livedeck("capture", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert outputs(pair, "one") == ["here"]
    assert outputs(pair, "two") == ["ls: cannot access 'mark': No such file or directory", "alone"]
    lines = done.stderr.splitlines()
    assert any(line.startswith("one on current 1/1  echo here > mark;") for line in lines)
    assert "two on current: wrote decks/two/records/current.json" in lines
    assert [line for line in lines if not line.startswith(("one on current", "two on current"))] == []


def test_failures_are_reported_at_the_end_and_the_others_get_their_records(pair: Project) -> None:
    with (pair.root / "decks" / "course.toml").open("a", encoding="utf-8") as course:
        course.write('[engines.other]\nbase = "fedora:41"\n')
    write(pair, "two", step("false"))
    done = pair.livedeck("capture", "--engine", "all", "--jobs", "4", GITHUB_ACTIONS="true")
    assert done.returncode == 2
    assert outputs(pair, "one") == ["here"]
    assert "decks/two/deck.md:6: `false` ended with exit code 1, not 0 (on current)" in done.stderr
    assert done.stderr.count("error: engine other: 'fedora:41' is not a base that Livedeck knows (on other)") == 1
    assert "look around there: livedeck shell two\n" in done.stderr
    assert "two on current: failed: `false` ended with exit code 1, not 0" in done.stderr
    assert "::error file=decks/two/deck.md,line=6::" in done.stderr


@pytest.fixture
def waiting(pair: Project, name: str) -> Iterator[subprocess.Popen[str]]:
    """Two captures that run side by side and would not end for a long time."""
    for slug in ("one", "two"):
        write(pair, slug, step("echo started") + step("sleep 300"))
    # A run in the background of a script ignores SIGINT, and its children would too.
    command = ["env", "--default-signal=INT", *pair.command("capture", "--jobs", "2")]
    with subprocess.Popen(command, cwd=pair.root, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr
        started = 0
        while started < 2:
            line = process.stderr.readline()
            assert line, "it ended before both had started"
            started += "echo started" in line
        assert sandboxes(name) == 2
        yield process
        process.kill()
        process.stderr.read()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        pytest.param(lambda p: os.killpg(p.pid, signal.SIGINT), 130, id="Ctrl-C"),
        pytest.param(lambda p: p.terminate(), 143, id="SIGTERM"),
        pytest.param(lambda p: p.kill(), -9, id="SIGKILL"),
    ],
)
def test_all_sandboxes_end_with(
    end: Callable[[subprocess.Popen[str]], None], code: int, waiting: subprocess.Popen[str], name: str, pair: Project
) -> None:
    records = pair.root / "decks" / "two" / "records"
    end(waiting)
    assert waiting.wait(240) == code
    deadline = time.monotonic() + 240
    while sandboxes(name):
        assert time.monotonic() < deadline, "a sandbox outlived the command"
        time.sleep(0.1)
    assert not records.exists()
    assert waiting.stderr
    said = waiting.stderr.read()
    assert "Traceback" not in said
    assert ("records are as they were" in said) == (code > 0)


def test_a_real_machine_takes_one_capture_at_a_time(pair: Project) -> None:
    done = pair.livedeck("capture", "--jobs", "2", "--host", "local", "--disposable")
    assert done.returncode == 2
    assert "local is one machine with one Docker" in done.stderr


def test_all_is_every_engine_of_the_course(pair: Project) -> None:
    with (pair.root / "decks" / "course.toml").open("a", encoding="utf-8") as course:
        course.write("[engines.other]\n")
    write(pair, "one", "# Hi\n")
    (pair.root / "decks" / "two" / "deck.md").unlink()
    record = json.loads(pair.record.read_text(encoding="utf-8")) | {"steps": []}
    pair.record.write_text(json.dumps(record), encoding="utf-8")
    pair.record.with_name("other.json").write_text(json.dumps(record | {"engine": "other"}), encoding="utf-8")
    done = pair.livedeck("build", "--engine", "all", "--format", "md")
    assert done.returncode == 0
    wrote = [line for line in done.stderr.splitlines() if line.startswith("wrote ")]
    assert wrote == ["wrote build/one.ko.md", "wrote build/engines/other/one.ko.md"]
    assert "removed build/engines" in pair.livedeck("clean").stderr
    assert not (pair.root / "build" / "engines").exists()


def job(slug: str, engine: str = "current") -> Edition:
    return Edition(COURSE, Deck(slug, Path(slug), f"decks/{slug}/deck.md"), engine)


def work(folder: Path, one: Edition, report: Report) -> None:
    """What a job of a test does, as its deck is called."""
    at = Location("decks/x/deck.md", 3)
    (folder / f"{one}.pid").write_text(str(os.getpid()), encoding="utf-8")
    report(Notice("begun"))
    if one.deck.slug == "wrong":
        raise Problems([StepError("first", at=at, detail=["| x"]), StepError("second", at=at, hint="mend")])
    if one.deck.slug == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if one.deck.slug == "broken":
        raise KeyError("a key")


def done(folder: Path, jobs: list[Edition]) -> tuple[list[AnyEvent], list[LivedeckError]]:
    events: list[AnyEvent] = []
    failed = side_by_side(jobs, functools.partial(work, folder), 2, events.append)
    return events, merged(failed, several=len({job.engine for job in jobs}) > 1)


def test_the_same_error_on_two_engines_is_reported_once(tmp_path: Path) -> None:
    events, errors = done(tmp_path, [job("wrong"), job("wrong", "other"), job("fine")])
    assert [(e.message, e.hint, e.detail) for e in errors] == [
        ("first (on current, other)", None, ("| x",)),
        ("second (on current, other)", "mend", ()),
    ]
    assert {type(e) for e in errors} == {StepError}
    assert JobEvent("fine on current", Notice("begun")) in events
    assert JobEvent("wrong on other", Failed("first")) in events


def test_a_job_that_is_killed_is_an_error_of_the_machine(tmp_path: Path) -> None:
    _, errors = done(tmp_path, [job("killed"), job("fine")])
    assert [(type(e), e.message) for e in errors] == [
        (HostError, "the capture of killed on current was killed (exit -9)")
    ]


def test_a_defect_of_the_program_is_none_of_the_content(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'a key'"):
        done(tmp_path, [job("broken"), job("fine")])
