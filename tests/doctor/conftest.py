"""The course that each test has for itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.course import ROOT, captured
from tests.doctor.place import COURSE, DECK, NOWHERE, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    home = tmp_path / "home"
    home.mkdir()
    made = Project(tmp_path / "course", {"PATH": os.environ["PATH"], "HOME": str(home), "DOCKER_HOST": NOWHERE})
    made.write_course(COURSE)
    made.write_deck(DECK, (captured("echo hello", "hello"),))
    made.furnish()
    shutil.copy(ROOT / "package-lock.json", made.root)
    return made
