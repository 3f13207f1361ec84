"""The sources that engines get Docker from, which commands they affect, and what a sandbox gets on this machine."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from livedeck.hosts.sandbox import sources

from tests.doctor.place import COURSE, Project

NOWHERE = "http://127.0.0.1:9"
KEY = "0" * 40


class Repository(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/gpg" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository() -> Iterator[str]:
    """Yield the address of a server that answers like an apt repository with a key."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Repository) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def write(project: Project, *engines: str) -> None:
    project.course.write_text(COURSE + "\n".join(engines), encoding="utf-8")


def test_a_source_that_answers(project: Project, repository: str) -> None:
    write(project, f'[engines.own]\nsource = "{repository}"\nkey = "{KEY}"')
    found = project.examine()[f"source {repository}"]
    assert (found.state, found.affects) == ("ok", ("capture --engine own",))


def test_a_source_out_of_reach_affects_its_engines_alone(
    project: Project, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "DOCKER_COM", NOWHERE)
    write(
        project,
        '[engines.a]\nsource = "docker.com"',
        '[engines.b]\nsource = "auto"',
        f'[engines.c]\nsource = "{repository}/else"\nkey = "{KEY}"',
    )
    found = project.examine()
    docker_com = found["source docker.com"]
    assert (docker_com.state, docker_com.affects) == ("missing", ("capture --engine a",))
    assert docker_com.found == f"{NOWHERE}: Connection refused"
    assert docker_com.works == ("b, from Debian sid",)
    assert found[f"source {repository}/else"].found.endswith("Not Found")


def test_a_source_that_only_auto_asks_is_not_a_gap(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "DOCKER_COM", NOWHERE)
    write(project, '[engines.b]\nsource = "auto"')
    found = project.examine()["source docker.com"]
    assert (found.state, found.affects, found.works) == ("old", (), ("b, from Debian sid",))


def test_an_archive_is_there_or_missing(project: Project) -> None:
    write(project, f'[engines.own]\narchive = "docker.tgz"\nsha256 = "{"0" * 64}"')
    assert project.examine()["source docker.tgz"].state == "missing"
    (project.root / "docker.tgz").touch()
    assert project.examine()["source docker.tgz"].state == "ok"


@pytest.mark.soak
def test_a_sandbox_says_what_it_gets_here(project: Project) -> None:
    done = project.livedeck("doctor", "--self-test", "--json", DOCKER_HOST=os.environ.get("DOCKER_HOST", ""))
    assert done.returncode == 0, done.stderr
    found = {row["name"]: row["found"] for row in json.loads(done.stdout)}
    assert found["sandbox"].startswith("Docker 28.5.2")
    assert "from debian:sid on Debian GNU/Linux" in found["sandbox"]
    assert found["privileges"]
    assert found["control groups"] in ("version 1, driver cgroupfs", "version 2, driver cgroupfs")
    assert found["image store"] == "Docker's own, storage driver overlay2"
    assert found["container"] == "one ran in the sandbox"


def test_without_a_daemon_there_is_no_self_test(project: Project) -> None:
    done = project.livedeck("doctor", "--self-test")
    assert done.returncode == 3
    assert "no Docker daemon answers" in done.stderr
