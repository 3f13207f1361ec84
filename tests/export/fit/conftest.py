"""The decks that are too full, measured in the real browser; then again, with the advice taken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.course import Project, make_project
from tests.export.fit.full import FULL, Seen, make_full_course, take_advice


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "course")


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    made = make_full_course(tmp_path_factory.mktemp("fit") / "course")
    for slug, (body, outputs) in FULL.items():
        made.add(slug, body, *outputs)
    before = made.fit()
    for slug, (body, outputs) in FULL.items():
        for name, changed in take_advice(body, before[slug]):
            made.add(f"{slug}-{name}", changed, *outputs)
        shutil.rmtree(made.root / "decks" / slug)
    return Seen(made, before, made.fit())
