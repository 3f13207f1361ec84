"""The course that each test has for itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from livedeck import records

from tests.doctor.place import COURSE, DECK, NOWHERE, ROOT, Project, record_of
from tests.furniture import equip


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "course"
    home = tmp_path / "home"
    home.mkdir()
    made = Project(root, {"PATH": os.environ["PATH"], "HOME": str(home), "DOCKER_HOST": NOWHERE})
    made.deck.parent.mkdir(parents=True)
    made.course.write_text(COURSE, encoding="utf-8")
    made.deck.write_text(DECK, encoding="utf-8")
    records.write(made.record, record_of("echo hello"))
    equip(root)
    shutil.copy(ROOT / "package-lock.json", root)
    return made
