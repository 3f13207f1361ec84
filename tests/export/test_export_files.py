"""What an export writes, and that it is what it should be."""

import re
import subprocess

from livedeck.model import Wrote
from pypdf import PdfReader


def test_files_are_next_to_the_markdown_and_reported(gallery):
    assert gallery.html == gallery.built.markdown.with_suffix(".html")
    assert gallery.pdf == gallery.built.markdown.with_suffix(".pdf")
    assert gallery.project.events == [Wrote(gallery.html), Wrote(gallery.pdf)]
    assert gallery.project.left() == ["gallery.ko.html", "gallery.ko.pdf"], "nothing of the workshop stays behind"


def test_slides_pages_theme_and_language(gallery):
    assert len(gallery.seen["slides"]) == gallery.seen["svgs"] == 9
    assert {slide["theme"] for slide in gallery.seen["slides"]} == {"mspt2"}
    html = gallery.html.read_text(encoding="utf-8")
    assert html.startswith('<!DOCTYPE html><html lang="ko">')
    reader = PdfReader(gallery.pdf, strict=True)
    assert len(reader.pages) == 9
    assert reader.trailer["/Root"]["/Lang"] == "ko"
    assert reader.outline, "the PDF has an outline"


def test_bold_korean_with_a_bracket(gallery):
    assert "도커(Docker)" in gallery.seen["slides"][1]["strong"]


def test_nothing_leaves_the_machine(gallery):
    assert all(url.startswith("file:") for url in gallery.seen["requests"])
    html = gallery.html.read_text(encoding="utf-8")
    loaded = re.findall(r"""(?:src|srcset|poster)=["']?https?:|url\(["']?https?:|@import""", html)
    assert loaded == []
    assert str(gallery.project.root) not in html, "the HTML names no folder of this machine"


def test_pictures_are_there(gallery):
    assert gallery.seen["pictures"] == [420, 420]
    # The SVG stays a drawing; its amber (#ffd479) must be somewhere on that page.
    page = PdfReader(gallery.pdf).pages[6]
    forms = [form.get_object() for form in page["/Resources"].get("/XObject", {}).values()]
    drawing = page.get_contents().get_data() + b"".join(form.get_data() for form in forms)
    assert re.search(rb"\b1 \.83\d* \.47\d* rg", drawing)


def test_html_needs_no_browser_and_is_the_same_twice(project, tmp_path):
    node = subprocess.run(["which", "node"], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "only-node").mkdir()
    (tmp_path / "only-node" / "node").symlink_to(node)
    project.environ = {"PATH": str(tmp_path / "only-node")}
    decks = [
        project.deck("01-a", "# 하나\n\n---\n\n# 둘 :smile: 😀 $HOME/$USER", 2),
        project.deck("01-a", "# One", 1, lang="en"),
    ]
    first = [built.files[0].read_bytes() for built in project.write(*decks)]
    second = [built.files[0].read_bytes() for built in project.write(*decks)]
    assert first == second
    assert [re.search(rb'<html lang="(..)"', page).group(1) for page in first] == [b"ko", b"en"]
    assert "둘 :smile: 😀 $HOME/$USER".encode() in first[0]


def test_no_formats_and_no_decks(project):
    deck = project.deck("01-a", "# 하나", 1)
    assert project.write(deck, formats=()) == (deck,)
    assert project.write() == ()


def test_an_html_only_export_leaves_other_files_alone(project):
    (project.root / "build" / "02-b.ko.html").write_text("another deck")
    (written,) = project.write(project.deck("01-a", "# 하나", 1))
    assert [path.name for path in written.files] == ["01-a.ko.html"]
    assert project.left() == ["01-a.ko.html", "02-b.ko.html"]


def test_pdf_alone(project, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    project.environ["HOME"] = str(home)
    project.environ["TMPDIR"] = str(tmp_path / "none")
    (written,) = project.write(project.deck("01-a", "# 하나\n\n![](img/layers.svg)", 1), formats=("pdf",))
    assert [path.name for path in written.files] == ["01-a.ko.pdf"]
    assert project.left() == ["01-a.ko.pdf"]
    assert list(home.iterdir()) == [], "nothing is written in the user's home"
