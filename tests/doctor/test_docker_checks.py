"""Daemons that answer, are not there, are silent or refuse, and what earlier runs left on them."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docker
import pytest
from docker.utils import kwargs_from_env
from livedeck.doctor import docker_checks
from livedeck.doctor.probe import Probe
from livedeck.doctor.system import System
from livedeck.hosts.daemon.endpoint import DEFAULT, Endpoint

from tests.doctor.place import FEDORA, MAC, NOBODY, NOWHERE, Project, case


def test_a_daemon_that_is_not_there(project: Project) -> None:
    found = project.examine()
    assert (found["docker"].state, found["docker"].affects) == (
        "missing",
        ("capture", "drift", "build --live", "shell"),
    )
    assert {"build", "drift --from"} <= set(found["docker"].works)
    assert found["docker"].found == f"no daemon answers at {NOWHERE}: No such file or directory"
    default_is_there = Path(DEFAULT.removeprefix("unix://")).exists()
    assert ("unset DOCKER_HOST" in found["docker"].fix) == default_is_there
    assert not [name for name in found if name.startswith("sandbox image")]


@pytest.mark.parametrize("host", ["tcp://127.0.0.1:1", "nonsense"])
def test_a_daemon_that_cannot_be_reached(project: Project, host: str) -> None:
    found = project.examine(DOCKER_HOST=host)["docker"]
    assert found.state == "broken"
    assert found.found.startswith(f"no Docker daemon answers at {host}: ")


def test_a_daemon_over_ssh_that_cannot_be_reached(project: Project) -> None:
    """The message quotes ssh, which asks no questions."""
    found = project.examine(DOCKER_HOST="ssh://ann@127.0.0.1:1")["docker"]
    assert found.state == "broken"
    assert found.found.startswith("cannot log in to ssh://ann@127.0.0.1:1: ssh: connect to host 127.0.0.1 port 1: ")
    assert found.fix == "try it by hand with ssh: Livedeck uses the same program, configuration and keys"
    assert project.examine(DOCKER_HOST="ssh://-oX")["docker"].found == "'ssh://-oX' is not an address of a host"


def test_a_daemon_that_says_nothing(project: Project) -> None:
    """The kernel accepts the connection, and no answer ever comes."""
    path = project.root / "silent.sock"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen(8)
        found = project.examine(DOCKER_HOST=f"unix://{path}")
    assert found["docker"].state == "broken"
    assert found["docker"].found == f"no Docker daemon answers at unix://{path}: it did not answer in time"
    assert found["node"].state == "ok", "the other findings are not lost"


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """Yield a socket that is listened on and may not be used; root becomes a user for whom that holds."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        path = Path(folder) / "docker.sock"
        listening.bind(str(path))
        listening.listen(8)
        path.chmod(0)
        path.parent.chmod(0o755)
        own = os.geteuid()
        if own == 0:
            os.chown(path, 0, 1)
            os.seteuid(NOBODY)
        try:
            yield path
        finally:
            os.seteuid(own)


def test_a_socket_that_is_not_for_this_user(project: Project, forbidden: Path) -> None:
    group = forbidden.group()
    (found,) = docker_checks.daemon(
        Probe("docker", docker_checks.daemon), case(project, DOCKER_HOST=f"unix://{forbidden}")
    )
    assert (found.state, found.found) == ("broken", f"no daemon answers at unix://{forbidden}: Permission denied")
    assert found.fix == f"sudo usermod -aG {group} ann, then log in again"


def test_nothing_installed_and_not_started(project: Project) -> None:
    project.with_programs()
    project.environ.pop("DOCKER_HOST")
    gone = FileNotFoundError()
    assert docker_checks.fix(case(project), Endpoint(DEFAULT), gone) == "sudo apt-get install docker.io iptables"
    assert docker_checks.fix(case(project, FEDORA), Endpoint(DEFAULT), gone).startswith("install Docker Engine in this")
    assert docker_checks.fix(case(project, MAC), Endpoint(DEFAULT), gone).startswith(
        "install Docker and start it, or set "
    )
    sbin = Path(project.environ["PATH"]).with_name("sbin")
    sbin.mkdir()
    (sbin / "dockerd").symlink_to(shutil.which("true") or "")
    for manager, fix in (
        ("systemd", "sudo systemctl start docker"),
        ("init", "sudo service docker start"),
        ("", "sudo dockerd"),
    ):
        system = System("linux", ("debian",), manager=manager)
        assert docker_checks.fix(case(project, system), Endpoint(DEFAULT), gone) == fix


def test_the_docker_commands_context_is_examined(project: Project) -> None:
    """The real docker command makes it, in a configuration of its own."""
    config = project.root.parent / "docker-config"
    project.environ.pop("DOCKER_HOST")
    project.environ["DOCKER_CONFIG"] = str(config)
    for arguments in (("create", "there", "--docker", "host=unix:///there/docker.sock"), ("use", "there")):
        subprocess.run(["docker", "context", *arguments], env=project.environ, capture_output=True, check=True)
    found = project.examine()["docker"]
    where = "unix:///there/docker.sock (the docker command's context there)"
    assert (found.state, found.found) == ("missing", f"no daemon answers at {where}: No such file or directory")
    assert found.fix == "start the daemon of that context, or choose another one: docker context use default"
    unknown = project.examine(DOCKER_CONTEXT="nobodys")["docker"]
    assert (unknown.state, unknown.found) == ("broken", "the docker command has no context nobodys")
    assert "docker context ls" in unknown.fix
    assert project.examine(DOCKER_HOST=NOWHERE)["docker"].found.startswith(f"no daemon answers at {NOWHERE}: ")


@pytest.fixture
def operator() -> Iterator[docker.APIClient]:
    api = docker.APIClient(version="auto", **kwargs_from_env())
    try:
        yield api
    finally:
        api.close()


@pytest.fixture
def labelled(operator: docker.APIClient) -> Iterator[Callable[[str, Mapping[str, str]], None]]:
    """Return a function that makes an image with one empty file, under a name and with labels."""
    made: list[str] = []

    def make(name: str, labels: Mapping[str, str]) -> None:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("file"))
        changes = [f'LABEL {key}="{value}"' for key, value in labels.items()]
        repository, tag = name.split(":")
        operator.import_image_from_data(archive.getvalue(), repository, tag, changes=changes)
        made.append(name)

    yield make
    for name in made:
        operator.remove_image(name, force=True)


def test_sandbox_images_are_of_this_week_or_renewed(
    project: Project, labelled: Callable[[str, Mapping[str, str]], None]
) -> None:
    engine = f"doctor-{uuid.uuid4().hex[:8]}"
    project.course.write_text(
        f'title = "Course"\nengine = "{engine}"\n[engines.{engine}]\n[engines.{engine}-none]\n', encoding="utf-8"
    )
    now = datetime.now(UTC)
    labels = {"livedeck.privilege": "privileged", "livedeck.built": (now - timedelta(hours=30)).isoformat()}
    labelled(f"livedeck/sandbox:{engine}", labels)
    host = os.environ.get("DOCKER_HOST", "")
    found = project.examine(DOCKER_HOST=host, now=now)
    image = found[f"sandbox image {engine}"]
    assert (image.state, image.found) == ("ok", "built 30 hours ago, proved to run with --privileged")
    absent = found[f"sandbox image {engine}-none"]
    assert (absent.state, absent.found) == ("ok", "not there yet: the first capture builds it, in about a minute")
    later = project.examine(DOCKER_HOST=host, now=now + timedelta(days=9))[f"sandbox image {engine}"]
    assert (later.state, later.found) == ("old", "built 10 days ago, proved to run with --privileged")
    assert later.fix == "the next `livedeck capture` rebuilds it, in about a minute"


@pytest.mark.alone
def test_leftovers_are_counted_and_left_where_they_are(
    project: Project, operator: docker.APIClient, labelled: Callable[[str, Mapping[str, str]], None]
) -> None:
    name = f"doctor-{uuid.uuid4().hex[:8]}:latest"
    labelled(name, {})
    container = operator.create_container(name, ["/file"], labels={"livedeck": "machine"})["Id"]
    try:
        later = datetime.now(UTC) + timedelta(seconds=90)
        leftovers = project.examine(DOCKER_HOST=os.environ.get("DOCKER_HOST", ""), now=later)["leftovers"]
        assert (leftovers.state, leftovers.fix) == ("old", "livedeck clean")
        assert operator.inspect_container(container)["State"]["Status"] == "created"
    finally:
        operator.remove_container(container)
