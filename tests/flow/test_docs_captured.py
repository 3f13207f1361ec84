"""The examples of docs/templates.md for what is typed into programs, captured as they stand there."""

from __future__ import annotations

import re
import shutil

from livedeck.template import markdown

from tests.course import ROOT, Project

FENCE = re.compile(r"^(`{3,})terminal[^\n]*\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
BEFORE = """\
---
marp: true
theme: mspt2
---

```bash run hide timeout=300
sudo apt-get update -qq && sudo apt-get install -qqy sqlite3 > /dev/null 2>&1
docker run --detach --name web --hostname web nginx
```

"""


def test_the_examples_show_what_the_page_says(project: Project) -> None:
    page = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    part = page.split("## Typing into a command")[1].split("\n## Files")[0]
    blocks = [token.content for token in markdown.blocks(part) if token.type == "code_block"]
    fences = [
        fence for block in blocks for fence in re.findall(r"^```bash run.*?^```$", block, re.MULTILINE | re.DOTALL)
    ]
    slides = [block for block in blocks if not block.startswith("```")]
    assert len(fences) >= 9
    assert len(slides) >= 2
    project.deck.write_text(BEFORE + "\n\n---\n\n".join(fences) + "\n", encoding="utf-8")
    shutil.copytree(ROOT / "decks" / "_stand-ins", project.root / "decks" / "_stand-ins")
    done = project.livedeck("capture", "--images", "stand-in")
    assert done.returncode == 0, done.stderr
    assert project.livedeck("build", "--format", "md").returncode == 0
    shown = "".join(text for _, text in FENCE.findall(project.markdown.read_text(encoding="utf-8")))
    for slide in slides:
        assert slide in shown
