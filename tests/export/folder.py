"""A small project in a temporary folder, exported with the real Marp CLI and the real Chromium."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from livedeck.errors import LivedeckError
from livedeck.export.write import write
from livedeck.model import AnyEvent, BuiltDeck, Course, CourseFile, Deck, Slide

from tests.course import ROOT, make_run


@dataclass
class ExportFolder:
    """A folder with themes and Node packages, in which Markdown is exported."""

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
        course = Course(self.root, CourseFile(title="Test", theme=theme), ())
        return write(course, decks, formats, make_run(self.environ, self.events.append), optional=optional)

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
        return sorted(map(str, files))


def on_disk(deck: Deck, lang: str, markdown: Path, slides: int) -> BuiltDeck:
    """Markdown as if each line of it were the same line of the template."""
    lines = range(1, markdown.read_text(encoding="utf-8").count("\n") + 2)
    return BuiltDeck(deck, lang, markdown, tuple(Slide(n, "", 1, 1) for n in range(1, slides + 1)), tuple(lines))


def make_export_folder(root: Path) -> ExportFolder:
    (root / "build" / "img").mkdir(parents=True)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copytree(ROOT / "themes", root / "themes")
    shutil.copy(Path(__file__).parent / "img" / "layers.svg", root / "build" / "img")
    return ExportFolder(root)


@dataclass
class Gallery:
    """The gallery deck, exported."""

    project: ExportFolder
    built: BuiltDeck
    html: Path
    pdf: Path
    seen: Mapping[str, Any]
