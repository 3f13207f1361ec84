"""What every fault test needs: a course of its own and somebody else's things to keep."""

from __future__ import annotations

import io
import subprocess
import tarfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.place import Place, new_place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return new_place(tmp_path / "course")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Place]:
    """Makes courses that last as long as the module."""
    folder = tmp_path_factory.mktemp("faults")
    return lambda: new_place(folder / uuid.uuid4().hex[:8])


@pytest.fixture(scope="session")
def operators_things() -> Iterator[Callable[[], str]]:
    """Somebody else's image, container and volume on the daemon that sandboxes run on; asks for their state."""
    name = f"operator-{uuid.uuid4().hex[:8]}"
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("file"))
    docker("import", "-", name, data=archive.getvalue())
    docker("create", "--name", name, "--volume", f"{name}:/data", name, "true")
    try:
        yield lambda: docker("inspect", name) + docker("image", "inspect", name) + docker("volume", "inspect", name)
    finally:
        docker("rm", "--force", name)
        docker("volume", "rm", name)
        docker("rmi", name)


def docker(*arguments: str, data: bytes = b"") -> str:
    return subprocess.run(["docker", *arguments], input=data, capture_output=True, check=True).stdout.decode()
