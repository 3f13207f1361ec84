"""A real sandbox on the real daemon, and a look at what the operator of that daemon has before and after."""

from __future__ import annotations

import io
import secrets
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docker
import pytest
from docker.utils import kwargs_from_env
from livedeck import hosts
from livedeck.model import Host

from tests.hosts.opener import SECONDS, Leftovers, Opener, Screen, Shown
from tests.hosts.openssh import Machine, machine


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[hosts.Sandbox]:
    with Opener()() as host:
        yield host


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine that is reached over SSH, with its own Docker."""
    with machine(tmp_path_factory.mktemp("ssh")) as running:
        yield running


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's."""
    with TemporaryDirectory(prefix="t-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def screen() -> Screen:
    """Run a program to its end in a terminal of a host; return what it showed."""

    def run(host: Host, *command: str, columns: int = 120, rows: int = 50, typed: bytes = b"") -> Shown:
        terminal = host.open_terminal(command, columns, rows)
        try:
            if typed:
                terminal.send(typed)
            shown = b""
            deadline = time.monotonic() + SECONDS
            while data := terminal.receive(deadline - time.monotonic()):
                shown += data
            assert data is not None, f"no end within {SECONDS} s: {shown!r}"
            return Shown(shown.decode(), terminal.exit_code())
        finally:
            terminal.close()

    return run


@pytest.fixture(scope="session")
def api() -> Iterator[docker.APIClient]:
    client = docker.APIClient(version="auto", **kwargs_from_env())
    yield client
    client.close()


@pytest.fixture
def leftovers(api: docker.APIClient) -> Callable[[], Leftovers]:
    def look() -> Leftovers:
        containers = api.containers(all=True)
        groups = (str(path) for path in Path("/sys/fs/cgroup").rglob("*") if path.is_dir())
        return Leftovers(
            containers=frozenset(c["Id"] for c in containers if "livedeck" in c["Labels"]),
            images=frozenset(image["Id"] for image in api.images(filters={"dangling": True})),
            volumes=frozenset(v["Name"] for v in api.volumes(filters={"dangling": "true"})["Volumes"] or []),
            cgroups=frozenset(g for g in groups if "/docker/" in g and not any(c["Id"] in g for c in containers)),
        )

    return look


@pytest.fixture
def operators_things(api: docker.APIClient) -> Iterator[Callable[[], list[Any]]]:
    """An image, a container and a volume of the operator's, and a function that returns everything about them."""
    name = f"operators-{secrets.token_hex(4)}"
    empty = io.BytesIO()
    tarfile.open(fileobj=empty, mode="w").close()
    api.import_image_from_data(empty.getvalue(), name, "latest")
    container = api.create_container(name, command="nothing", name=name)["Id"]
    api.create_volume(name)
    yield lambda: [
        api.images(name, all=True),
        api.inspect_container(container),
        api.inspect_volume(name),
    ]
    api.remove_container(container)
    api.remove_image(f"{name}:latest")
    api.remove_volume(name)
