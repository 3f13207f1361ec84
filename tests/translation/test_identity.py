"""An empty or identical catalog gives back the template byte for byte; other words change nothing but words."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from livedeck import translation as catalog
from livedeck.errors import LivedeckError
from livedeck.model import Rendered
from livedeck.template import read

from tests.template.hostile import LINES
from tests.template.stage import FRONT, PATH, Answer, Table, attempt, show
from tests.template.test_properties import PLAIN
from tests.translation.desk import DECK, entered, filled, localised, original, render, runner

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*ROOT.glob("decks/*/deck.md"), *ROOT.glob("tests/template/golden/*/*.md")]
FEW = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
WORDS = [
    "글 ",
    "말",
    "{{ lang }}",
    "{% if lang %}",
    "{% endif %}",
    "**",
    "\r\n",
    "| 가 | 나 |\n|---|---|\n| 다 | 라 |\n",
]


def readable(source: str) -> bool:
    try:
        read(source, PATH)
    except LivedeckError:
        return False
    return True


@pytest.mark.parametrize("path", [p for p in SOURCES if readable(p.read_bytes().decode("utf-8-sig"))])
def test_decks_come_back_byte_for_byte(path: Path) -> None:
    deck = original(path.read_bytes().decode("utf-8-sig"))
    for pairs in ({}, {text: text for text in deck.texts}, dict.fromkeys(deck.texts, "")):
        made = catalog.localise(deck, "en", filled(pairs))
        assert made.text == deck.template.source
        assert made.faults == ()


@FEW
@given(st.lists(st.sampled_from([*PLAIN, *WORDS]), max_size=14).map("".join))
def test_random_markdown_comes_back_byte_for_byte(text: str) -> None:
    source = FRONT + text
    if isinstance(attempt(source), LivedeckError):
        return
    deck = original(source)
    made = catalog.localise(deck, "en", filled({text: text for text in deck.texts}))
    assert made.text == source
    assert made.faults == ()


WORDY = st.one_of(
    st.sampled_from(
        [*LINES, "One", "`code`", "{{ lang }}", "{% raw %}", "# x", "1. x", "---", "<!-- fit -->", "*", "日本"]
    ),
    st.text(max_size=8),
)


@FEW
@given(st.data())
def test_random_translations_never_break_a_deck(data: st.DataObject) -> None:
    """Whatever a catalog says: the deck is built, with the same slides, and the same commands in the same order."""
    deck = original()
    pairs = {}
    for text in deck.texts:
        parts = data.draw(st.lists(st.one_of(st.just(text), WORDY), max_size=3))
        pairs[text] = "".join(parts).replace("\r", " ").replace("\x00", " ")
    typed = []

    def made(template: object) -> object:
        played = runner()
        rendered = show(template, played, course={"title": "Kurs"}, lang="en")
        typed.append(played.commands)
        return rendered

    found, _ = catalog.rendered(catalog.localise(deck, "en", entered(pairs)), made)
    plain = render(deck)
    assert len(found.slides) == len(plain.slides)
    assert all(commands == ["ls"] for commands in typed)


def test_a_translation_is_where_its_sentence_was() -> None:
    deck = original()
    pairs = {
        "제목 {{ deck.slug }}": 'Title "of" it\'s {{ deck.slug }}',
        "머리글 {{ course.title }}": "Head: {{ course.title }} # 1",
        "바닥글": 'Foot "quoted" \\ back',
        "형식은 {% raw %}`{{.Names}}`{% endraw %}로 씁니다": "{% raw %}`{{.Names}}`{% endraw %} is the format",
        "안쪽 항목 <br> 다음": "Inner <br> next",
        "값 \\| 둘": "Value \\| two",
        "발표자 노트\n둘째 줄": "Notes\nSecond line",
        "인용 ![그림 w:300](img/a.png)": "Quote ![Picture w:300](img/a.png)",
        "문단 하나": "One paragraph",
    }
    made, found = localised(pairs)
    assert found.faults == ()
    assert found.tally.translated == len(pairs)
    text = made.markdown
    assert 'title: "Title \\"of\\" it\'s 01-test"' in text
    assert 'header: "Head: Kurs # 1"' in text
    assert 'footer: "Foot \\"quoted\\" \\\\ back"' in text
    assert "- `{{.Names}}` is the format" in text
    assert "| 이름 | Value \\| two |" in text
    assert "<!--\nNotes\nSecond line\n\n두 번째 문단\n-->" in text
    assert "> Quote ![Picture w:300](img/a.png)" in text
    assert text.endswith("One paragraph\n")
    assert "문단 하나 `code`" in text
    assert len(made.slides) == len(render(deck).slides)
    assert found.text.count("\n") == DECK.count("\n")


def test_lang_is_the_language_that_is_built() -> None:
    deck = original()
    rendered, _ = catalog.rendered(catalog.localise(deck, "en", filled({})), partial(render, deck, lang="en"))
    assert "lang: en" in rendered.markdown


def test_longer_words_may_need_smaller_terminals_and_more_slides() -> None:
    sentence = "한 문장입니다."
    source = f"---\nmarp: true\n---\n\n# 제목\n\n{sentence}\n\n```bash run split\nls\n```\n"
    deck = original(source)
    made = catalog.localise(deck, "en", filled({sentence: "word " * 50 + "end"}))

    def played(template: object) -> Rendered:
        return show(template, Table(lambda _: Answer(("x",) * 23)), lang="en")

    rendered, found = catalog.rendered(made, played)
    assert found.faults == ()
    assert "word word" in rendered.markdown
    assert len(rendered.slides) > len(played(deck.template).slides)
