"""Formats on the command line: which are made, what is left out without a browser, and that nothing old stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.course import DECK, Project


def others(project: Project) -> list[str]:
    """What lies beside the Markdown."""
    return sorted(p.name for p in project.markdown.parent.iterdir() if p.name.startswith("one.") and p.suffix != ".md")


def only_node(folder: Path) -> str:
    folder.mkdir()
    node = shutil.which("node")
    assert node
    (folder / "node").symlink_to(node)
    return str(folder)


def test_without_a_browser_a_plain_build_has_html_and_says_what_is_missing(project: Project, tmp_path: Path) -> None:
    path = only_node(tmp_path / "bin")
    done = project.livedeck("build", PATH=path, CHROME_PATH="")
    assert done.returncode == 0, done.stderr
    assert others(project) == ["one.ko.html"]
    assert "no PDF was made" in done.stderr
    done = project.livedeck("build", "--format", "html,pdf", PATH=path, CHROME_PATH="")
    assert done.returncode == 3
    assert "Chromium is missing" in done.stderr
    assert "install" in done.stderr
    done = project.livedeck("build", "--format", "html", PATH=path, CHROME_PATH="")
    assert (done.returncode, others(project)) == (0, ["one.ko.html"])
    assert "PDF" not in done.stderr


@pytest.mark.soak
def test_nothing_old_is_left_next_to_something_new(project: Project) -> None:
    assert project.livedeck("build", "--format", "md").returncode == 0
    pdf = project.markdown.with_suffix(".pdf")
    pictures = project.markdown.with_suffix("")

    def earlier() -> None:
        pdf.write_bytes(b"of this very Markdown")
        pictures.mkdir()
        (pictures / "001.png").write_bytes(b"of this very Markdown")

    earlier()
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert others(project) == ["one.ko", "one.ko.pdf"], "nothing has changed"
    project.deck.write_text(DECK.replace("First", "Other"), encoding="utf-8")
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert others(project) == []
    earlier()
    shutil.rmtree(project.root / "themes")
    (project.root / "themes").mkdir()
    (project.root / "themes" / "mspt2.css").write_text("/* @theme mspt2 */ section { color: red }", encoding="utf-8")
    assert project.livedeck("build", "--format", "md").returncode == 0
    assert others(project) == [], "another theme"
    fonts = project.root / "fonts"
    fonts.mkdir()
    face = '@font-face { font-family: x; src: url("../fonts/x.woff2") }'
    (project.root / "themes" / "mspt2.css").write_text(f"/* @theme mspt2 */ {face}", encoding="utf-8")
    for data in (b"", b"one", b"another"):
        (fonts / "x.woff2").write_bytes(data)
        assert project.livedeck("build", "--format", "md").returncode == 0
        assert others(project) == [], "another font"
        earlier()
        assert project.livedeck("build", "--format", "md").returncode == 0
        assert len(others(project)) == 2, "the same font"
    (project.deck.parent / "img").mkdir()
    for colour in ("red", "blue"):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg"><rect fill="{colour}"/></svg>'
        (project.deck.parent / "img" / "a.svg").write_text(svg, encoding="utf-8")
        project.deck.write_text(DECK + "\n![](img/a.svg)\n", encoding="utf-8")
        assert project.livedeck("build", "--format", "md").returncode == 0
        assert others(project) == [], f"a picture that is {colour}"
        earlier()
    done = project.livedeck("clean")
    assert done.returncode == 0
    assert list(project.markdown.parent.iterdir()) == []
