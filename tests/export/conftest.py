"""Projects to export in, and what a browser sees of an exported deck."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from livedeck.model import Deck

from tests.export.folder import ExportFolder, Gallery, make_export_folder, on_disk

HERE = Path(__file__).parent


@pytest.fixture
def project(tmp_path: Path) -> ExportFolder:
    return make_export_folder(tmp_path)


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ExportFolder]:
    """Return a function that makes a project for several tests."""
    return lambda name: make_export_folder(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def look(browser: str) -> Callable[[Path], Mapping[str, Any]]:
    """Return what a browser sees in an HTML deck."""

    def seen(html: Path) -> Mapping[str, Any]:
        command = ["node", str(HERE / "look.mjs"), browser, str(html)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        result: Mapping[str, Any] = json.loads(done.stdout)
        return result

    return seen


@pytest.fixture(scope="session")
def gallery(new_project: Callable[[str], ExportFolder], look: Callable[[Path], Mapping[str, Any]]) -> Gallery:
    project = new_project("gallery")
    markdown = project.root / "build" / "gallery.ko.md"
    shutil.copy(HERE / "gallery.ko.md", markdown)
    deck = Deck("gallery", project.root, "decks/gallery/deck.md")
    (built,) = project.write(on_disk(deck, "ko", markdown, 9), formats=("html", "pdf"))
    html, pdf = built.files
    return Gallery(project, built, html, pdf, look(html))
