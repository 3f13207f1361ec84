"""What a translator sees of a deck."""

from __future__ import annotations

from pathlib import Path

import pytest
from livedeck.translation import sources
from livedeck.translation.units.units import splice

from tests.translation.desk import DECK, original, render

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = [
    ("title", "제목 {{ deck.slug }}"),
    ("header", "머리글 {{ course.title }}"),
    ("footer", "바닥글"),
    ("heading", "첫 장"),
    (
        "paragraph",
        (
            "문단 하나 `code` 그리고 [링크](https://example.com/a) **굵게** 끝.\n"
            "둘째 줄은 {{ steps.list.lines | length }}개, {{ lang }}."
        ),
    ),
    ("paragraph", "`ls`는 {{ steps.list.lines | length }}줄을 보여 줍니다."),
    ("list item", "항목 하나"),
    ("list item", "안쪽 항목 <br> 다음"),
    ("list item", "형식은 {% raw %}`{{.Names}}`{% endraw %}로 씁니다"),
    ("quote", "인용 ![그림 w:300](img/a.png)"),
    ("quote", "조건 안"),
    ("quote", "조건 밖"),
    ("table cell", "이름"),
    ("table cell", "값 \\| 둘"),
    ("table cell", "칸 하나"),
    ("table cell", '{{ steps.list.lines | join("|") }} 칸'),
    ("speaker note", "발표자 노트\n둘째 줄"),
    ("speaker note", "두 번째 문단"),
    ("paragraph", "반복 {{ line }} 줄"),
    ("heading", "끝 장 제목"),
    ("paragraph", "문단 하나"),
]


def test_every_kind_of_sentence_is_a_unit_and_nothing_else_is() -> None:
    assert [(unit.kind, unit.text) for unit in original().units] == EXPECTED


def test_each_unit_knows_its_place_in_the_source() -> None:
    for unit in original().units:
        assert "\n".join(DECK[start:end] for start, end in unit.spans) == unit.text
        assert DECK.split("\n")[unit.line - 1].find(unit.text.split("\n")[0]) >= 0


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_ends_of_lines_make_no_difference(newline: str) -> None:
    source = DECK.replace("\n", newline)
    units = original(source).units
    assert [(unit.kind, unit.text) for unit in units] == EXPECTED
    changed = splice(source, [(unit, unit.text.replace("문단 하나", "One")) for unit in units])
    assert changed == source.replace("문단 하나", "One")


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("`docker ps`", None),
        ("<https://example.com>", None),
        ("https://example.com/path", None),
        ("{{ lang }}", None),
        ("<div>글</div>", None),
        ("![w:300](img/a.png)", None),
        ("    들여 쓴 코드", None),
        ("[가]: https://example.com", None),
        ("<!-- _header: 머리 -->", None),
        ("<!-- ```\n글\n``` -->", None),
        ("{# 적어 둔 말 #}", None),
        ("{% raw %}{{ 글 }}{% endraw %}", None),
        ("앞 {% if lang == 'ko' %}안{% endif %}", "앞 안"),
        ("<!-- 한 줄 노트 -->", "한 줄 노트"),
        ("## 제목 C# ##", "제목 C#"),
        ("1. 하나", "하나"),
        ("`코드{% if lang %}글{% endif %}`", None),
    ],
)
def test_what_is_not_a_sentence_is_not_a_unit(line: str, unit: str | None) -> None:
    deck = original(f"---\nmarp: true\n---\n\n{line}\n")
    assert " ".join(found.text for found in deck.units) == (unit or "")


def test_translators_see_kind_place_and_values() -> None:
    deck = original()
    told = {source.text: source.comment.split("\n") for source in sources(deck, render(deck).values)}
    assert told["바닥글"] == ["footer"]
    assert told["첫 장"] == ["heading"]
    assert told["항목 하나"] == ["list item"]
    assert told["`ls`는 {{ steps.list.lines | length }}줄을 보여 줍니다."] == [
        "paragraph, 첫 장",
        "{{ steps.list.lines | length }} = 2",
    ]
    assert told["반복 {{ line }} 줄"] == ["paragraph", "{{ line }} = a"]
    assert told["머리글 {{ course.title }}"] == ["header", "{{ course.title }} = Kurs"]


def test_a_sentence_without_a_heading_is_named_by_the_command_above() -> None:
    deck = original("---\nmarp: true\n---\n\n```bash run\nls\ndocker pull nginx\n```\n\n글\n")
    assert [source.comment for source in sources(deck, ())] == ["paragraph, after `docker pull nginx`"]
