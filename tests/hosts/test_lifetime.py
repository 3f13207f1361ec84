"""A sandbox ends with its owner, however that ends; the next start removes what could not end by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import docker
import pytest
from livedeck import hosts
from livedeck.hosts.daemon import daemon

from tests.course import ROOT, make_run
from tests.hosts.opener import Leftovers, Opener, Screen

OWNER = """
import sys
from tests.hosts.opener import Opener
with Opener()() as host:
    script = "docker run --detach nginx sleep 1000; docker volume create left"
    terminal = host.open_terminal(("bash", "-c", script), 120, 50)
    while terminal.receive(60):
        pass
    print(host._machine.container, flush=True)
    sys.stdin.read()
"""


@contextmanager
def owner() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that has opened a sandbox with a running container in it, and the id of that sandbox."""
    command = [sys.executable, "-c", OWNER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def gone(api: docker.APIClient, container: str) -> bool:
    """Wait until the daemon reports that the container is removed."""
    with suppress(docker.errors.NotFound):
        api.wait(container, condition="removed", timeout=240)
    return container not in {c["Id"] for c in api.containers(all=True)}


def test_kill_9_leaves_nothing(
    api: docker.APIClient, leftovers: Callable[[], Leftovers], operators_things: Callable[[], list[Any]]
) -> None:
    things, before = operators_things(), leftovers()
    with owner() as (process, container):
        mounts = api.inspect_container(container)["Mounts"]
        volumes = {mount["Name"] for mount in mounts if mount["Type"] == "volume"}
        assert {mount["Destination"] for mount in mounts} >= {"/var/lib/docker", "/var/lib/containerd"}
        process.kill()
        process.wait()
        assert gone(api, container)
    assert not volumes & {volume["Name"] for volume in api.volumes()["Volumes"] or []}
    assert not list(Path("/sys/fs/cgroup").rglob(f"*{container}*"))
    assert leftovers().beyond(before) == {}
    assert operators_things() == things


def test_the_next_start_leaves_the_living_alone(api: docker.APIClient, opener: Opener, screen: Screen) -> None:
    with owner() as (process, container), opener():
        assert api.inspect_container(container)["State"]["Running"]
        process.kill()
        assert gone(api, container)


@pytest.fixture
def never_started(api: docker.APIClient) -> Iterator[str]:
    """The container of an owner that was killed between create and start."""
    made = api.create_container("livedeck/sandbox:current", labels={"livedeck": "machine"}, volumes=["/var/lib/docker"])
    yield made["Id"]
    daemon.remove_container(api, made["Id"])


def test_sweep_removes_what_never_started_but_not_at_once(api: docker.APIClient, never_started: str) -> None:
    # Only this one: a sweep of everything at a future time would end other people's sandboxes.
    ids = {"id": never_started}
    now = datetime.now(UTC)
    assert daemon.sweep(api, now, filters=ids) == 0
    assert daemon.sweep(api, now + timedelta(minutes=5), filters=ids) == 1
    assert gone(api, never_started)


def test_sweep_removes_what_outlived_its_time(api: docker.APIClient, opener: Opener) -> None:
    with opener() as host:
        container = host._machine.container
        ids = {"id": container}
        assert daemon.sweep(api, datetime.now(UTC) + timedelta(hours=1, minutes=30), filters=ids) == 0
        assert daemon.sweep(api, datetime.now(UTC) + timedelta(hours=2, minutes=30), filters=ids) == 1
        assert gone(api, container)


def test_sweep_leaves_what_is_only_paused(api: docker.APIClient, opener: Opener, screen: Screen) -> None:
    with opener() as host:
        ids = {"id": host._machine.container}
        api.pause(host._machine.container)
        assert daemon.sweep(api, datetime.now(UTC) + timedelta(minutes=5), filters=ids) == 0
        api.unpause(host._machine.container)
        assert screen(host, "true").exit == 0


@pytest.mark.alone
def test_clean_keeps_what_is_in_use(api: docker.APIClient, opener: Opener) -> None:
    with opener() as host:
        hosts.clean(make_run(report=opener.report), images=False)
        assert api.inspect_container(host._machine.container)["State"]["Running"]
    assert any(text.startswith("removed ") for text in opener.notices)
