"""What a deck publishes: pictures, and files that it links; what it names no more is gone, the rest is refused."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.course import COURSE, DECK, Project, make_project
from tests.faults.place import Ended, Place
from tests.project.publishing.drawings import ACTIVE, HONEST, pixels

PNG = pixels()
GIF = pixels("GIF")
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
FIRST = DECK.count("\n") + 1
Make = Callable[[Path], object]


def content(name: str, data: bytes) -> Make:
    return lambda folder: (folder / name).write_bytes(data)


def link(name: str, target: str) -> Make:
    return lambda folder: (folder / name).symlink_to(target)


def sparse(name: str, size: int) -> Make:
    def make(folder: Path) -> None:
        with (folder / name).open("wb") as file:
            file.write(PNG)
            file.truncate(size)

    return make


def listening(name: str) -> Make:
    def make(folder: Path) -> None:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(folder / name))

    return make


def folders(folder: Path) -> None:
    (folder / "far" / "b" / "c" / "d" / "e").mkdir(parents=True)
    (folder / "near").symlink_to("far/b/c/d/e")
    (folder / "far" / "b" / "up.png").write_bytes(PNG)
    (folder / "far" / "b" / "c" / "d" / "up.png").write_bytes(PNG)


def nothing(_: Path) -> None:
    pass


def here(project: Project, *arguments: str) -> Ended:
    """Run the command line within this process, which is quicker."""
    return Place(project, "").livedeck_here(*arguments)


# The address, what makes the file (in the deck's folder; `img/` and `files/` are there), and what is said.
CASES: dict[str, tuple[str, Make, str]] = {
    "a page": ("![](img/evil.html)", content("img/evil.html", HTML), "is not a picture"),
    "a script": ("![](img/evil.js)", content("img/evil.js", b"alert(1)"), "is not a picture"),
    "the template": ("![](deck.md)", nothing, "is not a picture"),
    "the record": ("![](records/current.json)", nothing, "is not a picture"),
    "a page by a double suffix": ("![](img/a.png.html)", content("img/a.png.html", HTML), "is not a picture"),
    "a page in capitals": ("![](img/e.HTML)", content("img/e.HTML", HTML), "is not a picture"),
    "a page with a blank": ("![](<img/f.html >)", content("img/f.html ", HTML), "cannot be the name"),
    "a page with an encoded blank": ("![](img/g.html%20)", content("img/g.html ", HTML), "cannot be the name"),
    "a page with a dot": ("![](img/h.html.)", content("img/h.html.", HTML), "cannot be the name"),
    "no suffix": ("![](img/none)", content("img/none", PNG), "is not a picture"),
    "a page as png": ("![](img/i.png)", content("img/i.png", HTML), "cannot be decoded"),
    "a page as svg": ("![](img/j.svg)", content("img/j.svg", HTML), "is not SVG"),
    "a script in SVG": ("![](img/k.svg)", content("img/k.svg", ACTIVE["script"]), "<script>"),
    "a script in .SVG": ("![](img/l.SVG)", content("img/l.SVG", ACTIVE["onload"]), "onload"),
    "a background": ("![bg](img/m.svg)", content("img/m.svg", ACTIVE["script"]), "<script>"),
    "by a reference": ("![x][r1]\n\n[r1]: img/n.html", content("img/n.html", HTML), "is not a picture"),
    "in a quote": ("> ![](img/o.html)", content("img/o.html", HTML), "is not a picture"),
    "in a list": ("- ![](img/p.html)", content("img/p.html", HTML), "is not a picture"),
    "in a table": ("| ![](img/q.html) |\n|---|", content("img/q.html", HTML), "is not a picture"),
    "in a link": ("[![](img/r.html)](https://x.example)", content("img/r.html", HTML), "is not a picture"),
    "in a description": ("![![](img/s.html)](img/s.html)", content("img/s.html", HTML), "is not a picture"),
    "with a query": ("![](img/t.png?x)", content("img/t.png", PNG), "has a ? or #"),
    "a query that is a suffix": ("![](img/u.html?.png)", content("img/u.html?.png", HTML), "has a ? or #"),
    "with a fragment": ("![](img/v.svg#x)", content("img/v.svg", HONEST["sketch"]), "has a ? or #"),
    "an encoded query": ("![](img/w.html%3F.png)", content("img/w.html?.png", HTML), "cannot be decoded"),
    "NUL": ("![](img/%00.png)", nothing, "cannot be the name"),
    "NUL before a suffix": ("![](img/x.html%00.png)", content("img/x.html", HTML), "cannot be the name"),
    "a newline": ("![](img/y%0A.png)", content("img/y\n.png", PNG), "cannot be the name"),
    "a backslash": ("![](img/..%5Cz.png)", content("img/..\\z.png", PNG), "cannot be the name"),
    "a very long name": ("![](img/" + "a" * 300 + ".png)", nothing, "cannot be the name"),
    "a very long path": ("![](img/" + "b/" * 3000 + "a.png)", nothing, "picture"),
    "outside": ("![](../../course.toml)", nothing, "is outside"),
    "outside, encoded": ("![](%2e%2e/%2e%2e/secret.png)", nothing, "is outside"),
    "outside, encoded slash": ("![](..%2f..%2fsecret.png)", nothing, "is outside"),
    "outside by a picture": ("![](img/../../../secret.png)", nothing, "is outside"),
    "from the root": ("![](/etc/hostname.png)", nothing, "is outside"),
    "from an encoded root": ("![](%2Fetc/hostname.png)", nothing, "is outside"),
    "out of build by a link": ("![](near/../../../../../up.png)", folders, "outside"),
    "up by a link": ("![](near/../up.png)", nothing, "does not exist"),
    "another deck": ("![](../two/img/a.png)", nothing, "is outside"),
    "not there": ("![](img/nowhere.png)", nothing, "does not exist"),
    "below a file": ("![](deck.md/a.png)", nothing, "does not exist"),
    "a folder": ("![](img/dir.png)", lambda folder: (folder / "img/dir.png").mkdir(), "not a regular file"),
    "a pipe": ("![](img/pipe.png)", lambda folder: os.mkfifo(folder / "img/pipe.png"), "not a regular file"),
    "a pipe as svg": ("![](img/pipe.svg)", lambda folder: os.mkfifo(folder / "img/pipe.svg"), "not a regular file"),
    "a socket": ("![](img/sock.png)", listening("img/sock.png"), "is not a regular file"),
    "a link to a pipe": ("![](img/topipe.png)", link("img/topipe.png", "pipe.png"), "not a regular file"),
    "a link to a device": ("![](img/zero.png)", link("img/zero.png", "/dev/zero"), "is outside"),
    "a link outside": ("![](img/out.png)", link("img/out.png", "../../../secret.png"), "is outside"),
    "a folder that is a link": ("![](etc/a.png)", link("etc", "/etc"), "is outside"),
    "a link to a page": ("![](img/page.png)", link("img/page.png", "evil.html"), "is not a picture"),
    "a link to itself": ("![](img/loop.png)", link("img/loop.png", "loop.png"), "picture"),
    "a link to nothing": ("![](img/dead.png)", link("img/dead.png", "gone.png"), "does not exist"),
    "300 GB": ("![](img/huge.png)", sparse("img/huge.png", 300 * 2**30), "is larger than 32 MiB"),
    "300 GB of SVG": ("![](img/huge.svg)", sparse("img/huge.svg", 300 * 2**30), "is larger than 32 MiB"),
    "33 MiB": ("![](img/big.png)", sparse("img/big.png", 33 * 2**20), "is larger than 32 MiB"),
    "empty": ("![](img/empty.png)", content("img/empty.png", b""), "is empty"),
    "half": ("![](img/half.png)", content("img/half.png", PNG[:50]), "cannot be decoded"),
    "a GIF as png": ("![](img/gif.png)", content("img/gif.png", GIF), "cannot be decoded"),
    "a linked page": ("[x](files/evil.html)", content("files/evil.html", HTML), "is not a file"),
    "a linked script": ("[x](files/evil.js)", content("files/evil.js", b"1"), "is not a file"),
    "a linked drawing": ("[x](files/a.svg)", content("files/a.svg", HONEST["sketch"]), "is not a file"),
    "a linked page as text": ("[x](files/page.txt)", content("files/page.txt", HTML), "begins like HTML"),
    "a linked page as Dockerfile": ("[x](files/Dockerfile)", content("files/Dockerfile", HTML), "begins like HTML"),
    "a linked file by a reference": ("[x][r2]\n\n[r2]: files/b.html", content("files/b.html", HTML), "is not a file"),
    "a linked file round about": ("[x](img/../files/c.html)", nothing, "is not a file"),
    "a linked file, encoded": ("[x](%66iles/d.html)", nothing, "is not a file"),
    "a linked file with a query": ("[x](files/a.txt?x)", nothing, "has a ? or #"),
    "a linked file that is not there": ("[x](files/nowhere.txt)", nothing, "does not exist"),
    "a linked folder": ("[x](files/sub.txt)", lambda folder: (folder / "files/sub.txt").mkdir(), "not a regular file"),
    "all linked files": ("[x](files/)", nothing, "is not a file"),
    "a linked link outside": ("[x](files/out.txt)", link("files/out.txt", "/etc/hostname"), "is outside"),
    "a linked pipe": ("[x](files/pipe.txt)", lambda folder: os.mkfifo(folder / "files/pipe.txt"), "not a regular file"),
    "a linked sparse file": ("[x](files/huge.zip)", sparse("files/huge.zip", 300 * 2**30), "is larger than 32 MiB"),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, str]]:
    """The errors of one build of a deck that names everything above, by line of the template."""
    project = make_project(tmp_path_factory.mktemp("refused") / "course")
    folder = project.deck.parent
    for name in ("img", "files"):
        (folder / name).mkdir()
    (project.root / "secret.png").write_bytes(PNG)
    (folder / "img" / "good.png").write_bytes(PNG)
    for _, make, _ in CASES.values():
        make(folder)
    project.write_deck(DECK + "".join(f"\n{body}\n" for body, _, _ in CASES.values()) + "\n![](img/good.png)\n")
    # What lies in files/ is part of a record; that of a failed capture is built without asking for it.
    project.attempt_file("one").parent.mkdir(parents=True)
    project.record.rename(project.attempt_file("one"))
    done = here(project, "build", "one", "--attempt", "--format", "md")
    assert done.code == 1, done.err
    assert "Livedeck broke" not in done.err
    copied = [path for path in (project.root / "build").rglob("*") if path.suffix in (".png", ".html", ".svg", ".txt")]
    assert copied == [], "if anything is refused, nothing is copied"
    assert not (project.root / "up.png").exists()
    errors: dict[int, str] = {}
    for line in done.err.splitlines():
        if found := re.match(r"decks/one/deck\.md:(\d+): (.*)", line):
            number = int(found[1])
            errors[number] = f"{errors[number]}\n{found[2]}" if number in errors else found[2]
    yield errors
    for path in folder.rglob("huge.*"):  # whoever copies the folder would fill the disk
        with suppress(OSError):
            path.unlink()


@pytest.mark.hostile("only pictures are published as pictures", "exit 1 with the line of the template", "a copy")
@pytest.mark.parametrize("name", CASES)
def test_what_may_not_be_published_is_an_error_with_its_line(refused: dict[int, str], name: str) -> None:
    names = list(CASES)
    line = FIRST + 1 + sum(CASES[each][0].count("\n") + 2 for each in names[: names.index(name)])
    assert CASES[name][2] in refused[line]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A course of two languages with the deck `one`, which has a picture and a file."""
    made = make_project(tmp_path / "course", COURSE.replace('["ko"]', '["ko", "en"]'))
    (made.deck.parent / "img").mkdir()
    (made.deck.parent / "img" / "a.png").write_bytes(PNG)
    return made


def build(project: Project, body: str, *arguments: str) -> set[str]:
    """Build the deck with this at its end, and return what lies in its folder in `build/`."""
    project.write_deck(f"{DECK}\n{body}\n")
    done = here(project, "build", "one", "--format", "md", *arguments)
    assert done.code == 0, done.err
    return published(project)


def published(project: Project) -> set[str]:
    folder = project.root / "build" / "one"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_a_deck_names_no_more_is_gone(project: Project) -> None:
    (project.deck.parent / "img" / "b c.png").write_bytes(PNG)
    assert build(project, "![](img/a.png) ![](<img/b c.png>)") == {"img/a.png", "img/b c.png"}
    mine = project.root / "build" / "one" / "img" / "mine.png"
    mine.write_bytes(PNG)
    assert build(project, "![](./img/../img/a.png)") == {"img/a.png", "img/mine.png"}, "my own stays"
    assert build(project, "text that names img/a.png", "--lang", "ko") == {"img/a.png", "img/mine.png"}, "en shows it"
    assert build(project, "text that names img/a.png") == {"img/mine.png"}


def test_a_name_with_the_end_of_a_line_is_noted_whole(project: Project) -> None:
    (project.deck.parent / "img" / "b\u2028c.png").write_bytes(PNG)
    assert build(project, "![](img/b%E2%80%A8c.png)") == {"img/b\u2028c.png"}
    assert build(project, "no more") == set()


def test_what_is_noted_elsewhere_is_not_removed(project: Project) -> None:
    build(project, "![](img/a.png)")
    victims = [project.root / "secret.png", project.root / "build" / "two.png"]
    for victim in victims:
        victim.write_bytes(PNG)
    notes = project.root / "build" / ".made" / ".one.copies"
    notes.write_text(f"img/../../../secret.png\n../two.png\n../../secret.png\n{victims[0]}\n\nimg/a.png\n")
    assert build(project, "nothing") == set()
    assert all(victim.exists() for victim in victims)
    notes.write_bytes(b"\xff")
    build(project, "nothing at all")
    own = project.root / "build" / "one" / "img" / "mine"
    own.mkdir(parents=True)
    notes.write_text("img\nimg/mine\n")
    build(project, "nothing again")
    assert own.exists(), "a folder is no copy"
    notes.unlink()
    notes.symlink_to("/dev/zero")
    build(project, "nothing more")


def test_links_to_files_lead_to_copies(project: Project) -> None:
    files = project.deck.parent / "files"
    files.mkdir()
    for name in ("Dockerfile", "a b.yaml"):
        (files / name).write_bytes(b"a: b\n")
    (files / "x.pdf").write_bytes(b"%PDF-1.7\n")
    (files / "unnamed.txt").write_bytes(b"not linked\n")
    project.attempt_file("one").parent.mkdir(parents=True)
    project.attempt_file("one").write_bytes(project.record.read_bytes())
    body = (
        "[file](files/Dockerfile) [y](./files/a%20b.yaml 'T') [p](files/x.pdf#page=2) "
        "[![](img/a.png)](files/Dockerfile)\n\n"
        "[ref] [else](other.txt) [up](../files/x) [web](https://files/x) [here](#files/x) `[x](files/none)`"
        "\n\n[ref]: files/Dockerfile\n"
    )
    project.write_deck(f"{DECK}\n{body}\n")
    done = here(project, "build", "one", "--attempt", "--format", "md,html")
    assert done.code == 0, done.err
    build_folder = project.root / "build" / "attempts"
    for lang in ("ko", "en"):
        text = (build_folder / f"one.{lang}.md").read_text(encoding="utf-8")
        assert "[file](one/files/Dockerfile) [y](one/files/a%20b.yaml 'T') [p](one/files/x.pdf#page=2)" in text
        assert "[![](one/img/a.png)](one/files/Dockerfile)" in text
        assert "[else](other.txt) [up](../files/x) [web](https://files/x) [here](#files/x) `[x](files/none)`" in text
        assert "\n[ref]: one/files/Dockerfile\n" in text
        page = (build_folder / f"one.{lang}.html").read_text(encoding="utf-8")
        for address in re.findall(r'href="(one/[^"#]*)', page):
            assert (build_folder / address.replace("%20", " ")).is_file()
        assert page.count('href="one/files/Dockerfile"') == 3
    own = build_folder / "one"
    found = {path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file()}
    assert found - {"current.json"} == {"files/Dockerfile", "files/a b.yaml", "files/x.pdf", "img/a.png"}
    assert (own / "files" / "Dockerfile").read_bytes() == b"a: b\n"


def test_another_file_makes_old_outputs_outdated(project: Project) -> None:
    files = project.deck.parent / "files"
    files.mkdir()
    project.attempt_file("one").parent.mkdir(parents=True)
    project.record.rename(project.attempt_file("one"))
    pdf = project.root / "build" / "attempts" / "one.ko.pdf"
    for text, stays in ((b"a\n", False), (b"a\n", True), (b"b\n", False)):
        (files / "a.txt").write_bytes(text)
        pdf.write_bytes(b"of the build before")
        project.write_deck(f"{DECK}\n[x](files/a.txt)\n")
        assert here(project, "build", "one", "--attempt", "--format", "md").code == 0
        assert pdf.exists() == stays


def test_a_picture_is_published_as_it_was_judged(project: Project) -> None:
    for name, data in HONEST.items():
        (project.deck.parent / "img" / f"{name.replace(' ', '-')}.svg").write_bytes(data)
    body = "\n\n".join(f"![](img/{name.replace(' ', '-')}.svg)" for name in HONEST)
    assert len(build(project, body)) == len(HONEST)
    for name, data in HONEST.items():
        assert (project.root / "build/one/img" / f"{name.replace(' ', '-')}.svg").read_bytes() == data
    (project.deck.parent / "img" / "linked.png").symlink_to("a.png")
    build(project, "![](img/linked.png)")
    copy = project.root / "build/one/img/linked.png"
    assert not copy.is_symlink()
    assert copy.read_bytes() == PNG


@pytest.mark.soak
@pytest.mark.hostile("only pictures are published as pictures", "exit 1", "300 MiB in memory or in build/")
def test_pictures_that_are_too_large_together(project: Project) -> None:
    names = [f"img/{number}.png" for number in range(11)]
    for number, name in enumerate(names):
        with (project.deck.parent / name).open("wb") as file:
            file.write(PNG + bytes([number]))
            file.truncate(30 * 2**20)
    project.write_deck(DECK + "".join(f"\n![]({name})\n" for name in names))
    done = here(project, "build", "one", "--format", "md")
    assert done.code == 1
    assert "the picture img/8.png is more than the 256 MiB that a deck may publish" in done.err
    assert published(project) == set()
