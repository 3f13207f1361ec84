"""The runtime that a course names for its sandboxes."""

from __future__ import annotations

import secrets
from dataclasses import replace

import docker
import pytest
from livedeck.errors import HostError
from livedeck.model import Course, SandboxLimits
from msgspec import structs

from tests.course import make_course
from tests.hosts.opener import Opener, Screen

MISSING = {
    "one of nobody's": f"nosuch-{secrets.token_hex(4)}",
    "another case": "RUNC",
    "the start of one": "run",
    "more than one": "runc-1",
    "the path's last part": "io.containerd.runc",
}


def with_runtime(name: str) -> Course:
    course = make_course()
    return replace(course, file=structs.replace(course.file, sandbox=SandboxLimits(runtime=name)))


@pytest.mark.hostile("a runtime that is not there", "exit 3, and the names of those that are", "another one is used")
@pytest.mark.parametrize("name", [pytest.param(name, id=key) for key, name in MISSING.items()])
def test_a_runtime_that_is_not_there(opener: Opener, api: docker.APIClient, name: str) -> None:
    before = {container["Id"] for container in api.containers(all=True)}
    with pytest.raises(HostError, match=f"^the Docker daemon has no runtime {name}$") as caught:
        opener(with_runtime(name))
    assert "runc" in (caught.value.hint or "")
    assert {container["Id"] for container in api.containers(all=True, filters={"name": name})} <= before


@pytest.mark.soak
def test_the_runtime_runs_the_sandbox(opener: Opener, api: docker.APIClient, screen: Screen) -> None:
    for name in sorted({"runc", "second"} & set(api.info()["Runtimes"])):
        with opener(with_runtime(name)) as host:
            container = api.inspect_container(host._machine.container)
            assert container["HostConfig"]["Runtime"] == name
            assert screen(host, "docker", "run", "--rm", "nginx", "true").exit == 0
        assert f"run by the runtime {name} with " in "\n".join(opener.notices)
