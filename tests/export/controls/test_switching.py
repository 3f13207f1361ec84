"""From a slide to the same slide in another language, in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.course import Project, captured, recorded, write_record
from tests.translation.desk import po

HERE = Path(__file__).resolve().parent


ENGINES = """
[engines.current]
base = "debian:sid"
[engines.older]
base = "debian:bookworm"
"""
LONG = """
---
marp: true
theme: mspt2
---

## First

글 하나

글 둘

글 셋

글 넷

```bash run id=hello split
echo hello
```

---
{% if lang == "ko" %}

## Only here

---
{% endif %}

## Second

```bash run exit=3
( exit 3 )
```

---

{% if lang == "ko" %}
## 끝
{% else %}
## End
{% endif %}
""".lstrip()


@pytest.fixture
def three(project: Project) -> Project:
    course = project.root / "decks" / "course.toml"
    course.write_text(course.read_text(encoding="utf-8").replace('["ko"]', '["ko", "en", "ja"]'), encoding="utf-8")
    (project.deck.parent / "locale").mkdir()
    return project


def translated(project: Project, words: dict[str, str]) -> None:
    (project.deck.parent / "locale" / "en.po").write_bytes(po(words))
    built = project.livedeck("build", "--format", "html", "--no-fit")
    assert built.returncode == 0, built.stderr


def followed(project: Project, browser: str, slide: int) -> dict[str, object]:
    """Where the first link of a slide leads, as `switching.mjs` says it."""
    page = project.root / "build" / "one.ko.html"
    command = ["node", str(HERE / "switching.mjs"), browser, page.as_uri(), str(slide)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def numbers(project: Project, page: str) -> list[str]:
    """The slides that each link of a page leads to, from its first slide on."""
    html = (project.root / "build" / page).read_text(encoding="utf-8")
    return re.findall(r' data-slides="([^"]*)"', html)


def test_a_link_leads_to_the_same_slide_in_another_language(three: Project, browser: str) -> None:
    translated(three, {"Second": "The second one"})
    assert followed(three, browser, 2) == {
        "names": ["English", "日本語"],
        "address": "one.en.html#2",
        "heading": "The second one",
        "moved": "#1",
    }


def test_a_link_leads_to_the_same_slide_where_a_block_is_split_elsewhere(three: Project, browser: str) -> None:
    """Long prose leaves less room, so that there are more slides; and one slide is in Korean alone."""
    three.deck.write_text(LONG, encoding="utf-8")
    lines = tuple(f"line {number}" for number in range(1, 41))
    write_record(three.record, recorded((captured("echo hello", *lines),), (captured("( exit 3 )", code=3),)))
    translated(three, {f"글 {one}": f"{one} " + "is a long text " * 15 + "." for one in ("하나", "둘", "셋", "넷")})
    assert numbers(three, "one.ko.html") == ["1 2 4 4 5", "1 2 3 3 4"]
    assert numbers(three, "one.en.html") == ["1 1 2 4 5", "1 1 2 3 4"]
    assert followed(three, browser, 4)["address"] == "one.en.html#4"


def test_a_link_leads_to_another_language_on_the_same_engine(three: Project) -> None:
    course = three.root / "decks" / "course.toml"
    course.write_text(course.read_text(encoding="utf-8") + ENGINES, encoding="utf-8")
    steps = ((captured("echo hello", "hello"),), (captured("( exit 3 )", code=3),))
    write_record(three.record.with_name("older.json"), recorded(*steps, engine="older"))
    built = three.livedeck("build", "--format", "html", "--no-fit", "--engine", "all")
    assert built.returncode == 0, built.stderr
    assert len(numbers(three, "one.ko.html")) == 2


def test_a_deck_in_one_language_has_no_switch(project: Project) -> None:
    assert project.livedeck("build", "--format", "html").returncode == 0
    assert "livedeck-languages" not in (project.root / "build" / "one.ko.html").read_text(encoding="utf-8")
