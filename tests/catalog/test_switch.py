"""From a slide to the same slide in another language, in a real browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.catalog.desk import po
from tests.flow.conftest import Project

HERE = Path(__file__).resolve().parent


def test_a_link_leads_to_the_same_slide_in_another_language(project: Project, browser: str) -> None:
    course = project.root / "decks" / "course.toml"
    course.write_text(course.read_text(encoding="utf-8").replace('["ko"]', '["ko", "en", "ja"]'), encoding="utf-8")
    catalog = project.deck.parent / "locale" / "en.po"
    catalog.parent.mkdir()
    catalog.write_bytes(po({"Second": "The second one"}))
    built = project.livedeck("build", "--format", "html")
    assert built.returncode == 0, built.stderr
    page = project.root / "build" / "one.ko.html"
    command = ["node", str(HERE / "languages.mjs"), browser, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "names": ["English", "日本語"],
        "address": "one.en.html#2",
        "heading": "The second one",
        "moved": "#1",
    }


def test_a_deck_in_one_language_has_no_switch(project: Project) -> None:
    assert project.livedeck("build", "--format", "html").returncode == 0
    assert "livedeck-languages" not in (project.root / "build" / "one.ko.html").read_text(encoding="utf-8")
