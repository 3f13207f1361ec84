"""How large terminals are, and where long ones are cut: never too small, all of a slide alike."""

import io
import os
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livedeck.errors import UsageError
from livedeck.model import Labels
from livedeck.template import picture_size as pictures
from livedeck.template import read, render
from livedeck.template.paging import measures
from livedeck.template.paging.measures import Measures
from livedeck.template.rendering.block import StepLook
from PIL import Image

from tests.course import FACTS
from tests.template.stage import FRONT, PATH, Answer, Table, body, play, prints

SIZE = re.compile(r"^```terminal .*?s(\d+)$", re.MULTILINE)
THEMES = Path(__file__).parents[2] / "themes"
VARIABLES = {"course": {}, "deck": {}, "host": FACTS}
OPTIONS = {"variables": VARIABLES, "lang": "ko", "labels": Labels(), "look": StepLook()}
ROWS = st.lists(st.text(st.sampled_from("a 가-"), max_size=200), max_size=45)


def sizes(text, *lines, **options):
    return [int(size) for size in SIZE.findall(play(FRONT + text, prints(*lines), **options).markdown)]


def slide(prose=0, blocks=1, option=""):
    return "# 제목\n\n" + "문장입니다.\n\n" * prose + f"```bash run {option}\nls\n```\n\n" * blocks


@pytest.mark.parametrize(
    ("columns", "size"),
    [(96, 20), (97, 18), (106, 18), (107, 16), (120, 16), (121, 15), (128, 15), (137, 14), (200, 14)],
)
def test_the_widest_line_decides(columns, size):
    assert sizes(slide(), "x" * columns) == [size]
    assert sizes(slide(), "가" * (columns // 2) + "x" * (columns % 2)) == [size]


@pytest.mark.parametrize(("rows", "size"), [(18, 20), (20, 18), (23, 16), (24, 15), (26, 14), (60, 14)])
def test_rows_decide(rows, size):
    assert sizes(slide(), *["x"] * rows) == [size]


def test_the_context_decides():
    many = ["x"] * 17
    alone, with_prose = sizes(slide(), *many), sizes(slide(prose=3), *many)
    assert alone > with_prose
    assert sizes(slide() + "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n", *many) < alone
    assert sizes(slide() + "- a\n- b\n\n> c\n", *many) < alone
    assert sizes(slide() + "![h:200](x.png)\n", *many) < alone
    assert sizes(slide() + "![bg](x.png)\n\n<!-- a note\n\n\nfor the speaker -->\n", *many) == alone
    assert sizes(slide() + "![bg right:40%](x.png)\n", "x" * 96) < sizes(slide(), "x" * 96)
    assert sizes("<!-- _class: lead -->\n\n" + slide(), *many) < alone


@pytest.mark.parametrize("blocks", [1, 80])
def test_many_long_outputs_on_one_slide_are_sized_at_once(blocks):
    """A slide is laid out once for each size, however many terminals it has: each time its picture is looked at."""
    looked = []
    source = read(FRONT + slide(blocks=blocks) + "![](a.png)\n", PATH)
    rendered = render(source, prints(*map(str, range(300))), **OPTIONS, pictures=looked.append)
    assert SIZE.findall(rendered.markdown) == ["14"] * blocks
    assert looked == ["a.png"] * len(measures.SIZES)


def test_slides_do_not_look_at_each_other():
    first, second, third = sizes(slide(blocks=2) + "---\n\n" + slide(), *["x"] * 9)
    assert first == second < third


@settings(deadline=None, max_examples=50)
@given(ROWS, st.integers(0, 8), st.integers(1, 3))
def test_readable_and_alike(lines, prose, blocks):
    found = sizes(slide(prose, blocks), *lines)
    assert len(found) == blocks
    assert len(set(found)) == 1
    assert found[0] in measures.SIZES


@settings(deadline=None, max_examples=50)
@given(ROWS, ROWS, st.integers(0, 8))
def test_more_is_never_larger(lines, more, prose):
    assert sizes(slide(prose), *lines, *more) <= sizes(slide(prose), *lines)
    assert sizes(slide(prose + 1), *lines) <= sizes(slide(prose), *lines)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.sampled_from("a 가`-#"), max_size=200), max_size=120), st.integers(0, 14))
def test_a_split_block_is_the_same_text(lines, prose):
    runner = Table(lambda _: Answer(tuple(line.rstrip() for line in lines)))
    whole = play(FRONT + slide(prose), runner)
    parted = play(FRONT + slide(prose, option="split"), runner)
    assert terminal(parted) == terminal(whole)
    assert len(parted.origins) == parted.markdown.count("\n") + 1
    assert len(parted.slides) == 1 + body(parted).split("\n").count("---") - terminal(parted).count("---")
    for number, (own, begin) in enumerate(zip(parted.slides, parted.slides, strict=True), 1):
        assert own.number == number
        expected = "# 제목" if len(parted.slides) == 1 else f"# 제목 ({number}/{len(parted.slides)})"
        assert parted.markdown.split("\n")[begin.line - 1] == expected
    assert [key.fence for shown in parted.slides for key in shown.keys][:1] == [0]


def test_a_heading_that_divides_needs_no_ruler():
    front = FRONT.replace("marp: true", "marp: true\nheadingDivider: 2")
    rendered = play(front + "# 제목\n\n문장\n\n## 둘\n\n```bash run split\nls\n```\n", prints(*["x"] * 60))
    assert [own.heading for own in rendered.slides] == ["제목", "둘 (1/3)", "둘 (2/3)", "둘 (3/3)"]
    assert "---\n" not in body(rendered)


def terminal(rendered):
    """The lines of all terminals, in order."""
    lines, closing = [], None
    for line in body(rendered).split("\n"):
        opening = re.match(r"(`{3,})terminal", line)
        if closing is None and opening:
            closing = opening[1]
        elif line == closing:
            closing = None
        elif closing is not None:
            lines.append(line)
    return lines


def test_a_step_template_with_words_above_the_terminal():
    rendered = play(
        FRONT + "# 제목\n\n```bash run split\nls\n```\n", prints(*["x"] * 40), look="Look:\n\n{{ terminal }}"
    )
    assert [own.heading for own in rendered.slides] == ["제목 (1/2)", "제목 (2/2)"]
    assert terminal(rendered) == ["$ ls", *["x"] * 40]


def test_no_part_ends_with_a_command():
    rendered = play(FRONT + "# 제목\n\n```bash run split\nls\npwd\nid\ntrue\n```\n", prints(*["x"] * 11))
    parts = rendered.markdown.split("\n---\n")[1:]
    assert len(parts) > 1
    assert all("$ " not in part.split("```")[1].split("\n")[-2] for part in parts)
    assert list(dict.fromkeys(key.command for own in rendered.slides for key in own.keys)) == [0, 1, 2, 3]


def test_pictures_are_as_high_as_they_are(tmp_path):
    for name, extent in {"a b.png": (640, 480), "a.gif": (30, 20), "a.jpg": (9, 7)}.items():
        Image.new("1", extent).save(tmp_path / name)
    (tmp_path / "a.svg").write_text('<?xml version="1.0"?>\n<svg viewBox="0 0 200 100" width="50px"></svg>')
    (tmp_path / "b.svg").write_text('<svg viewBox="0 0 2 1">')
    (tmp_path / "c.txt").write_text("no picture")
    found = {name: pictures.size(tmp_path, 1184.0, name) for name in ("a%20b.png", "a.gif", "a.jpg", "a.svg", "b.svg")}
    assert found == {
        "a%20b.png": (640, 480),
        "a.gif": (30, 20),
        "a.jpg": (9, 7),
        "a.svg": (50, 25),
        "b.svg": (1184, 592),
    }
    (tmp_path / "text.svg.txt").write_text('<svg width="9" height="9">')
    (tmp_path / "other.png").write_bytes((tmp_path / "a.gif").read_bytes())
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to("/dev/zero")
    for name in ("c.txt", "none.png", "../a.png", "\0", "text.svg.txt", "other.png", "pipe.png", "link.png", "."):
        assert pictures.size(tmp_path, 1184.0, name) is None
    source = read(FRONT + slide() + "![](a%20b.png)\n", PATH)
    small = render(source, prints("x"), **OPTIONS, pictures=lambda _: (10.0, 10.0))
    large = render(source, prints("x"), **OPTIONS, pictures=lambda name: pictures.size(tmp_path, 1184.0, name))
    assert SIZE.findall(small.markdown) == ["20"]
    assert SIZE.findall(large.markdown) < ["20"]


@pytest.mark.hostile("a picture says how large it is", "a size that slides can have", "another exception")
@pytest.mark.parametrize(
    "attributes",
    ["width='1.2.3' height='1'", "width='1e999' height='1'", "viewBox='0 0 nan nan'", "viewBox='0 0 inf 1'",
     "viewBox='0 0 -1 1'", "viewBox='0 0 1'", "viewBox='0 0 0 0'", "viewBox='0 0 1e-400 1'", "width='٣' height='٣'",
     "width='.' height='.'", "viewBox='1 2 3 4 5'", f"viewBox='0 0 {'9' * 400} 1'", f"width='{'9' * 400}' height='1'"],
)  # fmt: skip
def test_a_drawing_cannot_claim_an_impossible_size(tmp_path, attributes):
    (tmp_path / "a.svg").write_text(f"<svg {attributes}>", encoding="utf-8")
    width, height = pictures.size(tmp_path, 1184.0, "a.svg")
    assert 0 < width < 10**7
    assert 0 < height < 10**7


# --- the numbers of a theme ------------------------------------------------------------------------

OWN = ":root { --prose-size: 32px; --title-size: 60px; --side: 160px }"


def mspt2(own=""):
    sheets = [*sorted(THEMES.glob("*/*.css")), *THEMES.glob("*.css")]
    texts = [(path.relative_to(THEMES.parent).as_posix(), path.read_text(encoding="utf-8")) for path in sheets]
    return measures.read((*texts, ("themes/own.css", own)))


def test_the_defaults_are_the_numbers_of_the_theme():
    assert mspt2() == Measures()
    names = {f"--{name.replace('_', '-')}" for name in Measures.__dataclass_fields__}
    used = "".join(path.read_text(encoding="utf-8") for path in THEMES.glob("*/*.css"))
    assert {name for name in names if f"var({name})" not in used} == set()


def test_slides_are_divided_by_the_numbers_of_the_theme():
    own = mspt2(OWN)
    assert (own.prose_size, own.title_size, own.width, own.prose_row) == (32, 60, 960, 32)

    def shown(text, *lines):
        source = read(FRONT + text, PATH)
        parts = [render(source, prints(*lines), **OPTIONS, measures=each).markdown for each in (Measures(), own)]
        return [(SIZE.findall(part), part.count("\n---\n")) for part in parts]

    assert shown(slide(), "x" * 96) == [(["20"], 1), (["16"], 1)]
    assert shown(slide(), "x" * 120) == [(["16"], 1), (["14"], 1)]
    sentence = "문장입니다. " * 12 + "\n\n"
    assert shown("# 제목\n\n" + sentence * 2 + "```bash run\nls\n```\n", *["x"] * 12) == [(["20"], 1), (["16"], 1)]
    assert shown(slide(prose=2, option="split"), *["x" * 118] * 30) == [(["16"] * 2, 2), (["14"] * 3, 3)]
    assert shown(slide(option="split"), *["x" * 118] * 20) == [(["16"], 1), (["14"] * 2, 2)]


@pytest.mark.parametrize(
    ("css", "side"),
    [
        ("section { --side: 100px }", 100),
        ("section { --side: 100px } :root { --side: 90.5px } section { --side: 80px }", 90.5),
        (":root { --side: 90px; --side: 80px }", 80),
        ("h1,\n:root { --side:0 }", 0),
        ("/* :root { --side: 1px } */ section::after { content: ':root { --side: 2px }' }", 48),
        (":root.invert { --side: 3px } section.lead { --side: 4px } h1 { --side: 5px }", 48),
        ("@media print { :root { --side: 6px } } @import 'x'; section { padding: 0 var(--side, 3px) }", 48),
        ("@font-face { src: url(data:font/woff2;base64,AA) } :root { --x: url(data:a;b); --side: 7px", 7),
    ],
)
def test_what_counts_in_a_theme(css, side):
    assert measures.read((("themes/own.css", css),)).side == side


@pytest.mark.parametrize("value", ["2em", "calc(1px + 2px)", "22", "0", "var(--other)", "", "22 px"])
def test_a_size_that_is_not_a_number(value):
    with pytest.raises(UsageError) as caught:
        mspt2(f"/* own\n */\n:root {{\n  --gap: 0;\n  --prose-size: {value};\n}}")
    error = caught.value
    assert str(error.at) == "themes/own.css:5"
    assert error.message == f"slides are divided by --prose-size, and `{value}` is no such size"
    assert error.hint == "write a plain number: --prose-size: 24px"


def test_a_size_that_is_used_and_not_set():
    with pytest.raises(UsageError) as caught:
        measures.read((("themes/mspt2/text.css", "h1 {\n  font-size: var(--title-size);\n}"), ("themes/mspt2.css", "")))
    error = caught.value
    assert str(error.at) == "themes/mspt2/text.css:2"
    assert error.message == "this uses --title-size, and no sheet of the theme sets it"
    assert error.hint == "add `--title-size: 34px;` to the rule `:root` of themes/mspt2.css"


def test_only_the_head_of_a_picture_is_read(tmp_path):
    """A picture of 30 MiB takes no more memory than a small one."""
    png = io.BytesIO()
    Image.new("RGB", (3, 2)).save(png, "PNG")
    for name, head in (
        ("a.png", png.getvalue()),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="9">'),
    ):
        with (tmp_path / name).open("wb") as file:
            file.write(head)
            file.truncate(30 * 2**20)
    pictures.size(tmp_path, 100, "a.png")  # loads what reads pictures
    tracemalloc.start()
    sizes = [pictures.size(tmp_path, 100, name) for name in ("a.png", "a.svg")]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sizes == [(3, 2), (8, 9)]
    assert peak < 2**20
