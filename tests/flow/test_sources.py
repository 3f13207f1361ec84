"""Where Docker comes from, live: which records a capture replaces, and an engine whose source is out of reach."""

from __future__ import annotations

import json
import re
import shlex

import msgspec
import pytest
from livedeck.model import DockerSource

from tests.course import COURSE, Project, captured, recorded, write_record

ADDRESS = "https://127.0.0.1:9/linux/debian"
"""A port that nobody listens on."""
ENGINES = f"""
[engines.current]
base = "debian:sid"
[engines.lost]
source = "{ADDRESS}"
key = "{"A" * 40}"
"""


@pytest.fixture
def sources(project: Project) -> Project:
    """A deck with records on an engine of Debian, whose record is of docker.com, and on one that is out of reach."""
    (project.root / "decks" / "course.toml").write_text(COURSE + ENGINES, encoding="utf-8")
    for engine, source in (("current", "docker.com"), ("lost", ADDRESS)):
        record = recorded((captured("echo hello", "olleh"),), (captured("( exit 3 )", code=3),), engine=engine)
        path = project.record.with_name(f"{engine}.json")
        write_record(path, msgspec.structs.replace(record, docker=DockerSource(source)))
    return project


def test_a_record_of_another_source_is_replaced_only_where_that_is_said(sources: Project) -> None:
    before = sources.record.read_bytes()

    refused = sources.livedeck("capture")

    assert refused.returncode == 2, refused.stderr
    assert (
        "decks/one/records/current.json:1: a capture of one would replace a record of another world" in refused.stderr
    )
    assert "docker from docker.com -> Debian" in refused.stderr
    assert "echo hello" not in refused.stderr
    assert sources.record.read_bytes() == before
    line = re.search(r"to replace it anyway: livedeck (.*)", refused.stderr)
    assert line

    live = sources.livedeck("build", "--live", "--format", "md")
    assert live.returncode == 0, live.stderr
    assert sources.record.read_bytes() == before

    drifted = sources.livedeck("drift", "--across")
    assert drifted.returncode == 4, drifted.stderr
    assert drifted.stderr.rstrip().endswith(f"to accept the changes: livedeck {line[1]}")

    done = sources.livedeck(*shlex.split(line[1]))
    assert done.returncode == 0, done.stderr
    assert json.loads(sources.record.read_text(encoding="utf-8"))["docker"]["name"] == "debian"
    assert sources.livedeck("capture").returncode == 0


@pytest.mark.parametrize("at_a_time", ["1", "2"])
def test_an_engine_out_of_reach_keeps_no_other_from_being_compared_or_captured(
    sources: Project, at_a_time: str
) -> None:
    sources.record.unlink()
    write_record(sources.record, recorded((captured("echo hello", "olleh"),), (captured("( exit 3 )", code=3),)))
    lost = sources.record.with_name("lost.json").read_bytes()
    both = ("--engine", "all", "--jobs", at_a_time)

    drifted = sources.livedeck("drift", *both, "--format", "json")

    document = json.loads(drifted.stdout)
    assert drifted.returncode == 3, drifted.stderr
    assert [(deck["new"]["engine"], deck["drift"]) for deck in document["decks"]] == [("current", True)]
    assert [(one["engine"], "cannot be reached" in one["message"]) for one in document["missing"]] == [("lost", True)]
    assert "error: one on current drifted" in drifted.stderr

    done = sources.livedeck("capture", *both)

    assert done.returncode == 3, done.stderr
    assert "one on current: wrote decks/one/records/current.json" in done.stderr
    assert re.search(r"^error: .* cannot be reached: .* \(on lost\)$", done.stderr, re.MULTILINE)
    assert sources.record.with_name("lost.json").read_bytes() == lost
