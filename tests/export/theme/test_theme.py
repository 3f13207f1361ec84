"""Every element of the theme, as a browser draws it: readable, quiet, and on the slide."""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SLIDES = {"ko": 11, "ja": 1}


@pytest.fixture(scope="module")
def galleries(new_project: Callable[[str], Any], browser: str) -> dict[str, Any]:
    project = new_project("theme")
    decks = []
    for lang, slides in SLIDES.items():
        front, body = (HERE / f"gallery.{lang}.md").read_text(encoding="utf-8")[4:].split("---\n", 1)
        decks.append(project.deck("gallery", body, slides, lang=lang, front=front))
    pages = [built.files[0] for built in project.write(*decks)]
    command = [shutil.which("node"), HERE / "theme.mjs", browser, *pages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return dict(zip(SLIDES, json.loads(done.stdout), strict=True))


def luminance(colour: Sequence[float]) -> float:
    channels = [c / 255 for c in colour]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_all_text_can_be_read(galleries):
    texts = [text for gallery in galleries.values() for text in gallery["texts"]]
    assert {"lead", "section", "invert", "figure", "columns", ""} <= {text["on"] for text in texts}
    seen = {text["what"] for text in texts}
    assert {
        "span.prompt",
        "span.command",
        "span.output",
        "span.hljs-comment",
        "th",
        "a",
        "em",
        "page",
        "marker",
    } <= seen
    faint = [
        (text["what"], text["on"], round(contrast(text["text"], ground), 2))
        for text in texts
        for ground in text["grounds"]
        if contrast(text["text"], ground) < 4.5
    ]
    assert faint == []


def test_the_ground_is_quiet(galleries):
    for slide in galleries["ko"]["slides"]:
        ground, *facets = slide["grounds"]
        assert len(facets) == 3
        assert max(abs(a - b) / 255 for facet in facets for a, b in zip(ground, facet, strict=True)) <= 0.04


def test_everything_is_on_its_slide(galleries):
    for gallery in galleries.values():
        for number, slide in enumerate(gallery["slides"], 1):
            assert slide["bottom"] <= 668.5, number
            assert slide["right"] <= slide["width"] - 48 + 0.5, number
    assert galleries["ja"]["slides"][0]["width"] == 960


def test_terminal_sizes_and_rows(galleries):
    sizes = [size for gallery in galleries.values() for slide in gallery["slides"] for size in slide["sizes"]]
    assert {size for size, _ in sizes} == {14, 15, 16}
    assert all(row == 1.25 * size for size, row in sizes)


def test_a_failed_command_and_its_message_stand_out(galleries):
    found = [line.rstrip("\n") for slide in galleries["ko"]["slides"] for line in slide["failed"]]
    assert [line.removeprefix("ubuntu@ip-10-0-1-14:~$ ") for line in found] == [
        "ls /var/lib/docker/overlay2",
        "ls: cannot access '/var/lib/docker/overlay2': Permission denied",
        "docker stop web2",
    ], "and a marked line is a marked line"


def test_code_is_not_divided_at_a_hyphen(galleries):
    assert [slide["divided"] for slide in galleries["ko"]["slides"]] == [[]] * SLIDES["ko"]


def test_a_figure_is_as_large_as_there_is_room(galleries):
    (width,) = galleries["ko"]["slides"][6]["pictures"]
    assert width > 1000
