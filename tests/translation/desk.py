"""A translator's desk: a deck with every kind of sentence, and a catalog made from pairs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from livedeck import translation as catalog
from livedeck.model import Rendered
from livedeck.template import read
from livedeck.translation import Catalog, Localised, Original
from livedeck.translation.catalog import Entry

from tests.template.stage import PATH, Answer, Table, show

PO = "decks/01-test/locale/en.po"
DECK = """\
---
marp: true
title: '제목 {{ deck.slug }}'
header: 머리글 {{ course.title }}
footer: "바닥글"
---

# 첫 장

```bash run id=list
ls
```

문단 하나 `code` 그리고 [링크](https://example.com/a) **굵게** 끝.
둘째 줄은 {{ steps.list.lines | length }}개, {{ lang }}.

{% claim steps.list.exit == 0 %}`ls`는 {{ steps.list.lines | length }}줄을 보여 줍니다.{% endclaim %}

---

- 항목 하나
  - 안쪽 항목 <br> 다음
- 형식은 {% raw %}`{{.Names}}`{% endraw %}로 씁니다

> 인용 ![그림 w:300](img/a.png)
> {% if steps.list.exit == 0 %}
> 조건 안
> {% endif %}
> 조건 밖

| 이름 | 값 \\| 둘 |
|---|---|
| 칸 하나 | {{ steps.list.lines | join("|") }} 칸 |

<!--
발표자 노트
둘째 줄

두 번째 문단
-->

<!-- _class: lead -->

{% set name %}값이 되는 글{% endset %}

{% for line in steps.list.lines %}
반복 {{ line }} 줄
{% endfor %}

끝 장 제목
===

문단 하나
"""


def original(source: str = DECK) -> Original:
    return Original(read(source, PATH))


def runner() -> Table:
    return Table(lambda command: Answer(("a", "b|c")))


def render(deck: Original, template: object = None, lang: str = "en") -> Rendered:
    return show(template or deck.template, runner(), course={"title": "Kurs"}, lang=lang)


def po(pairs: Mapping[str, str], *more: str) -> bytes:
    """A PO file with these translations; `more` is put behind them as it is."""
    entries = [f"msgid {quoted(text)}\nmsgstr {quoted(new)}\n" for text, new in pairs.items()]
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    return "\n".join([head, *entries, *more]).encode()


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def filled(pairs: Mapping[str, str]) -> Catalog:
    return catalog.of(catalog.parse(po(pairs), PO), PO)


def localised(pairs: Mapping[str, str], source: str = DECK) -> tuple[Rendered, Localised]:
    """The deck rendered with these translations, as `build` does it."""
    deck = original(source)
    made = catalog.localise(deck, "en", filled(pairs))
    return catalog.rendered(made, partial(render, deck))


def entered(pairs: Mapping[str, str]) -> Catalog:
    """A catalog with texts that no PO file could hold."""
    return Catalog(PO, {text: Entry(new, number) for number, (text, new) in enumerate(pairs.items(), 1)})
