"""What Marp makes of decks: their slides, elements, words and addresses."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "node_modules" / "@marp-team" / "marp-core"
TOLD = ("href", "src", "alt", "title")


@dataclass
class Page(HTMLParser):
    """One deck: its elements in order, all its text, and the attributes that hold values."""

    elements: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @property
    def slides(self) -> int:
        return self.elements.count("section")

    @property
    def text(self) -> str:
        return "".join(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Words of code that must not be divided; how many there are says nothing of what is on the slide.
        if (tag, attrs) == ("span", [("class", "word")]):
            return
        known = ";".join(sorted(name for name, _ in attrs if name not in TOLD))
        self.elements.append(tag if tag == "section" else f"{tag} {known}".strip())
        self.attributes += [(name, value or "") for name, value in attrs if name in TOLD]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    __hash__ = object.__hash__


def pages(decks: Sequence[str]) -> list[Page]:
    """The decks as Marp draws them, in one run of Node."""
    node = shutil.which("node")
    if node is None or not MODULES.is_dir():
        pytest.skip("Marp is not installed: npm ci")
    done = subprocess.run(
        [node, str(HERE / "marp.mjs")], input=json.dumps(decks).encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    found = []
    for html in json.loads(done.stdout):
        page = Page()
        page.feed(html)
        page.close()
        found.append(page)
    return found
