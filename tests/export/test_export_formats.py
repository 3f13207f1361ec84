"""Every format has all slides, in their size, with pictures that decode and text that is text."""

import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from livedeck.errors import HostError
from livedeck.export import prints
from livedeck.model import Notice, Wrote
from livedeck.project.publishing import raster
from PIL import Image

FORMATS = ("pptx", "html", "png", "pdf")
SIZE = (1280, 720)
NO_GLYPH = "\U00010c80"
"""Old Hungarian; a CJK, a Latin and an emoji font have none."""


@pytest.fixture(scope="module")
def printed(new_project):
    project = new_project("printed")
    body = "# 하나\n\n![](img/layers.svg)\n\n---\n\n```terminal 1:2\n$ echo 둘\n둘\n```"
    wide = project.deck("01-a", body, 2)
    (project.root / "build" / "02-b").mkdir()
    old = project.deck("02-b", f"# 셋 {NO_GLYPH}", 1, front="marp: true\ntheme: mspt2\nsize: 4:3\nlang: ko\n")
    return project, project.write(wide, old, formats=FORMATS)


def test_all_formats_in_one_go(printed):
    project, (wide, _) = printed
    names = ["01-a.ko.html", "01-a.ko.pdf", "01-a.ko", "01-a.ko.pptx"]
    assert [path.name for path in wide.files] == names
    assert [event.path.name for event in project.events if isinstance(event, Wrote)][::2] == names
    assert sorted(path.name for path in wide.files[2].iterdir()) == ["001.png", "002.png"]


def test_pictures_and_pptx_are_as_large_as_the_slides(printed):
    sizes = []
    for built in printed[1]:
        sizes += [raster.size(path)[0] for path in sorted(built.files[2].iterdir())]
        with zipfile.ZipFile(built.files[3]) as packed:
            media = [name for name in packed.namelist() if name.startswith("ppt/media/") and name.endswith(".png")]
            sizes += [Image.open(BytesIO(packed.read(name))).size for name in sorted(media)]
    assert set(sizes[:2]) == {SIZE}
    assert (960, 720) in sizes


def test_a_character_without_a_glyph_is_reported(printed):
    notices = [event.text for event in printed[0].events if isinstance(event, Notice)]
    assert len(notices) == 2
    assert notices[0].startswith("no font of the theme mspt2 has ")
    assert notices[1].startswith("decks/02-b/deck.md:1: slide 1 of the PDF shows a box")


def test_a_print_of_another_deck_is_noticed(printed, tmp_path):
    _, (wide, old) = printed
    _, pdf, png, pptx = old.files
    wrong = [
        *prints.check("pdf", wide, pdf, SIZE),
        *prints.check("png", wide, png, SIZE),
        *prints.check("pptx", wide, pptx, SIZE),
    ]
    said = [each.message for each in wrong if not isinstance(each, Notice)]
    assert "01-a (ko): the PDF has 1 pages instead of 2" in said
    assert "01-a (ko): the PDF is 720 by 540 points large instead of 960 by 540" in said
    assert "01-a (ko): the PNG is 960 by 720 pixels large instead of 1280 by 720" in said
    assert "01-a (ko): the PPTX has 1 slides instead of 2" in said
    assert "01-a (ko): the PPTX is 1920 by 1440 pixels large instead of 2560 by 1440" in said


def test_half_a_picture_and_half_a_pptx(printed, tmp_path):
    _, (wide, _) = printed
    shutil.copytree(wide.files[2], tmp_path / "png")
    torn = tmp_path / "png" / "002.png"
    torn.write_bytes(torn.read_bytes()[:-3000])
    assert "002.png cannot be decoded" in next(prints.check("png", wide, tmp_path / "png", SIZE)).message
    half = tmp_path / "half.pptx"
    half.write_bytes(wide.files[3].read_bytes()[:-3000])
    assert "cannot be read" in next(prints.check("pptx", wide, half, SIZE)).message
    with zipfile.ZipFile(wide.files[3]) as whole, zipfile.ZipFile(tmp_path / "torn.pptx", "w") as other:
        for name in whole.namelist():
            other.writestr(name, whole.read(name)[: 2000 if name.endswith("Slide-2-image-1.png") else None])
    assert (
        "Slide-2-image-1.png cannot be decoded"
        in next(prints.check("pptx", wide, tmp_path / "torn.pptx", SIZE)).message
    )
    assert "wrote no PPTX" in next(prints.check("pptx", wide, tmp_path / "none.pptx", SIZE)).message
    assert "wrote no PNG" in next(prints.check("png", wide, tmp_path / "none", SIZE)).message


@pytest.mark.parametrize("form", ["JPEG", "GIF", "WEBP", "PNG"])
def test_pictures_of_other_kinds(tmp_path, form):
    path = tmp_path / f"a.{form.lower()}"
    Image.new("RGB", (30, 20), "red").save(path, form)
    assert raster.size(path) == ((30, 20), "")
    assert raster.trouble(path.read_bytes(), form) == ""
    path.write_bytes(path.read_bytes()[:60])
    assert "cannot be decoded" in raster.trouble(path.read_bytes(), form)


def test_without_a_browser_the_default_formats_are_html_and_a_notice(project, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "node").symlink_to(shutil.which("node"))
    project.environ = {"PATH": str(tmp_path / "bin")}
    (written,) = project.write(project.deck("01-a", "# 하나", 1), formats=("html", "pdf"), optional=True)
    assert [path.name for path in written.files] == ["01-a.ko.html"]
    notice, wrote = project.events
    assert notice.text.startswith("no PDF was made")
    assert "install" in notice.text
    assert wrote == Wrote(written.files[0])


def test_a_chosen_browser_that_is_missing_is_always_an_error(project):
    project.environ["CHROME_PATH"] = "/nowhere/chrome"
    project.refuse(HostError, project.deck("01-a", "# 하나", 1), formats=("html", "pdf"), optional=True)


def test_a_deck_whose_name_begins_with_that_of_another_has_its_own_pictures(project):
    decks = [project.deck("01-a", "# 하나", 1), project.deck("01-a.ko.001", "# 둘", 1)]
    written = project.write(*decks, formats=("png",))
    assert [[path.name for path in built.files[0].iterdir()] for built in written] == [["001.png"]] * 2


@pytest.mark.soak
def test_decks_of_two_folders_in_one_export(project):
    (project.root / "build" / "attempts" / "img").mkdir(parents=True)
    layers = (project.root / "build" / "img" / "layers.svg").read_text(encoding="utf-8")
    other = layers.replace("#ffd479", "#ff0000")
    (project.root / "build" / "attempts" / "img" / "layers.svg").write_text(other, encoding="utf-8")
    one = project.deck("01-a", "![](img/layers.svg)", 1)
    two = project.deck("attempts/01-a", "![](img/layers.svg)\n\n---\n\n# 둘", 2)
    written = project.write(one, two, formats=("png",))
    first, second = ((built.files[0] / "001.png").read_bytes() for built in written)
    assert [len(list(built.files[0].iterdir())) for built in written] == [1, 2]
    assert first != second, "each deck shows the picture of its own folder"


def test_a_shorter_deck_takes_its_own_pictures_away_and_no_others(project):
    (long,) = project.write(project.deck("01-a", "# 하나\n\n---\n\n# 둘", 2), formats=("png",))
    (long.files[0] / "mine.png").write_bytes(b"mine")
    (short,) = project.write(project.deck("01-a", "# 하나", 1), formats=("png",))
    assert sorted(path.name for path in short.files[0].iterdir()) == ["001.png", "mine.png"]
    assert (short.files[0] / "mine.png").read_bytes() == b"mine"


def test_two_exports_of_one_deck_at_once(project):
    built = project.deck("01-a", "# 하나", 1)
    two = (replace(project, events=[], environ=dict(project.environ)) for _ in range(2))
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda each: each.write(built, formats=("png",)), two))
    assert [path.name for path in done[0][0].files[0].iterdir()] == ["001.png"]
