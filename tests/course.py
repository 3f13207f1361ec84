"""Made-up courses: small projects on disk with decks and records, and the real command line to run on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from livedeck import records
from livedeck.cli.app import now
from livedeck.model import (
    Capture,
    Course,
    CourseFile,
    Engine,
    HostFacts,
    Images,
    Record,
    RecordedStep,
    Report,
    Run,
    Terminal,
)
from livedeck.project import disk

ROOT = Path(__file__).resolve().parents[1]
"""This repository."""
CACHE = ROOT / "build" / ".cache-of-tests"
"""Where tests keep cut fonts: apart from the user's, and for all tests together."""
PROMPT = "ubuntu@{host}:~$ "
COURSE = """\
title = "Course"
languages = ["ko"]
[labels.ko]
command = "명령어"
"""
DECK = """\
---
marp: true
theme: mspt2
---

## First

```bash run id=hello
echo hello
```

{% claim steps.hello.text == "hello" %}It says {{ steps.hello.text }}.{% endclaim %}

---

## Second

```bash run exit=3
( exit 3 )
```
"""
FACTS = HostFacts(
    kind="sandbox",
    docker_version="28.5.2",
    storage_driver="overlay2",
    docker_root="/var/lib/docker",
    layer_dir="/var/lib/docker/overlay2",
    architecture="x86_64",
    operating_system="Debian GNU/Linux forky/sid",
    kernel="6.1.0",
    hostname="ip-10-0-1-14",
    user="ubuntu",
)
"""The machine on which made-up records were captured."""


def write_record(path: Path, record: Record) -> None:
    """Write a record to any place."""
    disk.replace(path.parent, path, records.dump(record))


def captured(command: str, *output: str, code: int | None = 0, host: str = FACTS.hostname) -> Capture:
    """Return a capture of one command at the usual prompt."""
    return Capture(PROMPT.format(host=host), command, output, code, 0.01)


def recorded(*steps: tuple[Capture, ...], deck: str = "one", engine: str = "current") -> Record:
    """Return a record of fences that each ran once."""
    return Record(
        format=records.FORMAT,
        deck=deck,
        engine=engine,
        captured="2026-11-22T00:00:00Z",
        columns=120,
        rows=40,
        host=FACTS,
        images=Images("hub"),
        claims=(),
        steps=tuple(RecordedStep(number, 0, captures) for number, captures in enumerate(steps)),
        profile=Engine(),
    )


def make_course(root: Path = ROOT, terminal: Terminal = Terminal(), **engines: Engine) -> Course:  # noqa: B008
    """Return a course without decks, as if its file had been read."""
    return Course(root, CourseFile(title="Test", terminal=terminal, engines=engines or {"current": Engine()}), ())


def make_run(environ: Mapping[str, str] = os.environ, report: Report = lambda _: None) -> Run:
    """Return a run at the present time."""
    return Run(environ, now, report)


@dataclass(frozen=True)
class Project:
    """The folder of a made-up course. Most have the deck `one` with a record on the engine `current`."""

    root: Path
    environ: MutableMapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def course(self) -> Path:
        return self.root / "decks" / "course.toml"

    @property
    def deck(self) -> Path:
        return self.deck_file("one")

    @property
    def record(self) -> Path:
        return self.record_file("one")

    @property
    def markdown(self) -> Path:
        return self.markdown_file("one")

    def deck_file(self, slug: str) -> Path:
        return self.root / "decks" / slug / "deck.md"

    def record_file(self, slug: str) -> Path:
        return self.deck_file(slug).parent / "records" / "current.json"

    def attempt_file(self, slug: str) -> Path:
        return self.root / "build" / "attempts" / slug / "current.json"

    def markdown_file(self, slug: str) -> Path:
        return self.root / "build" / f"{slug}.ko.md"

    def write_course(self, text: str) -> None:
        self.course.parent.mkdir(parents=True, exist_ok=True)
        self.course.write_text(text, encoding="utf-8")

    def write_deck(self, text: str, *steps: tuple[Capture, ...], slug: str = "one") -> None:
        """Write a deck and, if it has steps, its record."""
        self.deck_file(slug).parent.mkdir(parents=True, exist_ok=True)
        self.deck_file(slug).write_text(text, encoding="utf-8")
        if steps:
            write_record(self.record_file(slug), recorded(*steps, deck=slug))

    def furnish(self) -> None:
        """Give the project the themes and the Node packages of this repository, and nothing in `build/`."""
        shutil.copytree(ROOT / "themes", self.root / "themes")
        (self.root / "node_modules").symlink_to(ROOT / "node_modules")

    def command(self, *arguments: str) -> list[str]:
        """Return the command line that runs the installed Livedeck."""
        return [sys.executable, "-m", "livedeck", *arguments]

    def variables(self, **environ: str) -> dict[str, str]:
        """Return the environment in which Livedeck runs, with these changes."""
        return {**self.environ, "GITHUB_ACTIONS": "", **environ}

    def livedeck(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command line in the project."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.variables(**environ),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def make_project(
    root: Path, course: str = COURSE, deck: str = DECK, steps: Sequence[tuple[Capture, ...]] = ()
) -> Project:
    """Write a course with one deck and its record to `root`, ready to be built."""
    made = Project(root)
    made.write_course(course)
    made.write_deck(deck, *(steps or ((captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),))))
    made.furnish()
    return made
