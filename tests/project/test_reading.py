"""What is read of a project: regular files of a bounded size, from inside it; nothing else is opened."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from livedeck.errors import UsageError
from livedeck.hosts.sandbox import stand_ins
from livedeck.project import bounded

from tests.faults.place import FRONT
from tests.project.trees import Tree, make_tree

SECRET = "somebody's secret"
FILES = {
    "course": ("decks/course.toml", ("build", "--format", "md"), 2),
    "template": ("decks/one/deck.md", ("build", "--format", "md"), 2),
    "record": ("decks/one/records/current.json", ("build", "--format", "md"), 1),
    "catalog": ("decks/one/locale/en.po", ("build", "--format", "md"), 1),
    "catalog to update": ("decks/one/locale/en.po", ("i18n", "update"), 1),
    "catalog to check": ("decks/one/locale/en.po", ("i18n", "check"), 1),
    "step template": ("decks/step.md.j2", ("build", "--format", "md"), 2),
    "picture": ("decks/one/img/a.svg", ("build", "--format", "md"), 1),
    "theme": ("themes/mspt2.css", ("build", "--format", "html", "--no-fit"), 2),
    "other sheet": ("themes/mspt2/fonts.css", ("build", "--format", "html", "--no-fit"), 2),
    "file of a class": ("decks/one/files/a", ("build", "--format", "md"), 2),
}
Spoil = Callable[[Path], object]


def outside(path: Path) -> Path:
    """Return a file outside of the project, which must not be read."""
    secret = Path(*path.parts[: path.parts.index("course")], "secret")
    secret.write_text(SECRET, encoding="utf-8")
    return secret


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * 2**30)


def bound(path: Path) -> None:
    """Make a socket; its address must be short."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


SHAPES: dict[str, Spoil] = {
    "device": lambda path: path.symlink_to("/dev/zero"),
    "terminal": lambda path: path.symlink_to("/dev/tty"),
    "pipe": os.mkfifo,
    "linked pipe": lambda path: (os.mkfifo(path.with_name("pipe")), path.symlink_to("pipe")),
    "socket": bound,
    "folder": Path.mkdir,
    "huge": huge,
    "link out": lambda path: path.symlink_to(outside(path)),
    "far link out": lambda path: (path.with_name("l").symlink_to(outside(path)), path.symlink_to("l")),
    "link to itself": lambda path: path.symlink_to(path.name),
    "process": lambda path: path.symlink_to("/proc/self/environ"),
    "kernel log": lambda path: path.symlink_to("/proc/kmsg"),
}
ABSENT = {"course", "template"}
"""Files without which there is no course, or no deck: what is no file is not one of these, as before."""
NEEDS_NODE = ("theme", "other sheet")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = make_tree(tmp_path)
    (made.root / "decks" / "_stand-ins" / "x").mkdir(parents=True)
    return made


@pytest.mark.hostile("a file that is none", "an error that names it", "to wait, to fill the memory, or the secret")
@pytest.mark.parametrize(
    ("name", "shape"),
    [
        pytest.param(name, shape, id=f"{name}: {shape}", marks=pytest.mark.soak if name in NEEDS_NODE else ())
        for name in FILES
        for shape in SHAPES
        if (name, shape) != ("file of a class", "folder")
    ],
)
def test_it_is_refused(tree: Tree, name: str, shape: str) -> None:
    file, command, code = FILES[name]
    path = tree.root / file
    if name == "step template":
        text = tree.place.project.course.read_text(encoding="utf-8")
        tree.place.project.write_course(f'{text}[step]\ntemplate = "step.md.j2"\n')
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    SHAPES[shape](path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = tree.livedeck(*command)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 256 * 1024, "kilobytes"
    assert SECRET not in done.err
    assert not [path for path in (tree.root / "build").rglob("*.md") if SECRET in path.read_text(encoding="utf-8")]
    said = Path(file).name if name not in ABSENT or done.code != 2 else ""
    done.assert_clean(3 if "Too many levels" in done.err and done.code == 3 else code, said or "")
    assert done.err.strip()


@pytest.mark.hostile("a folder that leads out", "an error that names it", "what is there, or silence")
@pytest.mark.parametrize(
    ("folder", "code"),
    [("records", 1), ("locale", 1), ("img", 1), ("files", 2), ("", 2)],
    ids=["records", "locale", "img", "files", "the deck"],
)
def test_a_folder_that_leads_out_is_named(tree: Tree, tmp_path: Path, folder: str, code: int) -> None:
    place = tree.deck / folder if folder else tree.deck
    place.mkdir(exist_ok=True)
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    done = tree.livedeck("build", "--format", "md")
    done.assert_clean(code)
    assert f"decks/one/{folder}".rstrip("/") in done.err or "is outside the deck" in done.err
    assert not (tree.root / "build" / "one.en.md").exists()


def test_links_inside_the_project_are_followed(tree: Tree) -> None:
    shared = tree.root / "shared"
    shared.mkdir()
    for name in ("records", "locale"):
        (tree.deck / name).rename(shared / name)
        (tree.deck / name).symlink_to(shared / name)
    (tree.root / "decks" / "step.md.j2").symlink_to("one/deck.md")
    (tree.root / "themes").rename(shared / "themes")
    (tree.root / "themes").symlink_to("shared/themes")
    tree.livedeck("build", "--format", "md").assert_clean(0)


@pytest.mark.hostile("a stand-in's file that is none", "an error that names it", "to wait or to fill the memory")
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape not in ("folder", "huge")])
def test_a_file_of_a_stand_in_that_is_none(tree: Tree, shape: str) -> None:
    path = tree.root / "decks" / "_stand-ins" / "x" / "Dockerfile"
    SHAPES[shape](path)
    with pytest.raises(UsageError, match=r"_stand-ins/x/\w+ is (a link|neither a file nor a folder)"):
        stand_ins.names(tree.root)


@pytest.mark.hostile("too many files", "an error", "to read on")
@pytest.mark.parametrize("folder", ["decks", "decks/one/files", "build/.made", "themes"])
@pytest.mark.soak
def test_a_folder_with_a_hundred_thousand_files(tree: Tree, folder: str) -> None:
    place = tree.root / folder
    place.mkdir(parents=True, exist_ok=True)
    first = place / "0"
    first.touch()
    for number in range(1, 100_000):
        os.link(first, place / str(number)) if number % 60_000 else (first := place / str(number)).touch()
    command = ("build", "--format", "html", "--no-fit") if folder == "themes" else ("build", "--format", "md")
    done = tree.livedeck(*command)
    assert done.code in (2, 3), done.err
    assert "more than 20,000 files" in done.err


@pytest.mark.hostile("circles of links", "exit 0", "an endless walk")
@pytest.mark.parametrize("folder", ["decks/_stand-ins", "themes", "build/one"])
def test_circles_of_links_end(tree: Tree, folder: str) -> None:
    place = tree.root / folder / "a" / "b"
    place.mkdir(parents=True)
    for name in ("up", "further"):
        (place / name).symlink_to("../..")
    tree.livedeck("build", "--format", "md").assert_clean(0)


@pytest.mark.hostile("a theme's fonts", "an error that names the file", "to wait or to fill the memory")
@pytest.mark.parametrize("shape", ["device", "pipe", "folder", "huge", "link to itself"])
def test_a_font_that_is_none(tree: Tree, tmp_path: Path, shape: str) -> None:
    font = tmp_path / "course" / "odd.woff2"
    SHAPES[shape](font)
    sheet = tree.root / "themes" / "mspt2.css"
    rule = '@font-face { font-family: "odd"; src: url("../odd.woff2") }\n'
    sheet.write_text(sheet.read_text(encoding="utf-8") + rule, encoding="utf-8")
    done = tree.livedeck("build", "--format", "html", "--no-fit")
    done.assert_clean(3, "odd.woff2")


@pytest.mark.hostile("a cut font in build/", "exit 0", "it in a page")
def test_a_font_that_came_with_the_project_is_not_used(tree: Tree) -> None:
    kept = tree.root / "build" / ".marp" / "fonts"
    kept.mkdir(parents=True)
    for font in (Path(os.environ["XDG_CACHE_HOME"]) / "livedeck" / "fonts").glob("*.json"):
        (kept / font.name).write_text('{"drawn": "A", "data": "AAAA"}', encoding="utf-8")
    tree.livedeck("build", "--format", "html", "--no-fit").assert_clean(0)
    assert "base64,AAAA" not in (tree.root / "build" / "one.ko.html").read_text(encoding="utf-8")


def test_without_a_place_of_the_users_fonts_are_cut_each_time(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name)
    (tree.root / "themes" / "plain.css").write_text('/* @theme plain */\n@import "default";\n', encoding="utf-8")
    text = tree.place.project.course.read_text(encoding="utf-8")
    tree.place.project.write_course(text.replace("languages", 'theme = "plain"\nlanguages'))
    tree.place.deck().write_text(FRONT.replace("mspt2", "plain") + "```bash run\ntrue\n```\n", encoding="utf-8")
    tree.livedeck("build", "--format", "html", "--no-fit").assert_clean(0)


@pytest.mark.soak
@pytest.mark.hostile("unreadable for us", "an error that names it", "a crash")
@pytest.mark.parametrize(
    "file",
    ["decks/course.toml", "decks/one/deck.md", "decks/one/records/current.json", "decks/one/locale/en.po", "decks"],
)
def test_what_may_not_be_read_is_named(tree: Tree, file: str) -> None:
    with TemporaryDirectory() as folder:  # pytest keeps its own for root
        root = Path(folder) / "course"
        shutil.copytree(tree.root, root, symlinks=True)
        for path in (root.parent, root, *root.rglob("*")):
            os.chown(path, 65534, 65534, follow_symlinks=False)
        (root / file).chmod(0)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        command += tree.place.project.command("build", "--format", "md")
        environ = tree.place.project.variables(HOME="/nonexistent")
        done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode in (2, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert f"{Path(file).name}" in done.stderr
    assert "Permission denied" in done.stderr


def test_a_limit_holds_to_the_byte(tmp_path: Path) -> None:
    kind = bounded.FileKind("a thing", 1024 * 1024)
    path = tmp_path / "x"
    path.write_bytes(b"x" * kind.largest)
    assert len(bounded.read(tmp_path, path, kind)) == kind.largest
    path.write_bytes(b"x" * (kind.largest + 1))
    with pytest.raises(bounded.RefusedError, match=r"it has 1,048,577 bytes, a thing has 1 MiB at most"):
        bounded.read(tmp_path, path, kind)


def test_a_file_without_a_size_is_read_to_its_limit(tmp_path: Path) -> None:
    kind = bounded.FileKind("a thing", 100, anywhere=True)
    with pytest.raises(bounded.RefusedError, match="too large"):
        bounded.read(tmp_path, Path("/proc/self/smaps"), kind)
