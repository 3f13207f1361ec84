"""Small courses on disk, the real command line on them, and what they leave on the daemon."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
import unicodedata
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from docker import APIClient
from docker.errors import APIError, NotFound
from livedeck.cli.main import main
from livedeck.hosts.daemon import daemon

from tests.course import PROMPT, Project, captured, recorded, write_record

T = TypeVar("T")
R = TypeVar("R")
FRONT = "---\nmarp: true\ntheme: mspt2\n---\n\n"
LANES = 4
"""Sandboxes that start at the same time."""
SECONDS = 240
"""After so many something hangs. Far more than anything takes, also on a slow machine."""


@dataclass(frozen=True)
class Place:
    """A course of its own; its containers are known by their host name."""

    project: Project
    host: str

    @property
    def root(self) -> Path:
        return self.project.root

    def deck(self, name: str = "one") -> Path:
        return self.project.deck_file(name)

    def record(self, name: str = "one") -> Path:
        return self.project.record_file(name)

    def attempt(self, name: str = "one") -> Path:
        return self.project.attempt_file(name)

    def markdown(self, name: str = "one") -> str:
        return self.project.markdown_file(name).read_text(encoding="utf-8")

    @property
    def prompt(self) -> str:
        return PROMPT.format(host=self.host)

    def course(self, more: str = "") -> None:
        hostname = f'[terminal]\nhostname = "{self.host}"\n'
        self.project.write_course(f'title = "Course"\nlanguages = ["ko"]\n{hostname}{more}')

    def write(self, template: str, name: str = "one") -> None:
        self.project.write_deck(template, slug=name)

    def keep(self, *commands: str, name: str = "one") -> bytes:
        """Write a record in which each of these commands printed `old`, and return its bytes."""
        steps = [(captured(command, "old", host=self.host),) for command in commands or ("true",)]
        write_record(self.record(name), recorded(*steps, deck=name))
        return self.record(name).read_bytes()

    def start(self, *arguments: str, prefix: Sequence[str] = (), **environ: str) -> subprocess.Popen[bytes]:
        # A run in the background of a script ignores SIGINT, and its children would too.
        return subprocess.Popen(
            ["env", "--default-signal=INT,TERM", *prefix, *self.project.command(*arguments)],
            cwd=self.root,
            env=self.project.variables(**environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def livedeck(self, *arguments: str, prefix: Sequence[str] = (), **environ: str) -> Ended:
        with self.start(*arguments, prefix=prefix, **environ) as process:
            out, err = process.communicate(timeout=SECONDS)
        return Ended(process.returncode, out.decode(), err.decode())

    def livedeck_here(self, *arguments: str) -> Ended:
        """The same within this process: far quicker, where no test needs the process to be another one."""
        out, err = io.StringIO(), io.StringIO()
        before = signal.getsignal(signal.SIGTERM)
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.root)
            patch.setenv("GITHUB_ACTIONS", "")
            patch.setattr(sys, "argv", ["livedeck", *arguments])
            with pytest.raises(SystemExit) as ended:
                main()
        signal.signal(signal.SIGTERM, before)
        return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def containers(self) -> list[str]:
        """The containers of this course that are there now."""
        with APIClient(version="auto") as api:
            return [c["Id"] for c in api.containers(all=True, filters={"label": daemon.LABEL}) if self._owns(api, c)]

    def assert_nothing_left(self) -> None:
        """Containers and their volumes are gone, or go by themselves; one that never ran goes with the next sweep.

        The daemon still does what it was asked for when the asker was killed, so this looks until nothing is there.
        """
        deadline = time.monotonic() + SECONDS
        with APIClient(version="auto", timeout=SECONDS) as api:
            while left := self.containers():
                assert time.monotonic() < deadline, f"{left} did not go"
                for container in left:
                    with suppress(NotFound):
                        self._assert_goes(api, container)

    def _assert_goes(self, api: APIClient, container: str) -> None:
        state = api.inspect_container(container)
        volumes = [mount["Name"] for mount in state["Mounts"] if mount["Type"] == "volume"]
        if state["State"]["Status"] == "created":
            daemon.sweep(api, datetime.now(UTC) + timedelta(minutes=2), {"id": container})
        with suppress(NotFound):
            api.wait(container, condition="removed", timeout=SECONDS)
        for volume in volumes:
            _await_gone(api, volume, container)

    def _owns(self, api: APIClient, container: Mapping[str, Any]) -> bool:
        try:
            return bool(api.inspect_container(container["Id"])["Config"]["Hostname"] == self.host)
        except APIError:
            return False

    def assert_old(self, before: bytes, name: str = "one") -> None:
        """The record is as it was, byte for byte, and nothing lies beside it."""
        assert self.record(name).read_bytes() == before
        assert [path.name for path in self.record(name).parent.iterdir()] == ["current.json"]


@dataclass(frozen=True)
class Ended:
    """How a run of the command line ended."""

    code: int
    out: str
    err: str

    def assert_clean(self, code: int, *said: str) -> None:
        """The exit code, the words, and nothing a terminal would obey, no traceback, no report of a bug."""
        assert self.code == code, self.err
        for text in said:
            assert text in self.err, self.err
        for bad in ("Traceback", "Livedeck broke", "LIVEDECK_DEBUG"):
            assert bad not in self.err + self.out, self.err
        assert_printable(self.err)


def new_place(folder: Path) -> Place:
    place = Place(Project(folder), f"faults-{uuid.uuid4().hex[:10]}")
    place.course()
    place.project.furnish()
    return place


def deck_of(commands: str, options: str = "") -> str:
    """A deck of one slide with one step; its fence is line 6."""
    return f"{FRONT}```bash run {options}\n{commands}\n```\n"


def captures_of(path: Path) -> list[dict[str, Any]]:
    record = json.loads(path.read_text(encoding="utf-8"))
    return [capture for step in record["steps"] for capture in step["captures"]]


def assert_printable(text: str) -> None:
    """No control, bidirectional or zero-width character but the newline; a joiner is part of a picture."""
    hidden = [c for c in text if c not in "\n\u200d" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert not hidden, [hex(ord(c)) for c in hidden]


def in_lanes(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """`work` on each item, a few at a time."""
    with ThreadPoolExecutor(LANES) as pool:
        return list(pool.map(work, items))


def _await_gone(api: APIClient, volume: str, container: str) -> None:
    """The daemon says that a container is removed a moment before its volumes are."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            api.inspect_volume(volume)
        except NotFound:
            return
        time.sleep(0.05)
    raise AssertionError(f"the volume {volume} of {container} was left")
