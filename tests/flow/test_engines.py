"""The layers deck on every engine of the course: its committed records build, and say what is true there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from livedeck.project import course

from tests.course import ROOT, Project
from tests.flow.test_live import SEED, SLUG

CLASSIC = "/var/lib/docker/overlay2"
SNAPSHOTS = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"
ENGINES = {
    "current": (CLASSIC, "-2 | R/W 레이어와 `-init`이 사라짐", "결국 1개가 늘었습니다"),
    "docker-29": (SNAPSHOTS, "-1 | R/W 레이어만 사라지고", "결국 2개가 늘었습니다"),
    "docker-29-overlay2": (CLASSIC, "-2 | R/W 레이어와 `-init`이 사라짐", "결국 1개가 늘었습니다"),
    "docker-28.5": (CLASSIC, "-2 | R/W 레이어와 `-init`이 사라짐", "결국 1개가 늘었습니다"),
    "docker-26.1": (CLASSIC, "-2 | R/W 레이어와 `-init`이 사라짐", "결국 1개가 늘었습니다"),
    "docker-20.10": (CLASSIC, "-2 | R/W 레이어와 `-init`이 사라짐", "결국 1개가 늘었습니다"),
}


@pytest.fixture
def layers(project: Project) -> Project:
    """A project with this repository's course and its layers deck, records and all."""
    shutil.copytree(ROOT / "decks" / SLUG, project.root / "decks" / SLUG)
    shutil.copyfile(ROOT / "decks" / "course.toml", project.root / "decks" / "course.toml")
    return project


def record_of(root: Path, engine: str) -> dict[str, dict[str, str]]:
    text = (root / f"decks/{SLUG}/records/{engine}.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def test_the_course_has_these_engines_and_the_deck_a_record_of_each() -> None:
    assert set(course.load(ROOT).file.engines) == set(ENGINES)
    assert {path.stem for path in (ROOT / f"decks/{SLUG}/records").iterdir()} == set(ENGINES)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_layers_deck_is_true_on(engine: str, layers: Project) -> None:
    folder, removed, left = ENGINES[engine]
    done = layers.livedeck("build", SLUG, "--engine", engine, "--format", "md")
    assert done.returncode == 0, done.stderr
    written = re.search(r"^wrote (.*)$", done.stderr, re.MULTILINE)
    assert written
    text = (layers.root / written[1]).read_text(encoding="utf-8")
    assert f"$ sudo ls -alt {folder}\n" in text
    assert f"| 두 번째 `docker rm` | {removed}" in text
    assert left in text
    pulled, *later = map(int, re.findall(r"^\| [^|]*`docker \w+` \| ([+-]\d+) \|", text, re.MULTILINE))
    assert (pulled, len(later)) == (7, 5)
    assert f"결국 {sum(later)}개가 늘었습니다" in text
    record = record_of(layers.root, engine)
    captured, docker = str(record["captured"])[:10], record["host"]["docker_version"]
    source, driver = record["docker"]["name"], record["host"]["storage_driver"]
    assert f"> 출력은 {captured}에 Docker {docker}(출처 `{source}`, 드라이버 `{driver}`)" in text


@pytest.mark.parametrize("engine", ENGINES)
def test_the_commands_of_the_hands_on_are_the_same_on(engine: str) -> None:
    record = json.loads((ROOT / f"decks/{SLUG}/records/{engine}.json").read_text(encoding="utf-8"))
    typed = [capture["command"] for step in record["steps"] for capture in step["captures"]]
    expected = [command.replace(CLASSIC, ENGINES[engine][0]) for command in SEED]
    assert [command for command in typed if command in expected] == expected


def test_a_record_that_is_stale_on_another_engine_is_captured_again_on_that_engine(layers: Project) -> None:
    deck = layers.root / "decks" / SLUG / "deck.md"
    deck.write_text(deck.read_text(encoding="utf-8").replace("docker pull nginx", "docker pull -q nginx"), "utf-8")
    done = layers.livedeck("build", SLUG, "--engine", "docker-26.1", "--format", "md")
    assert done.returncode == 1
    assert f"the record is stale: livedeck capture {SLUG} --engine docker-26.1\n" in done.stderr
    (layers.root / "decks" / SLUG / "records" / "docker-26.1.json").unlink()
    done = layers.livedeck("build", SLUG, "--engine", "docker-26.1", "--format", "md")
    assert f"capture it: livedeck capture {SLUG} --engine docker-26.1\n" in done.stderr


def test_an_engine_with_a_version_has_it() -> None:
    for engine in ENGINES:
        version = record_of(ROOT, engine)["host"]["docker_version"]
        named = re.match(r"docker-([\d.]+)", engine)
        assert named is None or version.startswith(f"{named[1]}.")


@pytest.mark.parametrize("deck", ["01-docker-images", SLUG])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_record_says_where_its_docker_came_from(deck: str, engine: str) -> None:
    record = json.loads((ROOT / f"decks/{deck}/records/{engine}.json").read_text(encoding="utf-8"))
    source = record["docker"]
    if source["name"] == "archive":
        assert re.fullmatch("[0-9a-f]{64}", source["sha256"])
    else:
        package = {"debian": "docker.io", "docker.com": "docker-ce"}[source["name"]]
        assert record["host"]["docker_version"].split("+")[0] in source["packages"][package]
        assert source["origin"]


@pytest.mark.parametrize("deck", ["01-docker-images", SLUG])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_machine_below_the_sandbox_does_not_show(deck: str, engine: str) -> None:
    record = json.loads((ROOT / f"decks/{deck}/records/{engine}.json").read_text(encoding="utf-8"))
    assert "cgroup v1" not in json.dumps(record["steps"])
