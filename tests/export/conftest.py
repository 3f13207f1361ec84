"""A small project in a temporary folder, exported with the real Marp CLI and the real Chromium."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from livedeck.errors import LivedeckError
from livedeck.export.write import write
from livedeck.model import AnyEvent, BuiltDeck, Deck, Slide

from tests.furniture import FONTS, SOURCE, share_fonts

HERE = Path(__file__).parent


@dataclass
class Project:
    """A project root to export in."""

    root: Path
    events: list[AnyEvent] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def deck(self, slug: str, body: str, slides: int, *, lang: str = "ko", front: str | None = None) -> BuiltDeck:
        """A rendered deck on disk; `front` replaces its front matter."""
        if front is None:
            front = f"marp: true\ntheme: mspt2\nlang: {lang}\npaginate: true\nheader: 머리\nfooter: 꼬리\n"
        markdown = self.root / "build" / f"{slug}.{lang}.md"
        markdown.write_text(f"---\n{front}---\n\n{body}\n", encoding="utf-8")
        return on_disk(Deck(slug, self.root / "decks" / slug, f"decks/{slug}/deck.md"), lang, markdown, slides)

    def write(
        self, *decks: BuiltDeck, formats: Sequence[str] = ("html",), theme: str = "mspt2", optional: bool = False
    ) -> tuple[BuiltDeck, ...]:
        return write(
            self.root, theme, decks, formats, environ=self.environ, report=self.events.append, optional=optional
        )

    def refuse(self, kind: type[LivedeckError], *decks: BuiltDeck, **options: Any) -> LivedeckError:
        """The error of an export that must fail."""
        with pytest.raises(kind) as caught:
            self.write(*decks, **options)
        return caught.value

    def left(self) -> list[str]:
        """Return what is in the build folder besides Markdown and pictures."""
        shelf = self.root / "build"
        kept = {".md", ".svg", ".png"}
        files = (p.relative_to(shelf) for p in shelf.rglob("*") if p.is_file() and p.suffix not in kept)
        return sorted(str(p) for p in files if p.parts[:2] != FONTS.parts[1:])


def on_disk(deck: Deck, lang: str, markdown: Path, slides: int) -> BuiltDeck:
    """Markdown as if each line of it were the same line of the template."""
    lines = range(1, markdown.read_text(encoding="utf-8").count("\n") + 2)
    return BuiltDeck(deck, lang, markdown, tuple(Slide(n, "", 1, 1) for n in range(1, slides + 1)), tuple(lines))


def make_project(root: Path) -> Project:
    (root / "build" / "img").mkdir(parents=True)
    share_fonts(root)
    (root / "node_modules").symlink_to(SOURCE / "node_modules")
    shutil.copytree(SOURCE / "themes", root / "themes")
    shutil.copy(HERE / "img" / "layers.svg", root / "build" / "img")
    return Project(root)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Project]:
    """A project for several tests."""
    return lambda name: make_project(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def browser() -> str:
    found = next((p for n in ("chromium", "google-chrome") if (p := shutil.which(n))), None)
    assert found, "these tests need Chromium"
    return os.environ.get("CHROME_PATH") or found


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


@dataclass
class Gallery:
    """The gallery deck, exported."""

    project: Project
    built: BuiltDeck
    html: Path
    pdf: Path
    seen: Mapping[str, Any]


@pytest.fixture(scope="session")
def gallery(new_project: Callable[[str], Project], look: Callable[[Path], Mapping[str, Any]]) -> Gallery:
    project = new_project("gallery")
    markdown = project.root / "build" / "gallery.ko.md"
    shutil.copy(HERE / "gallery.ko.md", markdown)
    deck = Deck("gallery", project.root, "decks/gallery/deck.md")
    (built,) = project.write(on_disk(deck, "ko", markdown, 9), formats=("html", "pdf"))
    html, pdf = built.files
    return Gallery(project, built, html, pdf, look(html))
