"""Fonts of a theme: cut to what is shown, the same every time, and never missing in silence."""

import base64
import re
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from livedeck.errors import HostError, UsageError
from livedeck.export import fonts
from livedeck.model import Notice
from pypdf import PdfReader

SHEET = """
@font-face { font-family: "one"; src: local("Nothing"), url("../fonts/my%20mono.woff2") format("woff2");
  unicode-range: U+0-7F, U+25??; size-adjust: 90% }
@font-face { font-family: "two"; src: url(../fonts/hangul.woff2); unicode-range: U+AC00-D7A3 }
@font-face { font-family: "three"; src: url("data:font/woff2;base64,AAAA") }
"""
MONO = Path(__file__).parents[2] / "node_modules/jetbrains-mono/fonts/webfonts/JetBrainsMonoNL-Regular.woff2"


@pytest.fixture
def sheet(tmp_path: Path) -> fonts.Sheet:
    (tmp_path / "themes").mkdir()
    (tmp_path / "fonts").mkdir()
    for name in ("my mono.woff2", "hangul.woff2"):
        (tmp_path / "fonts" / name).symlink_to(MONO)
    return fonts.Sheet(tmp_path / "themes" / "own.css", SHEET)


def test_a_font_is_cut_to_what_is_shown(sheet, tmp_path):
    wanted = fonts.characters(["│ &lt; &hellip;", 'header: "\\u2500"'])
    filled = fonts.embed(sheet, wanted, tmp_path / "shelf")
    assert list(filled.families) == ["one", "two"]
    assert filled.families["two"] == frozenset()
    assert filled.families["one"] == {*map(chr, range(0x20, 0x7F)), "│", "─"}, "the ellipsis is not in the range"
    rules = re.findall(r"@font-face \{[^}]*\}", filled.css)
    assert [re.search(r'family: "(\w+)"', rule)[1] for rule in rules] == ["one", "three"]
    assert "size-adjust: 90%" in rules[0]
    assert "local(" not in filled.css
    cut = TTFont(BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", rules[0])[1])))
    assert set(cut.getBestCmap()) == {ord(c) for c in filled.families["one"]}
    assert cut["name"].getDebugName(1) == "one", "the reserved name is for the whole font"
    assert "SIL Open Font License" in cut["name"].getDebugName(13)


def test_the_same_bytes_cut_afresh_or_kept(sheet, tmp_path):
    wanted = fonts.characters(["├──"])
    first = fonts.embed(sheet, wanted, tmp_path / "shelf")
    kept = sorted((tmp_path / "shelf").iterdir())
    assert len(kept) == 1
    kept[0].write_text("half a file")
    assert fonts.embed(sheet, wanted, tmp_path / "shelf") == first
    assert fonts.embed(sheet, wanted, tmp_path / "shelf") == first
    assert fonts.embed(sheet, wanted, tmp_path / "another") == first


def test_a_font_file_that_is_missing(sheet, tmp_path):
    (tmp_path / "fonts" / "hangul.woff2").unlink()
    with pytest.raises(HostError) as caught:
        fonts.embed(sheet, fonts.characters(["also where nothing needs it"]), tmp_path / "shelf")
    assert "own.css names ../fonts/hangul.woff2" in caught.value.message


def test_a_font_file_that_is_not_a_font(sheet, tmp_path):
    (tmp_path / "fonts" / "hangul.woff2").unlink()
    (tmp_path / "fonts" / "hangul.woff2").write_text("no font")
    with pytest.raises(UsageError, match=r"hangul\.woff2 is not a font"):
        fonts.embed(sheet, fonts.characters(["가"]), tmp_path / "shelf")


def test_characters_that_no_font_has_are_named(project):
    project.write(project.deck("01-a", "# ꙮ 하나 &#x12000; 🚀\u200d\ufe0f", 1))
    (notice,) = [event.text for event in project.events if isinstance(event, Notice)]
    assert notice.startswith("no font of the theme mspt2 has ꙮ (U+A66E), 𒀀 (U+12000): ")


def test_characters_that_no_font_for_code_has_are_named(project):
    """Pretendard has these signs, and no font for terminals; ① is in both, in two sizes."""
    project.write(project.deck("01-a", "# ➀ ㊿\n\n- `① ➁`\n\n```text\n➀ ①\n```", 1))
    (notice,) = [event.text for event in project.events if isinstance(event, Notice)]
    assert notice.startswith("no font of the theme mspt2 has ➀ (U+2780), ➁ (U+2781) for code: ")


@pytest.mark.soak
def test_on_a_machine_without_fonts_the_deck_shows_its_own(project, tmp_path):
    """Chromium without a single font draws the first one of a list and leaves all others blank."""
    (tmp_path / "none").mkdir()
    config = tmp_path / "none.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path / 'none'}</dir><cachedir>{tmp_path}</cachedir></fontconfig>")
    project.environ["FONTCONFIG_FILE"] = str(config)
    body = "# 도커 漢字\n\n```text\n가나다 漢字 ✅ ①\n```"
    (built,) = project.write(project.deck("01-a", body, 1), formats=("pdf",))
    (shown,) = PdfReader(built.files[0]).pages
    names = {str(font.get_object()["/BaseFont"])[8:] for font in shown["/Resources"]["/Font"].values()}
    assert names == {"mspt2-sans", "mspt2-sans-ja", "mspt2-wide", "mspt2-mono", "mspt2-emoji", "mspt2-narrow"}
    assert not [event for event in project.events if isinstance(event, Notice)]


def test_a_theme_of_the_course_builds_on_mspt2(project):
    css = '/* @theme course */\n@import "mspt2";\n:root { --accent: #123456; }\n'
    (project.root / "themes" / "course.css").write_text(css)
    front = "marp: true\ntheme: course\nlang: ko\n"
    (built,) = project.write(project.deck("01-a", "# 하나", 1, front=front), theme="course")
    page = built.files[0].read_text(encoding="utf-8")
    assert "--accent:#123456" in page.replace(" ", "")
    assert page.count("data:font/woff2") >= 5
    assert "@import" not in page


def test_a_theme_without_fonts_stays_as_it_is(project):
    (project.root / "themes" / "plain.css").write_text("/* @theme plain */\nsection { color: #111 }\n")
    front = "marp: true\ntheme: plain\nlang: ko\n"
    (built,) = project.write(project.deck("01-a", "# ꙮ", 1, front=front), theme="plain")
    assert "font/woff2" not in built.files[0].read_text(encoding="utf-8")
    assert not any(isinstance(event, Notice) for event in project.events)
