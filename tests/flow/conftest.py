"""A small project on disk with a deck and its record, and the real command line to run on it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from livedeck import records
from livedeck.model import Capture, Images, Record, RecordedStep

from tests.facts import FACTS
from tests.furniture import furnish

ROOT = Path(__file__).resolve().parents[2]
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


def captured(command: str, *output: str, code: int = 0) -> Capture:
    """A capture of one command at the usual prompt."""
    return Capture("ubuntu@ip-10-0-1-14:~$ ", command, output, code, 0.01)


def recorded(*steps: tuple[Capture, ...], deck: str = "one", engine: str = "current") -> Record:
    """A record of fences that each ran once."""
    return Record(
        format=records.FORMAT,
        deck=deck,
        engine=engine,
        captured="2026-11-22T00:00:00Z",
        columns=120,
        host=FACTS,
        images=Images("hub"),
        claims=(),
        steps=tuple(RecordedStep(number, 0, captures) for number, captures in enumerate(steps)),
    )


@dataclass(frozen=True)
class Project:
    """A course with the deck `one` and its record."""

    root: Path

    @property
    def deck(self) -> Path:
        return self.root / "decks" / "one" / "deck.md"

    @property
    def record(self) -> Path:
        return self.root / "decks" / "one" / "records" / "current.json"

    @property
    def markdown(self) -> Path:
        return self.root / "build" / "one.ko.md"

    def livedeck(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command line in the project."""
        return subprocess.run(
            [sys.executable, "-m", "livedeck", *arguments],
            cwd=self.root,
            env={**os.environ, "GITHUB_ACTIONS": "", **environ},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "course")
    made.deck.parent.mkdir(parents=True)
    (made.root / "decks" / "course.toml").write_text(COURSE, encoding="utf-8")
    made.deck.write_text(DECK, encoding="utf-8")
    records.write(made.record, recorded((captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),)))
    furnish(made.root)
    return made
