"""What a catalog could try. Each is refused or neutralised, and the source sentence stands in its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from livedeck import translation as catalog
from livedeck.errors import CatalogError

from tests.course import DECK as FLOW_DECK
from tests.course import Project
from tests.translation.desk import DECK, PO, filled, localised, original, po, render

VALUE = "`ls`는 {{ steps.list.lines | length }}줄을 보여 줍니다."
N = "{{ steps.list.lines | length }}"
FIRST_LINE = "문단 하나 `code` 그리고 [링크](https://example.com/a) **굵게** 끝."
PARAGRAPH = f"{FIRST_LINE}\n둘째 줄은 {N}개, {{{{ lang }}}}."
PLAIN, ITEM, CELL, NOTE, HEAD, LAST = "문단 하나", "항목 하나", "칸 하나", "두 번째 문단", "첫 장", "끝 장 제목"
PICTURE = "인용 ![그림 w:300](img/a.png)"
CANARY = "{{ cycler.__init__.__globals__.os.popen('touch canary') }}"

REFUSED = {
    "a new expression": (PLAIN, "{{ 7 * 7 }}", "values"),
    "an expression that runs a command": (PLAIN, CANARY, "values"),
    "an expression that reads attributes": (VALUE, f"`ls` {N} {{{{ steps.__class__ }}}}", "values"),
    "another attribute of the same value": (VALUE, "`ls` {{ steps.list.lines | length | e }}", "values"),
    "a value left out": (VALUE, "`ls` prints lines.", "values"),
    "a value twice": (VALUE, f"`ls` {N} {N}", "values"),
    "a value in fullwidth braces": (VALUE, "`ls` \uff5b\uff5b steps.list.lines | length \uff5d\uff5d", "values"),
    "include": (PLAIN, "{% include '/etc/passwd' %}", "values"),
    "a claim": (PLAIN, "{% claim true %}yes{% endclaim %}", "values"),
    "the end of a claim": (VALUE, f"`ls` {N}{{% endclaim %}}", "values"),
    "a Jinja comment": (PLAIN, "One {# two #}", "values"),
    "an open brace": (PLAIN, "One {{ two", "values"),
    "an open statement": (PLAIN, "One {% two", "values"),
    "a raw block": (PLAIN, "{% raw %}{{ 1 }}{% endraw %}", "values"),
    "a brace before a tag": (VALUE, f"`ls` {N} {{", "structure"),
    "a ruler": (PLAIN, "---", "structure"),
    "a setext underline": (PARAGRAPH, f"`code` [l](https://example.com/a) **b** {N} {{{{ lang }}}}\n---", "structure"),
    "a further line": (PLAIN, "One\n---", "lines"),
    "an empty line": (PARAGRAPH, f"`code` [l](https://example.com/a) **b** {N} {{{{ lang }}}}\n", "blanks"),
    "a heading": (PLAIN, "# One", "structure"),
    "a list": (PLAIN, "- One", "structure"),
    "a numbered list": (PLAIN, "1. One", "structure"),
    "a quote": (PLAIN, "> One", "structure"),
    "a fence": (PLAIN, "```bash run", "structure"),
    "a tilde fence": (ITEM, "~~~bash run", "structure"),
    "an inner list": (ITEM, "- One", "structure"),
    "front matter": (PLAIN, "---\nmarp: false\n---", "lines"),
    "front matter from a header": ("바닥글", "x\nclass: lead", "lines"),
    "a script": (PLAIN, "<script>alert(1)</script>", "html"),
    "a style": (PLAIN, "<style>section { display: none }</style>", "html"),
    "a handler": ("안쪽 항목 <br> 다음", 'Inner <br onclick="x()"> next', "html"),
    "a tag left out": ("안쪽 항목 <br> 다음", "Inner next", "html"),
    "a directive": (PLAIN, "<!-- _class: lead -->", "html"),
    "a directive behind words": (PLAIN, "One <!-- headingDivider: 1 -->", "html"),
    "a directive in a note": (NOTE, "theme: gaia", "note"),
    "the end of a note": (NOTE, "One --> <script>alert(1)</script>", "note"),
    "a value in a note": (NOTE, "One {{ lang }}", "values"),
    "a link that runs a script": (PARAGRAPH, f"`code` [l](javascript:alert(1)) **b**\n{N} {{{{ lang }}}}", "links"),
    "another address": (PARAGRAPH, f"`code` [l](https://evil.example) **b**\n{N} {{{{ lang }}}}", "links"),
    "a new link": (PLAIN, "[One](https://evil.example)", "links"),
    "a bare address": (PLAIN, "See evil.com", "links"),
    "an address in brackets": (PLAIN, "<https://evil.example>", "links"),
    "a link definition": (PLAIN, "[One]: https://evil.example", "links"),
    "another picture": (PICTURE, "Quote ![Picture w:300](https://evil.example/a.png)", "pictures"),
    "a picture as background": (PICTURE, "Quote ![bg w:300](img/a.png)", "pictures"),
    "other code": (VALUE, f"`rm -rf /` {N}", "code"),
    "code left out": (VALUE, f"ls {N}", "code"),
    "a value moved into code": (VALUE, f"`ls {N}`", "code"),
    "stars with blanks": (PARAGRAPH, f"`code` [l](https://example.com/a) ** b **\n{N} {{{{ lang }}}}", "emphasis"),
    "a pipe in a table": (CELL, "One | two", "table"),
    "a pipe behind a value": (
        '{{ steps.list.lines | join("|") }} 칸',
        '{{ steps.list.lines | join("|") }} | x',
        "table",
    ),
    "a control character": (PLAIN, "One \x1b[31m two", "characters"),
    "a bell in an escape": (PLAIN, "One \t two", "characters"),
    "turned letters": (PLAIN, "One \u202etxt.exe", "characters"),
    "an invisible character": (PLAIN, "One\u200btwo", "characters"),
    "a private character": (PLAIN, "One \U0010ff00 two", "characters"),
    "a megabyte": (PLAIN, "x" * 1_000_000, "length"),
    "a blank at the end": (PLAIN, "One ", "blanks"),
    "code by indentation": (PLAIN, "    rm -rf /", "blanks"),
}


@pytest.mark.parametrize(("text", "new", "rule"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.hostile(
    "a translation that changes more than words",
    "the source sentence, and an error with the line",
    "any other sentence that changes",
)
def test_a_hostile_entry_costs_only_itself(text: str, new: str, rule: str) -> None:
    made, found = localised({text: new, HEAD: "First"})
    assert [(fault.source, fault.breach.rule) for fault in found.faults] == [(text, rule)]
    plain = render(original())
    assert made.markdown == plain.markdown.replace("# 첫 장", "# First")
    assert found.tally.invalid == 1
    error = found.faults[0].error()
    assert str(error.at).startswith(f"{PO}:")
    assert error.hint


NEUTRAL = {
    "one brace": (PLAIN, "{0.keys} {name!r} %s %(x)s"),
    "fullwidth braces": (PLAIN, "\uff5b\uff5b 7 * 7 \uff5d\uff5d \uff5b\uff05 include \uff05\uff5d"),
    "a hash in a heading": (HEAD, "# One"),
    "an entity": (PLAIN, "&lt;script&gt;"),
    "an escaped star": (PLAIN, "\\*One\\*"),
    "quotes in the front matter": ("바닥글", "a\" onload='x' b: c # d"),
    "a key in the front matter": ("제목 {{ deck.slug }}", "class: lead {{ deck.slug }}"),
}


@pytest.mark.parametrize(("text", "new"), NEUTRAL.values(), ids=NEUTRAL.keys())
@pytest.mark.hostile("a translation that looks like code", "the words as they are", "a slide that differs")
def test_what_means_nothing_is_shown_as_it_is(text: str, new: str) -> None:
    made, found = localised({text: new})
    assert found.faults == ()
    assert len(made.slides) == len(render(original()).slides)


DAMAGED = {
    "not UTF-8": (po({PLAIN: "One"}) + b"\xff", "is not UTF-8"),
    "another charset": (po({PLAIN: "+ADw-script+AD4-"}).replace(b"UTF-8", b"utf-7"), "says it is utf-7"),
    "an unterminated msgid": (po({PLAIN: "One"}, 'msgid "two\nmsgstr "x"\n'), "a quotation mark is missing"),
    "an unterminated file": (po({PLAIN: "One"}, 'msgid "two'), "a quotation mark is missing"),
    "a merge": (po({PLAIN: "One"}, "<<<<<<< HEAD\n=======\n>>>>>>> x\n"), "an unfinished merge"),
    "words": (po({PLAIN: "One"}, "Hello\n"), "not a line of PO"),
    "a msgstr alone": (po({}, 'msgstr "x"\nmsgstr "y"\n'), "gettext cannot read"),
    "a zero byte": (po({PLAIN: "One\x00"}), "a control character"),
    "a line separator": (po({PLAIN: "One\u2028two"}), "a control character"),
    "nine megabytes": (b"#" * 9_000_000, "larger than 8 MiB"),
}


@pytest.mark.parametrize(("data", "message"), DAMAGED.values(), ids=DAMAGED.keys())
@pytest.mark.hostile("a damaged catalog", "an error with the line", "an entry that is lost in silence")
def test_a_damaged_file_is_reported_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(CatalogError, match=re.escape(message)) as caught:
        catalog.parse(data, PO)
    assert re.fullmatch(rf"{re.escape(PO)}:\d+", str(caught.value.at))


def test_the_line_is_the_right_one() -> None:
    data = po({PLAIN: "One"}, 'msgid "two\nmsgstr "x"\n')
    with pytest.raises(CatalogError) as caught:
        catalog.parse(data, PO)
    assert data.decode().split("\n")[caught.value.at.line - 1] == 'msgid "two'


@pytest.mark.hostile("a damaged catalog", "an error with the line", "an entry that is lost in silence")
def test_two_entries_for_one_sentence_are_both_left_out() -> None:
    one = catalog.of(catalog.parse(po({PLAIN: "One", HEAD: "First"}, f'msgid "{PLAIN}"\nmsgstr "Two"\n'), PO), PO)
    found = catalog.localise(original(), "en", one)
    assert [(fault.source, fault.breach.rule) for fault in found.faults] == [(PLAIN, "duplicate")]
    assert "One" not in found.text
    assert "# First" in found.text


@pytest.mark.hostile("a damaged catalog", "an error with the line", "an entry that is lost in silence")
def test_plural_forms_are_refused() -> None:
    entry = f'msgid "{PLAIN}"\nmsgid_plural "x"\nmsgstr[0] "a"\nmsgstr[1] "b"\n'
    found = catalog.localise(original(), "en", catalog.of(catalog.parse(po({}, entry), PO), PO))
    assert [fault.breach.rule for fault in found.faults] == ["plural"]


@pytest.mark.hostile(
    "a translation that changes more than words",
    "the source sentence, and an error with the line",
    "any other sentence that changes",
)
def test_a_translation_that_only_goes_wrong_with_its_values_is_left_out_too() -> None:
    empty = "{{ steps.list.lines[0][5:] }}"
    source = f"{DECK}\n글 {empty} 말\n"
    made, found = localised({f"글 {empty} 말": empty, HEAD: "First"}, source)
    assert [fault.breach.rule for fault in found.faults] == ["slide"]
    assert made.markdown == render(original(source)).markdown.replace("# 첫 장", "# First")


def test_no_catalog_runs_a_command_or_breaks_a_build(project: Project) -> None:
    """All at once, through the command line: other languages build, nothing ran, and `check` names each."""
    course = project.root / "decks" / "course.toml"
    course.write_text(course.read_text().replace('["ko"]', '["ko", "en", "ja"]'))
    sentences = {"First": "첫 장", "Second": CANARY}
    place = project.deck.parent / "locale"
    place.mkdir()
    (place / "en.po").write_bytes(po(sentences))
    (place / "ja.po").write_bytes(po({"First": "最初"}, "<<<<<<< HEAD\n"))
    done = project.livedeck("build", "--format", "md")
    assert done.returncode == 0, done.stderr
    assert "decks/one/locale/en.po:8: breaks the rule values" in done.stderr
    assert "decks/one/locale/ja.po:8: an unfinished merge; the whole catalog is left out" in done.stderr
    assert "one.en: 1 of 3 sentences translated (1 missing, 1 invalid); the rest is in ko" in done.stderr
    built = {lang: (project.root / "build" / f"one.{lang}.md").read_text() for lang in ("ko", "en", "ja")}
    assert "## 첫 장" in built["en"]
    assert "## Second" in built["en"]
    assert built["ja"] == built["ko"].replace("lang: ko", "lang: ja").replace("명령어", "Command")
    assert not list(project.root.rglob("canary"))
    checked = project.livedeck("i18n", "check")
    assert checked.returncode == 1
    assert "decks/one/locale/en.po:8: this translation breaks the rule values" in checked.stderr
    assert "decks/one/locale/ja.po:8: an unfinished merge" in checked.stderr
    assert project.deck.read_text() == FLOW_DECK


def test_an_empty_file_is_an_empty_catalog(tmp_path: Path) -> None:
    assert catalog.of(catalog.parse(b"", PO), PO).entries == {}
    assert catalog.localise(original(), "en", filled({})).text == DECK
