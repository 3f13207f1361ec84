"""What a rendering says about its slides, and where each of its lines came from."""

from livedeck.model import Key

from tests.template.stage import FIRST, FRONT, play, prints

LOOP = """\
# Loop

{% set note %}
one
two
{% endset %}
{% for n in (1, 2) %}

---

## Round {{ n }} of `two`

```bash run
ls
pwd
```

{% if n == 2 %}
The *last*.
{% endif %}
{% endfor %}

---

> ```bash run hide
> true
> ```
> {{ note }}

{% macro said(x) %}
macro {{ x }}.
{% endmacro %}
So: {{ said("a") }}
after
"""


def traced(rendered, source):
    """Each line of the Markdown with the line of the template that it came from."""
    lines = source.split("\n")
    return [
        (line, lines[origin - 1]) for line, origin in zip(rendered.markdown.split("\n"), rendered.origins, strict=True)
    ]


def test_slides_of_a_loop():
    first, one, two, last = play(FRONT + LOOP.replace("{{ note }}", "done"), prints("a", "b")).slides
    assert (first.number, first.heading, first.line, first.origin, first.keys) == (1, "Loop", FIRST + 1, FIRST, ())
    assert (one.heading, two.heading) == ("Round 1 of two", "Round 2 of two")
    assert one.origin == two.origin == FIRST + 10
    assert one.line < two.line
    assert one.keys == (Key(0, 0, 0), Key(0, 0, 1))
    assert two.keys == (Key(0, 1, 0), Key(0, 1, 1))
    assert (last.number, last.heading, last.keys) == (4, "Round 2 of two", (Key(1, 0, 0),))


def test_lines_lead_back_to_the_template():
    source = FRONT + LOOP.replace("{{ note }}", "done")
    found = traced(play(source, prints("a", "b")), source)
    assert ("# Loop", "# Loop") in found
    assert ("## Round 2 of `two`", "## Round {{ n }} of `two`") in found
    assert ("a", "```bash run") in found
    assert ("> **명령어** :", "```bash run") in found
    assert ("The *last*.", "The *last*.") in found
    assert ("> done", "> done") in found
    assert ("So: macro a.", 'So: {{ said("a") }}') in found
    assert ("after", "after") in found
    assert found[0] == ("---", "---")
    assert ("marp: true", "marp: true") in found


def test_front_matter_keeps_its_lines():
    source = '---\nmarp: true\nlang: xx\ntitle: "{{ lang }}"\n---\n\ntext\n'
    found = traced(play(source, lang="en"), source)
    assert found[:3] == [("---", "---"), ("marp: true", "marp: true"), ('title: "en"', 'title: "{{ lang }}"')]
    assert found[3:] == [("lang: en", "---"), ("---", "---"), ("", ""), ("text", "text"), ("", "")]


def test_a_plain_deck_is_itself_line_for_line():
    source = FRONT + "# A\n\ntext\n\n---\n\n- b\n- {{ lang }}\n"
    found = traced(play(source), source)
    assert [line for line, _ in found if line not in ("lang: ko", "- ko")] == [
        origin for line, origin in found if line not in ("lang: ko", "- ko")
    ]


def test_a_deck_without_headings_and_an_empty_slide():
    slides = play(FRONT + "text\n\n---\n\n---\n\n# `a`*b* ![c](d.png)\n").slides
    assert [slide.heading for slide in slides] == ["", "", "ab c"]
    assert [slide.origin for slide in slides] == [FIRST, FIRST + 4, FIRST + 6]
