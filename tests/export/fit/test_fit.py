"""What does not fit is found, said with its place, and fits once the advice is taken."""

from __future__ import annotations

import re
import shutil

import pytest
from livedeck.export.fit import find
from livedeck.export.fit.looks import PixelBox, SlideBlock, SlideLook, Smallest
from livedeck.model import BuiltDeck, Deck, Slide
from PIL import Image

from tests.course import captured, recorded, write_record
from tests.export.fit.full import FRONT, LONG, PROSE, ROWS, TABLE, make_full_course, step

FENCE = FRONT.count("\n") + 3
ADVICE = {
    "overlong": {"lines", "split"},
    "overwide": {"lines", "split"},
    "both": {"lines", "split"},
    "much-before": {"split"},
    "two-steps": {"lines", "split"},
    "in-a-list": {"lines"},
    "prose": {"ruler"},
    "table": {"rows"},
    "picture": {"size"},
    "wide-picture": {"size"},
    "small": set(),
}


def test_what_fits_is_left_alone(seen):
    assert seen.before["fits"] == []


@pytest.mark.parametrize("slug", ADVICE)
def test_found_once_and_right_with_the_advice(seen, slug):
    (finding,) = seen.before[slug]
    assert finding.at.path == f"decks/{slug}/deck.md"
    assert finding.over > 0
    taken = {name.removeprefix(f"{slug}-"): found for name, found in seen.after.items() if name.startswith(f"{slug}-")}
    taken = {name: found for name, found in taken.items() if name in ADVICE[slug]}
    assert set(taken) == ADVICE[slug]
    assert taken == {name: [] for name in ADVICE[slug]}


def test_the_place_is_the_fence_and_the_text_is_plain(seen):
    (finding,) = seen.before["overlong"]
    assert finding.at.line == FENCE
    error = finding.error()
    assert re.fullmatch(
        r"overlong \(ko\): slide 1 \(제목\) is \d{3} px too high, `print 0`: it is cut off", error.message
    )
    assert re.match(r"add lines=\d+\+\d+ or split to the fence\n", error.hint)
    assert "60 lines of it fold" in seen.before["both"][0].advice
    assert "move about" in seen.before["table"][0].advice
    assert "11.0 px" in seen.before["small"][0].what
    assert "too wide" in seen.before["wide-picture"][0].what


def test_a_picture_of_each_failing_slide(seen):
    found = [slug for slug, findings in seen.before.items() if findings]
    pictures = [event.path for event in seen.course.events if event.__class__.__name__ == "Wrote"]
    names = {path.name for path in pictures if path.suffix == ".png"}
    assert {f"{slug}.ko.1.png" for slug in found} <= names
    with Image.open(seen.course.root / "build" / "fit" / "overlong.ko.1.png") as picture:
        assert picture.size == (1280, 720)


def look(*blocks, **edges):
    return SlideLook(1280, 720, 32, (68, 48, 52, 48), Smallest(22, "a"), blocks, **edges)


def judged(shown, lang="ko"):
    built = BuiltDeck(Deck("one", None, "decks/one/deck.md"), lang, None, (Slide(1, "제목", 1, 1),), (1,))
    return find(built, [shown], {}, "ko", "build/fit/one.ko")


def prose(bottom, text=900, top=68.0):
    return SlideBlock(48, top, 1232, bottom, "prose", text)


def test_how_grave_it_is():
    footer, number = PixelBox(48, 681, 200, 705), PixelBox(1180, 681, 1232, 705)
    assert judged(look(prose(670), footer=footer)) == ()
    assert "in the margin" in judged(look(prose(680), footer=footer))[0].what
    assert "touches the footer" in judged(look(prose(690), footer=footer))[0].what
    assert "touches the page number" in judged(look(prose(690), pagination=number))[0].what
    assert "cut off" in judged(look(prose(730), footer=footer))[0].what
    assert "touches the header" in judged(look(prose(400, top=30.0), header=PixelBox(48, 21, 300, 45)))[0].what


def test_a_translation_is_shortened_by_characters():
    shown = look(prose(668 + 40, text=1000))
    assert "---" in judged(shown)[0].advice
    advice = judged(shown, "en")[0].advice
    assert "---" not in advice
    assert 60 <= int(re.search(r"by about (\d+) characters", advice)[1]) <= 160


@pytest.mark.soak
def test_commands_say_it_too(project, tmp_path):
    project.deck.write_text(FRONT + "## First\n\n" + step(), encoding="utf-8")
    write_record(project.record, recorded((captured("print 0", *LONG),)))
    other = project.root / "decks" / "two"
    other.mkdir()
    (other / "deck.md").write_text(FRONT + "## Second\n\n```bash run\nls\n```\n", encoding="utf-8")
    done = project.livedeck("fit", "one", "--json")
    assert done.returncode == 1
    assert '"over": ' in done.stdout
    assert "decks/one/deck.md:11: one (ko): slide 1 (First) is" in done.stderr
    checked = project.livedeck("check", GITHUB_ACTIONS="true")
    assert checked.returncode == 1
    assert "::error file=decks/one/deck.md,line=11::" in checked.stderr
    assert "decks/two" in checked.stderr
    built = project.livedeck("build", "one", "--format", "html", "--no-fit")
    assert built.returncode == 0, built.stderr
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "node").symlink_to(shutil.which("node"))
    bare = {"PATH": str(tmp_path / "bin"), "CHROME_PATH": ""}
    without = project.livedeck("check", "one", **bare)
    assert without.returncode == 0, without.stderr
    assert "not checked whether the slides fit" in without.stderr
    unmeasured = project.livedeck("fit", "one", **bare)
    assert unmeasured.returncode == 3, unmeasured.stderr
    assert "slides are measured in a browser" in unmeasured.stderr


def test_each_engine_has_pictures_of_its_own(project):
    course = project.root / "decks" / "course.toml"
    course.write_text(course.read_text(encoding="utf-8") + "[engines.current]\n[engines.next]\n", encoding="utf-8")
    project.deck.write_text(FRONT + "## First\n\n" + step(), encoding="utf-8")
    for engine in ("current", "next"):
        too_long = recorded((captured("print 0", *LONG),), engine=engine)
        write_record(project.record.with_name(f"{engine}.json"), too_long)
    done = project.livedeck("build", "--format", "html", "--engine", "all")
    assert done.returncode == 1
    for picture in ("build/fit/one.ko.1.png", "build/fit/engines/next/one.ko.1.png"):
        assert f"{picture} shows it" in done.stderr
        with Image.open(project.root / picture) as image:
            assert image.size == (1280, 720)


def test_that_all_is_well_is_said_and_no_more(project):
    fits = project.livedeck("fit")
    assert (fits.returncode, fits.stderr) == (0, "2 slides fit\n")
    well = project.livedeck("check")
    assert (well.returncode, well.stderr) == (0, "nothing is wrong with 1 deck in 1 language\n")


@pytest.mark.soak
def test_a_theme_of_ones_own_counts(tmp_path):
    """Slides that fit in `mspt2` do not with larger letters, and do again once the advice is taken."""
    own = make_full_course(tmp_path / "course")
    sizes = "--prose-size: 32px; --prose-row: 44px; --title-size: 60px; --title-row: 76px; --side: 160px"
    sheet = f'/* @theme large */ @import "mspt2"; :root {{ {sizes}; --table-size: 34px; --table-row: 50px }}'
    # In Marp `:root` outweighs `section`.
    (own.root / "themes" / "large.css").write_text(f"{sheet} section {{ --side: 400px }}", encoding="utf-8")
    course = own.root / "decks" / "course.toml"
    rows = f"# 제목\n\n{TABLE}"
    decks = {
        "prose": f"# 제목\n\n{PROSE[0] * 4}",
        "table": rows + "".join(ROWS[:10]),
        "terminal": f"# 제목\n\n{PROSE[0]}{step(options=' split')}",
    }

    def fit(theme):
        for slug, body in decks.items():
            own.add(slug, body, *([LONG[:18]] if slug == "terminal" else []))
            deck = own.root / "decks" / slug / "deck.md"
            deck.write_text(deck.read_text(encoding="utf-8").replace("theme: mspt2", f"theme: {theme}"), "utf-8")
        return own.fit()

    assert fit("mspt2") == {slug: [] for slug in decks}
    course.write_text('theme = "large"\n' + course.read_text(encoding="utf-8"), encoding="utf-8")
    found = fit("large")
    assert [slug for slug in decks if found[slug]] == ["prose", "table"]
    assert "# 제목 (2/2)" in (own.root / "build" / "terminal.ko.md").read_text(encoding="utf-8")
    letters = int(re.search(r"by about (\d+) characters", found["prose"][0].advice)[1])
    decks["prose"] = decks["prose"].rstrip()[:-letters]
    kept = 10 - int(re.search(r"move about (\d+) rows", found["table"][0].advice)[1])
    decks["table"] = f"{rows}{''.join(ROWS[:kept])}\n---\n\n{rows}{''.join(ROWS[kept:10])}"
    assert fit("large") == {slug: [] for slug in decks}
