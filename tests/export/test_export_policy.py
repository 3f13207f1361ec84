"""Every page has a policy: Marp's scripts and Livedeck's run, pictures and fonts are there, and nothing is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from livedeck.export import page, policy
from pypdf import PdfReader

from tests.course import COURSE, ROOT, captured, make_project
from tests.export.folder import make_export_folder
from tests.export.listener import served

HERE = Path(__file__).parent
BESPOKE = ROOT / "node_modules" / "@marp-team" / "marp-cli" / "lib" / "bespoke.js"
PAGE = (
    '<!DOCTYPE html><html><head><title>T</title><meta charset="UTF-8"></head><body><div><svg><foreignObject>'
    "<section>{slide}</section>\n<script>marp()</script></foreignObject></svg></div>{tail}</body></html>"
)


@pytest.fixture(scope="module")
def deck(tmp_path_factory) -> Path:
    """A deck with a picture, a background beside the text, notes and a terminal."""
    project = make_export_folder(tmp_path_factory.mktemp("policy"))
    body = (
        "# 하나\n\n![](img/layers.svg)\n\n<!-- 노트 -->\n\n---\n\n```terminal 1:2 copy:1\n$ echo 둘\n둘\n```\n\n---\n\n"
        "![bg left](img/layers.svg)\n\n# 셋"
    )
    ko, _ = project.write(project.deck("01-a", body, 3), project.deck("01-a", body, 3, lang="en"))
    return ko.files[0]


@pytest.mark.parametrize("place", ["on file://", pytest.param("from a server", marks=pytest.mark.soak)])
def test_a_deck_works_as_it_did(place, deck, browser, tmp_path):
    with served(deck.parent) as root:
        url = deck.as_uri() if place == "on file://" else f"{root}/{deck.name}"
        command = ["node", str(HERE / "present.mjs"), browser, url, str(tmp_path / "presenter.png")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["said"] == []
    assert seen["slides"] == ["#2", "#3"], "keys turn the page"
    assert seen["pictures"] == [True]
    assert seen["fonts"] > 0
    assert seen["buttons"] == 1
    assert "/01-a.en.html#" in seen["language"]
    assert seen["next"] == "#2", "the presenter view shows the next slide in a frame"
    assert seen["note"] == "노트"


@pytest.mark.soak
def test_the_gallery_is_refused_nothing(gallery, browser, tmp_path):
    with served(gallery.html.parent) as root:
        (tmp_path / "pages.json").write_text(json.dumps([gallery.html.as_uri(), f"{root}/{gallery.html.name}"]))
        command = ["node", str(HERE / "visit.mjs"), browser, str(tmp_path / "pages.json")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Content Security Policy" not in done.stdout


def test_the_policy_comes_first_and_the_encoding_is_found(deck):
    text = deck.read_text(encoding="utf-8")
    head = '<head><meta charset="UTF-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    assert text.index(head) < 100
    assert text.count("<meta charset=") == 1
    assert [len(script) for script in policy.trusted_scripts(text)][1] == len(
        BESPOKE.read_text(encoding="utf-8").strip()
    )
    assert len(policy.trusted_scripts(text)) == text.count("<script>")
    rules = text.partition('content="')[2].partition('"')[0]
    assert not any(word in rules for word in ("http:", "https:", "file:", "*", "unsafe-eval"))


@pytest.mark.hostile("a script in a slide", "no hash, and an error", "it runs")
@pytest.mark.parametrize(
    "slide",
    {
        "plain": "<script>evil()</script>",
        "twice": "<script>evil()</script><script>evil()</script>",
        "after an end tag": "</section><script>evil()</script><section>",
        "upper case": "<SCRIPT>evil()</SCRIPT>",
        "after the slides": "</section></foreignObject></svg></div><script>evil()</script><div><svg><section>",
        "with an address": '<script src="evil.js"></script>',
    }.items(),
    ids=lambda item: item[0],
)
def test_a_script_of_a_slide_is_not_trusted(slide, tmp_path):
    path = tmp_path / "deck.html"
    text = PAGE.format(slide=slide[1], tail="<script>bespoke()</script>")
    path.write_text(text, encoding="utf-8")
    assert policy.trusted_scripts(text) == ["marp()", "bespoke()"]
    path.write_text(policy.protected(text), encoding="utf-8")
    assert path.read_text(encoding="utf-8").count("'sha256-") == 2
    assert page.read(path).scripts


PATHS = ("a # b ? 100%41 'q' \"d\" 한글", "#", "%23", "a?b", "$(x) `y` & ;", "[a]{b}*", "^ | ~")


@pytest.mark.hostile("a project's path", "all formats, and fit", "a broken page")
@pytest.mark.soak
@pytest.mark.parametrize("name", PATHS)
def test_a_path_may_have_any_letters(name, tmp_path):
    deck = "---\nmarp: true\ntheme: mspt2\n---\n\n# One\n\n![](img/layers.svg)\n\n```bash run\necho hello\n```\n"
    project = make_project(tmp_path / name, COURSE, deck, [(captured("echo hello", "hello"),)])
    (project.deck.parent / "img").mkdir()
    shutil.copy(HERE / "img" / "layers.svg", project.deck.parent / "img")
    built = project.livedeck("build", "--format", "html,pdf,png,pptx")
    assert built.returncode == 0, built.stdout + built.stderr
    shelf = project.root / "build"
    (printed,) = PdfReader(shelf / "one.ko.pdf").pages
    assert "hello" in printed.extract_text()
    assert len(printed.get_contents().get_data()) > 3_000, "with its picture"
    assert (shelf / "one.ko" / "001.png").stat().st_size > 20_000, "with its picture"
    assert (shelf / "one.ko.pptx").is_file()
    fit = project.livedeck("fit")
    assert fit.returncode == 0, fit.stdout + fit.stderr


def test_a_path_that_node_cannot_load_from_is_named(tmp_path):
    deck = "---\nmarp: true\ntheme: mspt2\n---\n\n# One\n\n```bash run\necho hello\n```\n"
    project = make_project(tmp_path / "back\\slash", COURSE, deck, [(captured("echo hello", "hello"),)])
    done = project.livedeck("build", "--format", "html")
    assert done.returncode == 3
    assert "a folder with a backslash in its path" in done.stderr
