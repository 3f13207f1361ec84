"""The theme: readable, exact in its columns, and roomy enough for a slide of the course."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "themes" / "mspt2.css").read_text(encoding="utf-8")


def variables(selector: str) -> dict[str, str]:
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", CSS, re.MULTILINE | re.DOTALL)
    assert block
    return dict(re.findall(r"--([\w-]+):\s*(.+?);\n", block.group(1)))


LIGHT = variables(":root")
DARK = LIGHT | variables(":root.invert")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def grounds(colours: dict[str, str]) -> list[str]:
    return [colours["ground"], *("#" + facet for facet in re.findall(r"%23([0-9a-f]{6})", colours["facets"]))]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "invert"])
def test_contrast_of_all_text(colours):
    pairs = [(colours[text], ground) for text in ("ink", "quiet", "accent") for ground in grounds(colours)]
    pairs += [(colours["code-ink"], colours[ground]) for ground in ("code-ground", "file-ground")]
    files = [name for name in colours if name.startswith("file-") and name != "file-ground"]
    pairs += [(colours[text], colours[ground]) for text in files for ground in ("file-ground", "code-ground")]
    terminal = ("terminal-prompt", "terminal-command", "terminal-output")
    pairs += [(colours[text], colours["terminal-ground"]) for text in terminal]
    assert len(pairs) > 20
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "invert"])
def test_facets_are_quiet(colours):
    ground, *facets = grounds(colours)
    assert len(facets) == 3
    for facet in facets:
        steps = [abs(int(ground[i : i + 2], 16) - int(facet[i : i + 2], 16)) / 255 for i in (1, 3, 5)]
        assert max(steps) <= 0.04


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
        cells = 2 if glyph in "가힣ㄱあ漢Ａ✅😄" else 1
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
