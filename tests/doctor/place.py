"""A small course on a machine that a test takes things from, and how it is examined."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from livedeck import doctor
from livedeck.doctor import course_checks
from livedeck.doctor.probe import Case, Finding
from livedeck.doctor.system import System
from livedeck.model import Record

from tests import course
from tests.course import captured, recorded

NOBODY = 65534
PAGES = ("build", "build --live", "check", "fit")
NOWHERE = "unix:///nowhere/docker.sock"
DEBIAN = System("linux", ("debian",), "12", "ann")
UBUNTU = System("linux", ("ubuntu", "debian"), "24.04", "ann")
OLD_UBUNTU = System("linux", ("ubuntu", "debian"), "22.04", "ann")
MINT = System("linux", ("linuxmint", "ubuntu", "debian"), "22", "ann")
FEDORA = System("linux", ("fedora",), "44", "ann")
MAC = System("darwin", user="ann")
COURSE = 'title = "Course"\nlanguages = ["ko"]\n[engines.current]\nbase = "debian:sid"\n'
DECK = """\
---
marp: true
theme: mspt2
---

```bash run id=hello
echo hello
```

{% claim steps.hello.text == "hello" %}It says {{ steps.hello.text }}.{% endclaim %}
"""


@dataclass(frozen=True)
class Project(course.Project):
    """A course with one deck and its record, which is examined in the environment of its user."""

    def with_programs(self, *names: str, **scripts: str) -> None:
        """Set a PATH with nothing but links to these programs of this machine, and these small scripts."""
        folder = self.root.parent / "programs" / "bin"
        folder.mkdir(parents=True)
        for name in names:
            found = shutil.which(name)
            assert found, f"{name} is needed here"
            (folder / name).symlink_to(found)
        for name, text in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        self.environ["PATH"] = str(folder)

    def examine(self, *, system: System = DEBIAN, now: datetime | None = None, **environ: str) -> dict[str, Finding]:
        """Return the findings by name."""
        found = doctor.examine(self.root, environ={**self.environ, **environ}, system=system, now=now)
        assert len({finding.name for finding in found}) == len(found)
        return {finding.name: finding for finding in found}


def record_of(command: str) -> Record:
    """Return a record of the deck whose step is this command."""
    return recorded((captured(command, "hello"),))


def tree(*folders: Path) -> dict[str, tuple[int, str]]:
    paths = [path for folder in folders for path in folder.rglob("*")]
    return {
        str(path): (
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in paths
    }


def case(project: Project, system: System = DEBIAN, **environ: str) -> Case:
    given = {**project.environ, **environ}
    return Case(project.root, course_checks.load(project.root), given, system, datetime.now(UTC))
