"""The sources of a sandbox's Docker: a capture with each, and one clear error for each that is wrong."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import docker
import msgspec
import pytest
import tomlkit
from livedeck import hosts, records
from livedeck.errors import HostError, LivedeckError, UsageError
from livedeck.hosts.sandbox import image, sources
from livedeck.hosts.sandbox.building import Request
from livedeck.model import Edition, Engine, Record
from livedeck.project import course as course_file

from tests.course import make_course, make_run
from tests.hosts.opener import Opener
from tests.hosts.repository import SUITE, Repository, serve

DECK = """\
---
marp: true
theme: mspt2
---

```bash run id=version
docker version --format '{{.Client.Version}} {{.Server.Version}}'
```

```bash run
docker info --format '{{.Driver}}'
docker buildx version
```

```bash run
echo 'about the machine: x' >&2; echo kept
```
"""
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def repository(api: docker.APIClient, sandbox: hosts.Sandbox) -> Iterator[Repository]:
    del sandbox  # has made the Debian that the repository is made in
    with serve(api) as made:
        yield made


@pytest.fixture
def engine(api: docker.APIClient) -> Iterator[str]:
    """A name for an engine; its image is removed in the end."""
    name = f"test-{os.getpid()}"
    yield name
    hosts.clean(make_run(), images=False)
    if api.images(f"livedeck/sandbox:{name}"):
        api.remove_image(f"livedeck/sandbox:{name}")


def captured(root: Path, engine: str, profile: Engine) -> tuple[Record, str]:
    """Return the record that the real command line makes on such an engine, and what it printed."""
    deck = root / "decks" / "one" / "deck.md"
    deck.parent.mkdir(parents=True)
    source = DECK if profile.archive is None else DECK.replace("docker buildx version\n", "")
    deck.write_text(source, encoding="utf-8")
    keys = {name: value for name, value in msgspec.to_builtins(profile).items() if value}
    course = {"title": "Sources", "engine": engine, "engines": {engine: keys}}
    (root / "decks" / "course.toml").write_text(tomlkit.dumps(course), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "livedeck", "capture"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = course_file.load(root)
    return records.load(Edition(loaded, loaded.decks[0], engine)), done.stderr


@pytest.mark.soak
def test_an_apt_repository_like_dockers(repository: Repository, engine: str, tmp_path: Path) -> None:
    profile = Engine(source=repository.address, key=repository.key, docker="28.5", base=f"debian:{SUITE}")
    record, said = captured(tmp_path, engine, profile)
    assert record.docker is not None
    assert record.docker.name == repository.address
    assert record.docker.origin == f"{repository.address} {SUITE}"
    assert record.docker.packages["docker-ce"] == record.docker.packages["docker-ce-cli"]
    assert record.docker.packages["docker-ce"].startswith("5:28.5.2-1~debian")
    assert {"containerd.io", "docker-buildx-plugin", "docker-compose-plugin"} <= set(record.docker.packages)
    versions, driver, buildx, _ = (capture.output for step in record.steps for capture in step.captures)
    assert versions[0].count("28.5.2") == 2
    assert driver == ("overlay2",)
    assert "buildx" in buildx[0]
    assert f"from {repository.address} {SUITE}" in said


def test_an_archive(repository: Repository, engine: str, tmp_path: Path) -> None:
    (tmp_path / "docker.tgz").write_bytes(repository.archive)
    rules = {"machine": "about the machine: .*"}
    profile = Engine(archive="docker.tgz", sha256=repository.sha256, base=f"debian:{SUITE}", machine_lines=rules)
    record, _ = captured(tmp_path, engine, profile)
    assert record.docker is not None
    assert (record.docker.name, record.docker.origin) == ("archive", "docker.tgz")
    assert (record.docker.sha256, record.docker.packages) == (repository.sha256, {})
    assert record.steps[0].captures[0].output[0].count("28.5.2") == 2
    assert record.steps[-1].captures[0].output == ("kept",)
    assert record.machine_lines == {"machine": 1}


# --- auto ----------------------------------------------------------------------------------------


def request_for(api: docker.APIClient, opener: Opener, engine: str, profile: Engine, root: Path = Path()) -> Request:
    return Request(api, engine, profile, make_run(report=opener.report), root)


def test_auto_is_docker_com_where_it_answers_and_else_debian(
    api: docker.APIClient, opener: Opener, repository: Repository, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "DOCKER_COM", NOWHERE)
    request = request_for(api, opener, engine, Engine(source="auto", base=f"debian:{SUITE}"))
    made = image.ensure(request, fresh=False)
    assert (made.docker.name, made.docker.origin) == ("debian", f"debian:{SUITE}")
    assert made.docker.packages["docker.io"].startswith("28.5")
    told = [notice for notice in opener.notices if NOWHERE in notice]
    assert len(told) == 1
    assert "cannot be reached: Connection refused: taking Docker from Debian sid instead" in told[0]

    monkeypatch.setattr(sources, "DOCKER_COM", repository.address)
    monkeypatch.setattr(sources, "KEY", repository.key)
    assert image.ensure(request, fresh=False) == made  # until it is a week old, or a fresh one is asked for
    newest = request_for(api, opener, engine, Engine(source="auto", base=f"debian:{SUITE}", docker="28"))
    renewed = image.ensure(newest, fresh=False)
    assert (renewed.docker.name, renewed.docker.origin) == ("docker.com", f"{repository.address} {SUITE}")

    # An old image of the preferred source is better than a new one of the other.
    monkeypatch.setattr(sources, "DOCKER_COM", NOWHERE)
    later = replace(newest, run=replace(newest.run, now=lambda: newest.run.now() + timedelta(days=9)))
    assert image.ensure(later, fresh=False) == renewed
    assert "older than a week and could not be renewed" in opener.notices[-1]


# --- what is wrong -------------------------------------------------------------------------------


def refused(request: Request) -> LivedeckError:
    with pytest.raises(LivedeckError) as caught:
        image.ensure(request, fresh=False)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("path", ["", pytest.param("/two", marks=pytest.mark.soak)])
@pytest.mark.hostile(
    "where an engine's Docker comes from",
    "an error that names the engine and what was found",
    "a sandbox with that Docker",
)
def test_a_wrong_key(api: docker.APIClient, opener: Opener, repository: Repository, engine: str, path: str) -> None:
    """A wrong key next to the right one is refused too: apt would trust both."""
    wanted = repository.key if path else "0" * 40
    profile = Engine(source=repository.address + path, key=wanted, base=f"debian:{SUITE}")
    error = refused(request_for(api, opener, engine, profile))
    assert isinstance(error, HostError)
    assert f"is signed with the wrong key: the key is {repository.key}" in error.message
    assert f", not {wanted}" in error.message


def test_a_version_that_is_not_there(
    api: docker.APIClient, opener: Opener, repository: Repository, engine: str
) -> None:
    profile = Engine(source=repository.address, key=repository.key, base=f"debian:{SUITE}", docker="28.4")
    error = refused(request_for(api, opener, engine, profile))
    assert error.message == f"engine {engine}: the apt repository {repository.address} has no Docker 28.4"
    assert "29.9.0 28.5.2 28.5.1 27.1.1" in (error.hint or "")


@pytest.mark.soak
def test_a_suite_that_is_not_there(api: docker.APIClient, opener: Opener, repository: Repository, engine: str) -> None:
    profile = Engine(source=repository.address, key=repository.key, base="debian:trixie")
    error = refused(request_for(api, opener, engine, profile))
    assert any("trixie" in line and "does not have a Release file" in line for line in error.detail), error.detail


def test_a_repository_out_of_reach(api: docker.APIClient, opener: Opener, engine: str) -> None:
    error = refused(request_for(api, opener, engine, Engine(source=NOWHERE, key="0" * 40)))
    assert isinstance(error, sources.OutOfReach)
    assert error.exit_code == 3
    assert error.message == f"engine {engine}: the apt repository {NOWHERE} cannot be reached: Connection refused"
    assert f"livedeck capture --engine {engine} --source debian" in (error.hint or "")


@pytest.mark.hostile(
    "where an engine's Docker comes from",
    "an error that names the engine and what was found",
    "a sandbox with that Docker",
)
def test_an_archive_with_another_checksum(api: docker.APIClient, opener: Opener, engine: str, tmp_path: Path) -> None:
    (tmp_path / "docker.tgz").write_bytes(b"something else")
    error = refused(request_for(api, opener, engine, Engine(archive="docker.tgz", sha256="0" * 64), tmp_path))
    found = hashlib.sha256(b"something else").hexdigest()
    assert error.message == f"engine {engine}: docker.tgz has the checksum {found}, not {'0' * 64}"


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"no archive", "is not a .tgz"), (None, "does not contain docker/docker")],
    ids=["no tar", "another tar"],
)
@pytest.mark.hostile(
    "where an engine's Docker comes from",
    "an error that names the engine and what was found",
    "a sandbox with that Docker",
)
def test_an_archive_of_something_else(
    api: docker.APIClient, opener: Opener, engine: str, tmp_path: Path, content: bytes | None, why: str
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("docker/readme"))
    data = packed.getvalue() if content is None else content
    (tmp_path / "docker.tgz").write_bytes(data)
    profile = Engine(archive="docker.tgz", sha256=hashlib.sha256(data).hexdigest())
    assert why in refused(request_for(api, opener, engine, profile, tmp_path)).message


def test_an_archive_that_is_not_there(api: docker.APIClient, opener: Opener, engine: str, tmp_path: Path) -> None:
    error = refused(request_for(api, opener, engine, Engine(archive="docker.tgz", sha256="0" * 64), tmp_path))
    assert isinstance(error, UsageError)
    assert "cannot read the archive docker.tgz: No such file or directory" in error.message
    far = refused(request_for(api, opener, engine, Engine(archive=f"{NOWHERE}/docker.tgz", sha256="0" * 64)))
    assert isinstance(far, sources.OutOfReach)


# --- --source ------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["archive", "https://example.invalid", "nonsense"])
@pytest.mark.hostile(
    "where an engine's Docker comes from",
    "an error that names the engine and what was found",
    "a sandbox with that Docker",
)
def test_a_source_that_an_engine_cannot_have(opener: Opener, source: str) -> None:
    with pytest.raises(UsageError, match=f"engine current cannot have the source {source}"):
        hosts.open_sandbox(
            make_course(),
            "current",
            make_run(report=opener.report),
            images="stand-in",
            fresh=False,
            source=source,
        )
