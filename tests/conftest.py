"""How the suite is shared by workers, the table it ends with, and what several folders of it need.

Every worker takes whole groups, so that what a group needs is made once. Tests that look at the whole Docker daemon are
marked `alone`: no other test that uses Docker runs meanwhile, in whichever worker.
"""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import subprocess
import tarfile
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings

from tests.course import CACHE, ROOT, Project, make_project

HERE = Path(__file__).parent
WHOLE = ("hosts", "export", "programs")
"""Folders whose modules share what is made for them."""
DOCKER = ("hosts", "capture", "faults", "flow", "benchmarks", "doctor", "programs")
ID_LENGTH = 28
LONGEST_FIRST = (
    "hosts",
    "capture",
    "programs",
    "faults/test_command_ends",
    "faults",
    "flow/test_live",
    "template",
    "export",
)


def pytest_configure() -> None:
    settings.register_profile("livedeck", deadline=None)  # an example may take as long as the machine needs
    settings.load_profile("livedeck")
    os.environ["XDG_CACHE_HOME"] = str(CACHE)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
        if (mark := item.get_closest_marker("faults")) is not None:
            item.user_properties.append(("faults", mark.args[0]))
        if (mark := item.get_closest_marker("hostile")) is not None:
            item.user_properties.append(("hostile", [*hostile(*mark.args), input_name(item)]))
    if shared(config):
        items.sort(key=lambda item: next((i for i, n in enumerate(LONGEST_FIRST) if group(item).startswith(n)), 99))
    return (yield)  # xdist reads the groups after this


def hostile(kind: str, must: str, never: str) -> tuple[str, str, str]:
    """Return the arguments of the mark `hostile`: the kind of input, what must happen, and what must not."""
    return kind, must, never


def input_name(item: pytest.Item) -> str:
    """Return how the table of hostile inputs names a test: by its parameter `name`, its parameters, or its own name."""
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return item.name.removeprefix("test_").replace("_", " ")
    name = item.callspec.params.get("name")
    return name if isinstance(name, str) else item.callspec.id


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a parameter by its value, shortened; pytest names what has no short text by its place in the table."""
    if isinstance(val, Path):
        return val.relative_to(ROOT).as_posix() if val.is_relative_to(ROOT) else str(val)
    if isinstance(val, bytes):
        val = val.decode("ascii", "backslashreplace")
    elif isinstance(val, dict):
        val = [f"{key}={part}" for key, part in val.items()]
    elif isinstance(val, msgspec.Struct) or (is_dataclass(val) and not isinstance(val, type)):
        names = val.__struct_fields__ if isinstance(val, msgspec.Struct) else [each.name for each in fields(val)]
        val = [part for name in names if isinstance(part := getattr(val, name), str)] or type(val).__name__
    if isinstance(val, list | tuple) and all(isinstance(part, str | int) for part in val):
        val = " ".join(map(str, val)) or "nothing"
    return shortened(val) if isinstance(val, str) else None


def shortened(text: str) -> str:
    """Return a text in ASCII; of a long one, its start in one line."""
    plain = text.encode("unicode_escape").decode("ascii")
    if len(plain) <= ID_LENGTH:
        return plain
    return " ".join(text.split()).encode("unicode_escape").decode("ascii")[: ID_LENGTH - 3] + "..."


def group(item: pytest.Item) -> str:
    """What one worker runs in one go: a kind of host, a folder, or a module."""
    place = item.path.relative_to(HERE)
    if isinstance(item, pytest.Function) and "kind" in item.fixturenames:
        return f"capture-{item.callspec.params['kind']}"
    return place.parts[0] if place.parent.as_posix() in WHOLE else place.with_suffix("").as_posix()


def shared(config: pytest.Config) -> bool:
    """Whether this is one of several workers."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if not shared(item.config) or item.path.relative_to(HERE).parts[0] not in DOCKER or "hazards" in item.path.parts:
        return (yield)
    alone = item.get_closest_marker("alone") or "leftovers" in getattr(item, "fixturenames", ())
    with turn(item.config.cache.mkdir("turns"), fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
        return (yield)


@contextmanager
def turn(folder: Path, kind: int) -> Iterator[None]:
    """Hold the daemon. Who waits to have it alone keeps the queue, so that nobody overtakes."""
    with (folder / "queue").open("w") as queue, (folder / "daemon").open("w") as daemon:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(daemon, kind)
        queue.close()
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    summarise_hostile(terminalreporter)
    summarise_faults(terminalreporter)


def summarise_hostile(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every hostile input below what must happen and what must not; one test may name several as `inputs`."""
    tables: dict[tuple[str, str, str], list[str]] = {}
    counts = Counter[str]()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            properties = dict(report.user_properties)
            if report.when != "call" or "hostile" not in properties:
                continue
            kind, must, never, name = properties["hostile"]
            word = "held" if outcome == "passed" else "BROKE"
            names = properties.get("inputs", [name])
            tables.setdefault((kind, must, never), []).extend(f"{word:<6}{each}" for each in names)
            counts[word] += len(names)
    if not tables:
        return
    terminalreporter.section("hostile inputs")
    for (kind, must, never), rows in sorted(tables.items()):
        terminalreporter.line(f"{kind}: {len(rows)}")
        terminalreporter.line(f"  must: {must}; must not: {never}")
        for row in sorted(rows):
            terminalreporter.line(f"    {row}")
    terminalreporter.line(f"total: {counts['held']} held, {counts['BROKE']} did not")


def summarise_faults(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a class of faults: cases survived; a test that stands for several says how many in `cases`."""
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
def project(tmp_path: Path) -> Project:
    """A course with the deck `one` and its record."""
    return make_project(tmp_path / "course")


@pytest.fixture(scope="session")
def browser() -> str:
    found = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "these tests need Chromium"
    return found


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
