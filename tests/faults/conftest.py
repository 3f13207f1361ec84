"""What every fault test needs: a course of its own, somebody else's things to keep, and the table at the end."""

from __future__ import annotations

import io
import subprocess
import tarfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.place import Place, new_place


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "faults(name): the class of cases in the table of what was survived")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if (mark := item.get_closest_marker("faults")) is not None:
            item.user_properties.append(("faults", mark.args[0]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a class: cases survived; a test that stands for several says how many in the property `cases`."""
    seeds: list[str] = []
    counts = {"passed": Counter[str](), "failed": Counter[str]()}
    for outcome, counter in counts.items():
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(report.user_properties)
            if report.when == "call" and "faults" in properties:
                counter[str(properties["faults"])] += int(str(properties.get("cases", 1)))
                seeds += [f"{properties['faults']} with seed {properties['seed']}"] if "seed" in properties else []
    if not any(counts.values()):
        return
    terminalreporter.section("faults")
    for name in sorted(counts["passed"] | counts["failed"]):
        failed = counts["failed"][name]
        terminalreporter.line(f"{name:<28}{counts['passed'][name]:>4} survived" + (f", {failed} not" if failed else ""))
    for seed in seeds:
        terminalreporter.line(seed)
    terminalreporter.line(f"{'total':<28}{counts['passed'].total():>4} survived")


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
