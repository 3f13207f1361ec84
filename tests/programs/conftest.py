"""One sandbox for the whole table; packages are installed there when a program first needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest
from livedeck.flow.capture import capture
from livedeck.hosts import Sandbox
from livedeck.hosts.daemon.channel import ExecTerminal
from livedeck.model import Edition, Images
from livedeck.project import course

from tests.course import make_project, make_run
from tests.hosts.opener import Opener
from tests.programs.table import Program, terminals

INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends {} > /tmp/log 2>&1"
LEFT = """
docker ps -aq | xargs -r docker rm --force > /dev/null
docker system prune --all --force > /dev/null
find /home/ubuntu -mindepth 1 -not -name .bashrc -not -name .profile -delete
"""


class Kept:
    """A sandbox that outlives the captures on it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.facts, self.docker = sandbox.facts, sandbox.docker
        self._sandbox = sandbox

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> ExecTerminal:
        return self._sandbox.open_terminal(command, columns, rows)

    def images(self) -> Images:
        return self._sandbox.images()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Opener()() as running:
        running._machine.run("apt-get", "update", "-qq", timeout=120)
        yield running


@pytest.fixture
def slide(sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[[Program], list[str]]]:
    """Capture a program and build its slide; return what its terminals show."""

    def show(program: Program) -> list[str]:
        if program.packages:
            sandbox._machine.run("sh", "-euc", INSTALL.format(" ".join(program.packages)), timeout=200)
        project = make_project(tmp_path, deck=program.deck)
        project.record.unlink()
        made = course.load(project.root)
        capture(Edition(made, made.decks[0], "current"), lambda: Kept(sandbox), None, make_run())
        built = project.livedeck("build", "--format", "md")
        assert built.returncode == 0, built.stderr
        return terminals(project.markdown.read_text(encoding="utf-8"))

    yield show
    sandbox._machine.run("sh", "-euc", LEFT)
