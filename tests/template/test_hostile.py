"""Values and screens that try to be Markdown, HTML, Jinja or Marp: they arrive as they are, or are refused by line."""

from __future__ import annotations

from collections import Counter
from urllib.parse import unquote

import pytest
import yaml
from livedeck.errors import TemplateError
from livedeck.model import Rendered

from tests.template.hostile import LINES, UNPRINTABLE
from tests.template.page import pages
from tests.template.stage import FIRST, FRONT, attempt, body, parts, play, prints

PLACES = {
    "heading": "## 제목 {{ course.v }}",
    "heading alone": "# {{ course.v }}",
    "paragraph": "{{ course.v }}",
    "middle": "앞 {{ course.v }}입니다.",
    "under a line": "앞\n{{ course.v }}\n뒤",
    "bold": "앞 **{{ course.v }}**를",
    "quote": "> {{ course.v }}",
    "list item": "- {{ course.v }}",
    "number": "1. {{ course.v }}",
    "code": "앞 `{{ course.v }}` 뒤",
    "code with more": "``a {{ course.v }} ` b``",
    "cell": "| 가 | 나 |\n|---|---|\n| {{ course.v }} | `x` |",
    "first cell": "| {{ course.v }} | 나 |\n|---|---|\n| 가 | 다 |",
    "code in a cell": "| 가 | 나 |\n|---|---|\n| `{{ course.v }}` | x |",
    "link": "[앞 {{ course.v }}](https://e.com)",
    "address": "[가](https://e.com/{{ course.v }}?q)",
    "whole address": "[가]({{ course.v }})",
    "address in a cell": "| 가 |\n|---|\n| [가](https://e.com/{{ course.v }}) |",
    "bare address": "<https://e.com/{{ course.v }}>",
    "title": '[가](https://e.com "앞 {{ course.v }}")',
    "title in a cell": '| 가 |\n|---|\n| [가](https://e.com "앞 {{ course.v }}") |',
    "picture": "![앞 {{ course.v }}](x.png)",
    "picture in a cell": "| 가 |\n|---|\n| ![앞 {{ course.v }}](x.png) |",
    "picture's code": "![앞 `{{ course.v }}`](x.png)",
    "fence": "```text\n{{ course.v }}\n```",
    "indented code": "    {{ course.v }}",
    "comment": "<!-- {{ course.v }} -->",
    "html": "<div>{{ course.v }}</div>",
    "html attribute": '<b title="{{ course.v }}">가</b>',
}
MILD = "값"
ATTRIBUTES = {
    "address": "href",
    "whole address": "href",
    "address in a cell": "href",
    "title": "title",
    "title in a cell": "title",
    "picture": "alt",
    "picture in a cell": "alt",
}
REFUSED_ALWAYS = ("comment", "html", "html attribute", "picture's code")


def rendered(place: str, value: str) -> str | None:
    """Return the deck, or None if the value is refused (with the right line)."""
    text = PLACES[place]
    line = FIRST + text[: text.index("{{")].count("\n")
    result = attempt(FRONT + text + "\n", course={"v": value})
    if isinstance(result, Rendered):
        return result.markdown
    assert [part.at.line for part in parts(result)] == [line], (place, value)
    assert result.hint
    return None


@pytest.fixture(scope="module")
def shown():
    """Return every value at every place, as Marp shows it; None where it was refused."""
    keys = [(place, value) for place in PLACES for value in [MILD, *LINES, *UNPRINTABLE]]
    decks = {key: rendered(*key) for key in keys}
    drawn = iter(pages([deck for deck in decks.values() if deck is not None]))
    return {key: next(drawn) if deck is not None else None for key, deck in decks.items()}


@pytest.mark.parametrize("place", [place for place in PLACES if place not in REFUSED_ALWAYS])
@pytest.mark.hostile(
    "60 values at one place of a slide",
    "the same elements and the text, in Marp",
    "an element, an attribute or a slide more",
)
def test_a_value_arrives_in_marp_as_text(shown, place):
    mild = shown[place, MILD]
    arrived = 0
    for value in LINES + UNPRINTABLE:
        page = shown[place, value]
        if page is None:
            continue
        arrived += 1
        assert page.slides == 1, value
        assert page.elements == mild.elements, value
        if place in ATTRIBUTES:
            ours = dict(page.attributes)[ATTRIBUTES[place]]
            expected = dict(mild.attributes)[ATTRIBUTES[place]]
            if ATTRIBUTES[place] != "href":
                assert ours == expected.replace(MILD, value), value
            else:
                meant = unquote(value) if place == "whole address" else value
                assert unquote(ours) == unquote(expected).replace(MILD, meant), value
            assert page.text == mild.text
        elif place == "bare address":
            assert unquote(page.text) == mild.text.replace(MILD, value), value
        else:
            assert page.text == mild.text.replace(MILD, value), value
    assert arrived >= 20


def test_few_values_are_refused(shown):
    """Keep the list of what cannot be printed short: an instructor must be able to print what a terminal shows."""
    refused = Counter(place for (place, value), page in shown.items() if page is None and value in LINES)
    limits = {"picture": 16, "picture in a cell": 16, "whole address": 7}
    for place in PLACES:
        if place not in REFUSED_ALWAYS:
            assert refused[place] <= limits.get(place, 4), (
                place,
                [value for (where, value), page in shown.items() if where == place and page is None],
            )


@pytest.mark.parametrize("place", REFUSED_ALWAYS)
@pytest.mark.hostile("a value in HTML", "an error with the line", "the value on the slide")
def test_no_value_is_let_into_html(shown, place):
    assert all(page is None for (where, _), page in shown.items() if where == place)


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", " JavaScript:x", "java\tscript:x", "data:text/html,x", "vbscript:x"]
)
@pytest.mark.hostile("an address that runs a script", "an error with the line", "a link to it")
def test_dangerous_addresses_are_refused(value):
    assert rendered("whole address", value) is None
    assert rendered("address", value) is not None


@pytest.mark.parametrize(
    ("key", "quotes"), [("author", '"'), ("title", "'"), ("author", ""), ("header", '"'), ("footer", "")]
)
@pytest.mark.hostile("values in the front matter", "the value in its key", "another key, an element more")
def test_front_matter_holds_the_value(key, quotes):
    source = f"---\nmarp: true\n{key}: {quotes}앞 {{{{ course.v }}}}{quotes}\n---\n\n# 제목\n"
    decks = []
    for value in LINES:
        markdown = play(source, course={"v": value}).markdown
        front = yaml.safe_load(markdown.split("---\n")[1])
        assert list(front) == ["marp", key, "lang"]
        if key in ("author", "title"):
            assert front[key] == f"앞 {value}"
        decks.append(markdown)
    if key in ("header", "footer"):
        for value, page in zip(LINES, pages(decks), strict=True):
            assert page.text.replace("\n", "") == "".join(
                ["앞 " + value, "제목"] if key == "header" else ["제목", "앞 " + value]
            )
            assert sorted(set(page.elements)) == sorted(
                ["div class", "foreignobject height;width", "h1 id", key, "section", "svg data-marpit-svg;viewbox"]
            )


@pytest.mark.parametrize("value", UNPRINTABLE)
@pytest.mark.hostile(
    "control characters in the front matter", "the value as it is, or an error with the line", "other YAML"
)
def test_front_matter_refuses_or_keeps_control_characters(value):
    source = "---\nmarp: true\nauthor: {{ course.v }}\n---\n\n# 제목\n"
    result = attempt(source, course={"v": value})
    if isinstance(result, Rendered):
        assert yaml.safe_load(result.markdown.split("---\n")[1])["author"] == value
    else:
        assert result.at.line == 3


SCREENS = [[line] for line in LINES] + [LINES, ["", "", ""], ["\t", " ", "x"], ["a"] * 2000]
FENCES = {
    "top": "{}",
    "quote": "> {}",
    "list": "- 가\n  {}",
    "list marker": "1. {}",
    "deep": "> - 가\n>\n>   > {}",
}


def fenced(place: str) -> str:
    first, _, marker = FENCES[place].rpartition("\n")
    prefix = marker.replace("{}", "").replace("1.", "  ")
    opening = f"{first}\n" if first else ""
    return f"{FRONT}앞\n\n{opening}{marker.format('```bash run id=a')}\n{prefix}ls\n{prefix}```\n\n뒤\n"


@pytest.mark.parametrize("place", FENCES)
@pytest.mark.hostile("a screen in a fence", "the same lines, in Marp", "an element or a slide more")
def test_a_screen_arrives_in_marp_as_text(place):
    source = fenced(place)
    results = [play(source, prints(*screen)) for screen in SCREENS]
    drawn = pages([play(source, prints("값")).markdown, *(result.markdown for result in results)])
    mild = drawn[0]
    for screen, result, page in zip(SCREENS, results, drawn[1:], strict=True):
        assert len(result.slides) == page.slides == 1, screen
        assert [e for e in page.elements if "span" not in e] == [e for e in mild.elements if "span" not in e], screen
        assert page.text == mild.text.replace("$ ls\n값\n", "".join(f"{line}\n" for line in ["$ ls", *screen])), screen


@pytest.mark.parametrize("line", ["a\rb", "a\x00b"])
@pytest.mark.hostile("a screen that no fence can hold", "an error at its step", "half of it")
def test_a_screen_that_no_fence_can_hold_is_refused_at_its_step(line):
    with pytest.raises(TemplateError) as caught:
        play(fenced("top"), prints("x", line))
    assert caught.value.at.line == FIRST + 2


def test_a_screen_is_never_read_by_jinja_or_as_a_value():
    lines = ["{{ 7*7 }}", "{% claim false %}", "\U0010ff00\U0010fe00\U0010ff01", "{# x"]
    result = play(
        FRONT + "```bash run id=a\nls\n```\n\n`{{ steps.a.lines[0] }}` {{ steps.a.lines[3] }}\n", prints(*lines)
    )
    assert "".join(f"{line}\n" for line in lines) in result.markdown
    assert body(result).endswith("`{{ 7*7 }}` {\\# x\n")


def test_one_deck_with_everything():
    front = '---\nmarp: true\nheader: "{{ course.v }}"\n---\n\n'
    slides = "\n\n---\n\n".join(text for place, text in PLACES.items() if place not in REFUSED_ALWAYS)
    run = "```bash run id=a\nls\n```\n\n> ```bash run\n> pwd\n> ```\n"
    mild_deck = play(front + run + "\n---\n\n" + slides, prints("값"), course={"v": MILD})
    hostile = [value for value in LINES if rendered("picture", value) and rendered("whole address", value)]
    results = []
    for value in hostile:
        result = attempt(front + run + "\n---\n\n" + slides, prints(*LINES), course={"v": value})
        results += [result] if isinstance(result, Rendered) else []
    assert len(results) > 10
    mild, *drawn = pages([mild_deck.markdown, *(result.markdown for result in results)])
    for result, page in zip(results, drawn, strict=True):
        assert len(result.slides) == page.slides == mild.slides == len(PLACES) - len(REFUSED_ALWAYS) + 1
        assert Counter(e for e in page.elements if "span" not in e) == Counter(
            e for e in mild.elements if "span" not in e
        )
