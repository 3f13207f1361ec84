"""Figures in a built deck: beside its pictures, in the fonts of the theme, the same bytes at every build."""

from __future__ import annotations

import re

from pypdf import PdfReader

from tests.course import Project, captured, recorded, write_record
from tests.figures.captures import images

DECK = """\
---
marp: true
theme: mspt2
---

## Layers

```bash run hide id=one
docker image inspect nginx
```

![Seven layers]({{ figure.images(steps.one, height=300) }})
"""


def with_figure(project: Project) -> Project:
    project.deck.write_text(DECK, encoding="utf-8")
    inspected = captured("docker image inspect nginx", *images("nginx:latest").lines)
    write_record(project.record, recorded((inspected,)))
    return project


def figures(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.root / "build" / "one" / "figures").iterdir()}


def test_a_figure_reaches_the_pdf_in_the_fonts_of_the_theme(project):
    with_figure(project)
    done = project.livedeck("build", "--format", "html,pdf")
    assert done.returncode == 0, done.stderr
    ((name, first),) = figures(project).items()
    assert f"![Seven layers](one/figures/{name})" in project.markdown.read_text(encoding="utf-8")
    faces = re.findall(r'font-family: "(mspt2 \w+)";\s*font-weight: (\d+)', first.decode())
    assert {("mspt2 sans", "700"), ("mspt2 mono", "400"), ("mspt2 mono", "700")} <= set(faces)
    assert not re.search(r'url\((?!"data:)', first.decode())

    (page,) = PdfReader(project.markdown.with_suffix(".pdf")).pages
    text = "".join((page.extract_text() or "").split())
    assert "507d2db71501" in text
    assert "nginx:latest" in text

    assert project.livedeck("build", "--format", "md").returncode == 0
    assert figures(project) == {name: first}
    assert project.markdown.with_suffix(".pdf").exists()


def test_without_installed_fonts_a_figure_has_none_and_old_figures_are_removed(project):
    with_figure(project)
    (project.root / "node_modules").unlink()
    assert project.livedeck("build", "--format", "md").returncode == 0
    ((name, svg),) = figures(project).items()
    assert b"@font-face" not in svg
    project.deck.write_text(DECK.replace("height=300", "height=200"), encoding="utf-8")
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert len(figures(project)) == 1
    assert name not in figures(project)
