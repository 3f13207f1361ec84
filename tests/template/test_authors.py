"""What else instructors write: each of these once looked odd, and has one right answer."""

from __future__ import annotations

import subprocess

import pytest
from livedeck.errors import TemplateError
from livedeck.template import read

from tests.template.stage import FIRST, FRONT, PATH, Answer, Bash, Table, body, complaints, play, prints, show

DECK = "```bash run id=a\nls\n```\n\n"


def shown(text: str, *lines: str, course: object = None) -> str:
    """Return what is below a first step that printed `lines`."""
    return body(play(FRONT + DECK + text, prints(*lines), course=course)).split("`ls`\n\n", 1)[1]


PROSE = [
    ("**{{ steps.a.lines[0] }}**를 봅니다.\n", "**nginx(1.29)**를 봅니다.\n"),
    ("값은**{{ steps.a.lines[0] }}**입니다.\n", "값은**nginx(1.29)**입니다.\n"),
    ("{{ steps.a.lines|length }}개, {{steps.a.exit}}\n", "2개, 0\n"),
    ("{% set n = steps.a.lines | length %}{{ n }}개\n", "2개\n"),
    ("{{ '예' if steps.a.exit == 0 else '아니요' }}\n", "예\n"),
    ("{{ steps.a.lines | join(', ') }}\n", "nginx(1.29), b\n"),
    ("순서: {% for l in steps.a.lines %}{{ loop.index }}) {{ l }} {% endfor %}\n", "순서: 1) nginx(1.29) 2) b \n"),
    ("{% for l in steps.a.lines %}\n1. {{ l }}\n{% endfor %}\n", "1. nginx(1.29)\n1. b\n"),
    (
        "{% for l in steps.a.lines %}\n### {{ loop.index }}. {{ l }}\n\n{% endfor %}\n",
        "### 1. nginx(1.29)\n\n### 2. b\n\n",
    ),
    ("{# 한 줄 #}\n가 {# 사이 #}나\n", "가 나\n"),
    ("{% if steps.a.exit == 0\n   and not (steps.a.lines | length > 5)\n%}\n가\n{% endif %}\n", "가\n"),
    ("{% raw %}`docker ps --format '{{.Names}}'`{% endraw %}\n", "`docker ps --format '{{.Names}}'`\n"),
    ("`{{ '{{.Names}}' }}`\n", "`{{.Names}}`\n"),
    ("가  \n나\\\n다\n", "가  \n나\\\n다\n"),
    ("\t코드\n", "\t코드\n"),
    ("[^1]: 각주\n\n* * *\n", "[^1]: 각주\n\n* * *\n"),
    ("{{ -1 }} {{ 3.14 }} {{ 10 // 3 }} {{ 1000000 }}\n", "-1 3.14 3 1000000\n"),
    ("{% macro m(x) %}\n값 {{ x }}\n{% endmacro %}\n{{ m(1) }}, {{ m(2) }}\n", "값 1, 값 2\n"),
    ("{% set x %}\n값 `{{ lang }}`\n{% endset %}\n{{ x }}\n", "값 \\`ko\\`\n"),
    ("```sh run.sh\n#!/bin/sh\n```\n", "```sh run.sh\n#!/bin/sh\n```\n"),
    ("{{ host.layer_dir }}\n", "/var/lib/docker/overlay2\n"),
    ("<br>가<b>{{ steps.a.lines[1] }}</b>\n", "<br>가<b>b</b>\n"),
    ("<!-- _class: lead -->\n# 가\n", "<!-- _class: lead -->\n# 가\n"),
]


@pytest.mark.parametrize(("text", "expected"), PROSE)
def test_prose(text, expected):
    assert shown(text, "nginx(1.29)", "b") == expected


@pytest.mark.parametrize(
    "text", ["그냥 글\n", "# a\n\n- b\n\n| c |\n|---|\n\n> d\n\n<div>\n\ne\n\n</div>\n", "가\n\n\n\n나", "\n\n"]
)
def test_markdown_without_jinja_is_left_alone_to_the_byte(text):
    rendered = play(FRONT + text)
    assert rendered.markdown == FRONT.replace("---\n\n", "lang: ko\n---\n\n") + text


def test_lang_is_set_and_a_line_of_its_own_is_replaced():
    rendered = play("---\nmarp: true\nlang: xx\ntitle: 가\n---\n# 제목\n", lang="en")
    assert rendered.markdown == "---\nmarp: true\ntitle: 가\nlang: en\n---\n# 제목\n"


def test_rulers_in_quotes_and_fences_make_no_slide():
    text = "가\n\n---\n\n> 나\n>\n> ---\n>\n> 다\n\n```text\n---\n```\n\n***\n\n라\n\n- 마\n\n  ---\n"
    assert len(play(FRONT + text).slides) == 3


def test_a_quoted_step_with_a_quoted_answer_below():
    text = "> ```bash run\n> ls\n> ```\n> 답: {{ lang }}\n"
    assert (
        body(play(FRONT + text))
        == "> ```terminal 1:2 copy:1 s20\n> $ ls\n> ok\n> ```\n> > **명령어** : `ls`\n>\n> 답: ko\n"
    )


def test_a_step_between_the_items_of_a_list():
    text = "1. 하나\n\n   ```bash run\n   ls\n   ```\n\n2. 둘\n"
    expected = "1. 하나\n\n   ```terminal 1:2 copy:1 s20\n   $ ls\n   ok\n   ```\n   > **명령어** : `ls`\n\n2. 둘\n"
    assert body(play(FRONT + text)) == expected


def test_steps_with_tabs():
    text = "-\t```bash run\n\tcat <<EOF\n\t\tx\n\tEOF\n\t```\n"
    runner = prints("\tx")
    result = play(FRONT + text, runner)
    assert runner.commands == ["cat <<EOF\n\tx\nEOF"]
    assert (
        "-\t```terminal 1:2 2:2 3:2 copy:1-3 s20\n \t$ cat <<EOF\n \t> \tx\n \t> EOF\n \t\tx\n \t```\n"
        in result.markdown
    )


def test_a_loop_runs_a_step_each_time_in_order():
    text = "{% for n in ['x', 'y'] %}\n```bash run id=a expand\necho {{ n }}\n```\n{{ steps.a.text }}\n{% endfor %}\n"
    runner = Table(lambda command: Answer((command.upper(),)))
    result = body(play(FRONT + text, runner))
    assert [(key.fence, key.execution, key.command) for key, _ in runner.typed] == [(0, 0, 0), (0, 1, 0)]
    assert result.index("ECHO X") < result.index("echo y")
    assert result.count("ECHO X") == result.count("ECHO Y") == 2


def test_a_step_inside_a_loop_may_be_asked_above_it_from_the_second_round_on():
    text = (
        "{% for n in [1, 2] %}\n{% if n == 2 %}{{ steps.a.exit }}번{% endif %}\n"
        "```bash run id=a\nls\n```\n{% endfor %}\n"
    )
    assert body(play(FRONT + text)).count("0번") == 1


def test_a_macro_above_may_ask_a_step_below():
    text = f"{{% macro m() %}}{{{{ steps.a.lines[0] }}}}개{{% endmacro %}}\n\n{DECK}{{{{ m() }}}}\n"
    assert body(play(FRONT + text, prints("*3*"))).endswith("\n\n\\*3\\*개\n")


def test_a_variable_with_values_is_a_text_like_any_other():
    named = "{% set t %}{{ steps.a.lines[0] }}!{% endset %}\n"
    asked = "{% if t == 'x*!' and t | length == 3 %}\n{{ t }} `{{ t }}`\n{% endif %}\n"
    assert shown(named + asked, "x*") == "\nx\\*! `x*!`\n"


def test_a_variable_set_in_one_branch_only_is_not_an_error_where_it_is_set():
    assert (
        shown("{% if true %}{% set x = 1 %}{% endif %}{{ x }} {{ y | default('없음') }} {{ z is defined }}\n")
        == "1 없음 False\n"
    )


def test_jinja_has_its_own_functions():
    assert (
        shown("{{ range(3) | list | length }}{% set ns = namespace(n=2) %}{{ ns.n }} {{ dict(a=1).a }}\n") == "32 1\n"
    )


def test_an_expanded_value_of_several_lines_is_one_word():
    runner = prints("x")
    play(FRONT + "```bash run expand\necho {{ course.v }}\nls\n```\n", runner, course={"v": "a\n$(b)"})
    assert runner.commands == ["echo 'a\n$(b)'", "ls"]


@pytest.mark.parametrize(
    "value", ["; rm -rf /", "$(x)", "`x`", "a b", "'", '"', "|", "&", "-n", "", "*", "~", "\\", "\n", "#", "!"]
)
def test_an_expanded_value_is_one_word_to_the_shell(value, tmp_path):
    runner = prints("x")
    play(FRONT + "```bash run expand\nprintf '[%s]' {{ course.v }}\n```\n", runner, course={"v": value})
    done = subprocess.run(
        ["bash", "-c", "\n".join(runner.commands)], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout == f"[{value}]"


def test_hints_say_what_to_do_about_numbered_lists_and_empty_values():
    ((line, message, hint),) = complaints(FRONT + "{% for i in [1] %}\n{{ loop.index }}. 가\n{% endfor %}\n")
    assert line == FIRST + 1
    assert "`1.`" in hint
    ((line, message, hint),) = complaints(FRONT + "가\n\n## {{ course.v }}\n", course={"v": ""})
    assert (line, message) == (FIRST + 2, "the value is empty, and nothing else is here")
    assert "{% if %}" in hint


def test_a_failed_claim_does_not_hide_the_others():
    text = "{% claim 1 == 2 %}가{% endclaim %}\n\n{% claim 'x' in steps.a.text %}나{% endclaim %}\n"
    found = complaints(FRONT + DECK + text, prints("ok"))
    assert [line for line, _, _ in found] == [FIRST + 4, FIRST + 6]


def test_the_branches_shown_are_recorded_in_order():
    loop = "{% for i in [1, 2] %}{% claim i == 1 %}a{% elif i == 2 %}b{% endclaim %}{% endfor %}"
    claims = play(FRONT + loop + "{% claim true %}c{% endclaim %}\n").claims
    assert [(claim.claim, claim.execution, claim.branch) for claim in claims] == [(0, 0, 0), (0, 1, 1), (1, 0, 0)]


def test_a_template_is_read_once_and_rendered_often():
    template = read(FRONT + "{{ course.v }} `{{ course.v }}`\n", PATH)
    for value in ("a*", "b"):
        assert f"`{value}`" in show(template, course={"v": value}).markdown


def test_a_runner_that_breaks_is_not_blamed_on_the_template():
    class Broken(Bash):
        def run(self, key, command, step):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(FRONT + DECK, Broken())


@pytest.mark.hostile("a step template that changes a block", "an error at the step", "a slide with other words")
@pytest.mark.parametrize(
    "look",
    [
        "{{ label }}",
        "{{ terminal | replace('ok', 'no') }}",
        "{{ terminal | upper }}",
        "{{ terminal }}{{ terminal }}",
        "> {{ terminal }}",
        "<!--\n{{ terminal }}\n-->",
        "````text\n{{ terminal }}\n````",
    ],
)
def test_a_step_template_that_does_not_print_the_terminal_is_refused_at_the_step(look):
    with pytest.raises(TemplateError) as caught:
        play(FRONT + "가\n\n" + DECK, look=look)
    assert caught.value.at.line == FIRST + 2
