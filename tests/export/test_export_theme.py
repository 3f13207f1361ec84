"""The theme: exact in its columns, roomy enough for a slide of the course, and all of it in the file."""

import re

import pytest


def test_the_theme_fetches_nothing(gallery):
    page = gallery.html.read_text(encoding="utf-8")
    assert set(re.findall(r"url\((?:&quot;|\")?(.{5})", page)) == {"data:", "img/l"}
    assert re.findall(r"@import|local\(", page) == []
    assert [face for face in gallery.seen["faces"] if face["status"] != "loaded"] == []
    assert {face["family"] for face in gallery.seen["faces"]} >= {"mspt2 sans", "mspt2 mono", "mspt2 wide"}


def test_every_column_is_as_wide_as_another(gallery):
    widths = gallery.seen["widths"]
    column = 0.6 * 16
    for glyph, found in widths.items():
        cells = 2 if glyph in "가힣ㄱあ漢Ａ✅😄〜㈜「" else 1
        assert found == pytest.approx([column * cells] * 2, abs=0.01 * column), glyph


def test_a_line_of_120_columns_is_one_row(gallery):
    ruler = gallery.seen["slides"][3]["terminals"][0]["lines"][2]
    assert len(ruler["kinds"][0][1]) == 120
    assert ruler["rows"] == 1


def test_every_slide_of_the_gallery_fits(gallery):
    assert [slide["bottom"] <= 668 for slide in gallery.seen["slides"]] == [True] * 9
    full = gallery.seen["slides"][2]
    assert sum(line["rows"] for block in full["terminals"] for line in block["lines"]) == 17


def test_code_is_not_shrunk(gallery):
    assert gallery.seen["scaled"] == 0
