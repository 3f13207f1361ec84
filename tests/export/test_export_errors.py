"""Errors name the deck, and nothing is left that looks right."""

import os
import shutil
import socket
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from livedeck.cli.app import formats_of
from livedeck.errors import ExportError, HostError, Problems, UsageError, exit_code
from livedeck.export import marp, prints, verify
from livedeck.model import Location

from tests.export.folder import make_export_folder

SIZE = (1280, 720)
SLIDE = Path(__file__).parents[2] / "docs" / "slide.png"


def stale(project, *names):
    for name in names:
        (project.root / "build" / name).write_text("of last term")


def test_wrong_number_of_slides(project):
    stale(project, "01-a.ko.html")
    error = project.refuse(ExportError, project.deck("01-a", "# 하나\n\n---\n\n# 둘", 3))
    assert "01-a (ko)" in error.message
    assert "2 slides instead of 3" in error.message
    assert error.at == Location("decks/01-a/deck.md", 1)
    assert project.left() == []


def test_unknown_theme_and_format(project):
    deck = project.deck("01-a", "# 하나", 1)
    error = project.refuse(UsageError, deck, theme="gaia2")
    assert "gaia2" in error.message
    assert "mspt2" in error.hint
    assert "themes/" in project.refuse(UsageError, deck, theme="../themes/mspt2").message
    with pytest.raises(UsageError) as unknown:
        formats_of("docx")
    assert "html" in unknown.value.hint


@pytest.mark.parametrize("wanted", ["nosuch", "gaia"])
def test_deck_in_another_theme(project, wanted):
    deck = project.deck("01-a", "# 하나", 1, front=f"marp: true\ntheme: {wanted}\nlang: ko\n")
    error = project.refuse(ExportError, deck)
    assert "instead of mspt2" in error.message


def test_theme_file_without_its_name(project):
    (project.root / "themes" / "other.css").write_text("section { color: black; }\n")
    error = project.refuse(UsageError, project.deck("01-a", "# 하나", 1), theme="other")
    assert "@theme other" in error.hint


def test_theme_that_marp_cannot_read(project):
    (project.root / "themes" / "other.css").write_text("/* @theme other */\nsection { color: black; } }\n")
    error = project.refuse(ExportError, project.deck("01-a", "# 하나", 1), theme="other")
    assert "other" in error.message


def test_broken_front_matter(project):
    deck = project.deck("01-a", "# 하나", 1, front="marp: true\ntheme: mspt2\nlang: ko\ntitle: [x\n")
    error = project.refuse(ExportError, deck)
    assert "front matter is not YAML" in error.message
    assert project.left() == []


def test_wrong_language(project):
    deck = project.deck("01-a", "# 하나", 1, front="marp: true\ntheme: mspt2\nlang: en\n")
    assert "en instead of ko" in project.refuse(ExportError, deck).message
    deck = project.deck("01-a", "# 하나", 1, front="marp: true\ntheme: mspt2\n")
    assert "`lang: ko`" in project.refuse(ExportError, deck).hint


PICTURES = [
    ("![](img/none.png)", "img/none.png does not exist"),
    ("![bg right](img/없음.png)", "does not exist"),
    ("![](img/empty.png)", "is empty"),
    ("![](img/torn.png)", "cannot be decoded"),
    ("![bg](img/page.svg)", "is not SVG"),
    ("![](img/torn.svg)", "cannot be read"),
    ("![](https://example.com/a.png)", "is not part of the project"),
    ("![](/a.png)", "is not relative"),
    ("<style>section { background: url('img/none.png') }</style>", "img/none.png does not exist"),
    ('<img src="img/page.md">', "img/page.md is not a picture that may be published"),
    ('<img src="img/active.svg">', "img/active.svg has <script>"),
    ("<style>section { background: url('img/active.svg') }</style>", "img/active.svg has <script>"),
    ('<img src="img/pipe.png">', "img/pipe.png is not a regular file"),
    ("<style>@import 'https://example.com/a.css';</style>", "is not part of the project"),
]


@pytest.fixture(scope="module")
def without_pictures(new_project):
    """The errors of one export, by deck: each deck has another picture that cannot be loaded."""
    project = new_project("pictures")
    img = project.root / "build" / "img"
    (img / "empty.png").touch()
    (img / "torn.png").write_bytes((SLIDE).read_bytes()[:5000])
    (img / "page.svg").write_text("<html>404 Not Found</html>")
    (img / "page.md").write_text("<html>404 Not Found</html>")
    (img / "active.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    os.mkfifo(img / "pipe.png")
    (img / "torn.svg").write_bytes((img / "layers.svg").read_bytes()[:-20])
    decks = [project.deck(f"{number:02}-a", f"# 하나\n\n{body}", 1) for number, (body, _) in enumerate(PICTURES)]
    problems = project.refuse(Problems, *decks)
    assert len(problems.errors) == len(PICTURES)
    assert project.left() == []
    return {error.at: error.message for error in problems.errors}


@pytest.mark.parametrize(("number", "said"), [(number, said) for number, (_, said) in enumerate(PICTURES)])
def test_pictures_that_will_not_be_there(without_pictures, number, said):
    message = without_pictures[Location(f"decks/{number:02}-a/deck.md", 12)]
    assert f"{number:02}-a (ko)" in message
    assert said in message


def test_right_decks_stay_and_wrong_ones_go(project):
    stale(project, "01-a.ko.html", "02-b.ko.html")
    good = project.deck("01-a", "# 하나", 1)
    problems = project.refuse(Problems, good, project.deck("02-b", "![](a.png) ![](b.png)", 1), formats=("html", "pdf"))
    assert len(problems.errors) == 2
    assert project.left() == ["01-a.ko.html"]
    assert "하나" in (project.root / "build" / "01-a.ko.html").read_text(encoding="utf-8")


def test_missing_node(project):
    project.environ = {"PATH": "/nowhere"}
    error = project.refuse(HostError, project.deck("01-a", "# 하나", 1))
    assert exit_code(error) == 3
    assert "Node.js is missing" in error.message
    assert "install" in error.hint


def test_node_that_is_not_a_program(project, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "node").write_bytes(b"\x00" * 64)
    (tmp_path / "bin" / "node").chmod(0o755)
    project.environ = {"PATH": str(tmp_path / "bin")}
    error = project.refuse(HostError, project.deck("01-a", "# 하나", 1))
    assert error.message == f"{tmp_path / 'bin' / 'node'} could not be started: Exec format error"
    assert error.hint == "livedeck doctor looks at it"


def test_missing_browser(project, tmp_path):
    stale(project, "01-a.ko.pdf")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "node").symlink_to(shutil.which("node"))
    project.environ = {"PATH": str(tmp_path / "bin")}
    error = project.refuse(HostError, project.deck("01-a", "# 하나", 1), formats=("html", "pdf"))
    assert "Chromium is missing" in error.message
    assert "install" in error.hint
    assert "--format html" in error.hint
    assert project.left() == []


def test_chosen_browser_is_not_replaced_by_another(project):
    project.environ["CHROME_PATH"] = "/nowhere/chrome"
    error = project.refuse(HostError, project.deck("01-a", "# 하나", 1), formats=("pdf",))
    assert "/nowhere/chrome" in error.message


def test_missing_marp(project):
    (project.root / "node_modules").unlink()
    error = project.refuse(HostError, project.deck("01-a", "# 하나", 1))
    assert error.hint == f"npm ci --ignore-scripts --prefix {project.root}"


def test_browser_that_does_not_start(project):
    project.environ["CHROME_PATH"] = "/bin/false"
    error = project.refuse(HostError, project.deck("01-a", "# 하나", 1), formats=("pdf",))
    assert "exit code" in error.message
    assert error.detail
    assert all(line.isprintable() for line in error.detail)
    assert project.left() == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize(
    ("size", "said"), [("64k", "cannot write"), ("200k", "the disk is full: make room on it, then build again")]
)
def test_a_full_disk_is_reported(tmp_path, size, said):
    build = tmp_path / "build"
    build.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "export", build], check=True)
    try:
        project = make_export_folder(tmp_path)
        error = project.refuse(HostError, project.deck("01-a", "# 하나", 1))
        assert said in f"{error.message} {error.hint}"
        assert project.left() == []
    finally:
        subprocess.run(["umount", "--lazy", build], check=True)


@pytest.mark.parametrize("seconds", [0.5, 0.8])
def test_it_cannot_hang(project, tmp_path, seconds):
    """The page waits for a picture from a server that accepts the connection and never answers. No browser is left."""
    found = marp.find(project.root, project.environ, browser=True)
    markdown = project.root / "build" / "a.md"
    with TemporaryDirectory(dir="/tmp") as temporary, socket.create_server(("127.0.0.1", 0)) as silent:
        picture = f"http://127.0.0.1:{silent.getsockname()[1]}/picture.png"
        markdown.write_text(f"# 하나\n\n![]({picture})\n", encoding="utf-8")
        with pytest.raises(HostError, match="was stopped"):
            marp.convert(
                found,
                tmp_path / "build" / ".marp" / "run",
                project.root / "themes" / "mspt2.css",
                [markdown],
                ("--pdf",),
                seconds=seconds,
                environ={**project.environ, "TMPDIR": temporary},
            )
        assert not list(Path(temporary).iterdir())
    running = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(found.cli) not in running
    assert f"--user-data-dir={temporary}" not in running


def test_half_a_file_is_refused(gallery, tmp_path):
    html, pdf = tmp_path / "half.html", tmp_path / "half.pdf"
    html.write_bytes(gallery.html.read_bytes().rpartition(b"</body>")[0][:-200])
    pdf.write_bytes(gallery.pdf.read_bytes()[:-2000])
    assert "ends in the middle" in next(verify.html(gallery.built, html, "mspt2")).message
    assert "cannot be read" in next(prints.check("pdf", gallery.built, pdf, SIZE)).message
    longer = replace(gallery.built, slides=(*gallery.built.slides, gallery.built.slides[-1]))
    assert "9 pages instead of 10" in next(prints.check("pdf", longer, gallery.pdf, SIZE)).message
    assert "wrote no PDF" in next(prints.check("pdf", gallery.built, tmp_path / "none.pdf", SIZE)).message
