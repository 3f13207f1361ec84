"""Every error of the template language: where it points, what it says, and that nothing has run by then."""

from __future__ import annotations

import pytest
from livedeck.errors import Problems, TemplateError
from livedeck.template import read

from tests.template.stage import FIRST, FRONT, PATH, complaints, fence, parts, play, prints, refused

RUN = "```bash run\nls\n```\n"


OPTIONS = [
    ("tiemout=9", "unknown option tiemout", "did you mean timeout?"),
    ("lines=0", "option lines: bad value", "8+3, 8 or +3"),
    ("lines=a", "option lines: bad value", "8+3, 8 or +3"),
    ("lines=8-3", "option lines: bad value", "8+3, 8 or +3"),
    ("retry=0", "option retry: bad value", "more than 0"),
    ("mark=added:", "option mark: bad value", "added:ID"),
    ("mark=red", "option mark: bad value", "between slashes"),
    ("mark=/(/", "option mark: bad value", "regular expression"),
    ('input=""', "option input: bad value", "typed while the command runs"),
    ('prompt=""', "option prompt: bad value", "the prompt of the program"),
    ('prompt="  "', "option prompt: bad value", "the prompt of the program"),
    ("prompt=/(/", "option prompt: bad value", "unterminated subpattern"),
    ("prompt=/.*/", "option prompt: bad value", "the prompt of the program"),
    ("fail=ERROR", "option fail: bad value", "between slashes"),
    ("fail=/(/", "option fail: bad value", "unterminated subpattern"),
    ("fail=/x*/", "option fail: bad value", "between slashes"),
    ("rows=4", "option rows: bad value", "5 to 1000"),
    ("rows=1001", "option rows: bad value", "5 to 1000"),
    ("rows=x", "option rows: bad value", "5 to 1000"),
    ("shell=bash", "option shell: bad value", "no value"),
    ('shell prompt="> "', "shell and prompt do not go together", "needs no prompt"),
    ("shell exit=1", "shell and exit do not go together", "exit code"),
    ("shell exit=any", "shell and exit do not go together", "exit code"),
    ("shell retry=5", "shell and retry do not go together", "exit code"),
    ("shell fail=/x/", "shell and fail do not go together", "exit codes"),
    ('prompt="> " exit=0', "prompt and exit do not go together", "exit code"),
    ('prompt="> " retry=5', "prompt and retry do not go together", "exit code"),
    ("fail=/x/ retry=5", "fail and retry do not go together", "programs"),
    ("retry=5 exit=any", "retry and exit=any do not go together", "name the one to wait for"),
    ('copy=last copy="docker ps"', "sets copy a second time", "leave one of them out"),
    ("hide copy=last", "copy and show=none do not go together", "does not show"),
    ('show=none copy="docker ps"', "copy and show=none do not go together", "does not show"),
    ("hide lines=3", "lines and show=none do not go together", "does not show"),
    ("hide mark=/x/", "mark and show=none do not go together", "does not show"),
    ("hide split", "split and show=none do not go together", "does not show"),
    ("show=command lines=3", "lines and show=command do not go together", "does not show"),
    ("show=command mark=/x/", "mark and show=command do not go together", "does not show"),
    ("file=x", "unknown option file", "did you mean"),
    ("foo", "unknown option foo", "options are"),
    ("Hide", "unknown option Hide", "did you mean hide?"),
    ("id=9lives", "option id: bad value in 'id=9lives'", "begins with a letter"),
    ("id=Pull", "option id: bad value", "a-z"),
    ("id=한글", "option id: bad value", "a-z"),
    ("id=", "option id: bad value", "a-z"),
    ("id", "option id: bad value", "a-z"),
    ("exit=256", "option exit: bad value", "0 to 255"),
    ("exit=-1", "option exit: bad value", "0 to 255"),
    ("exit=0,", "option exit: bad value", "or any"),
    ("exit=some", "option exit: bad value", "or any"),
    ("timeout=0", "option timeout: bad value", "more than 0"),
    ("timeout=9000", "option timeout: bad value", "at most 7200"),
    ("timeout=1m", "option timeout: bad value", "seconds"),
    ("timeout=nan", "option timeout: bad value", "seconds"),
    ("show=all", "option show: bad value", "both or command or output or none"),
    ("copy=0", "option copy: bad value", "the number of a command"),
    ("copy=first", "option copy: bad value", "a text in quotes"),
    ('copy=""', "option copy: bad value", "a text in quotes"),
    ('copy="unclosed', "cannot read the options from", 'name="a text"'),
    ('copy="a"b', "cannot read the options from", 'name="a text"'),
    ("hide=yes", "option hide: bad value", "no value"),
    ("expand=1", "option expand: bad value", "no value"),
    ("hide show=both", "sets show a second time", "leave one of them out"),
    ("input='^D", "cannot read the options from", 'name="a text"'),
    ("input='a\"b'c", "cannot read the options from", 'name="a text"'),
    ("id=a id=b", "sets id a second time", "leave one of them out"),
]


@pytest.mark.parametrize(("options", "message", "hint"), OPTIONS)
def test_an_option(options, message, hint):
    ((line, said, advice),) = refused("# 제목\n\n" + fence(options))
    assert line == 3
    assert message in said
    assert hint in advice


OPENING = [
    ("shell", "# the container\nsu -", "shell is for the first command, and that is a comment"),
    ('prompt="> "', "# the database\npsql", "prompt is for the first command, and that is a comment"),
    ('prompt="> " input="secret"', "mysql -p\nSHOW TABLES;", "prompt and input with 2 commands"),
    ('shell input="secret"', "su -\nwhoami", "shell and input with 2 commands"),
    ('prompt="> " copy=4', "psql\n\nx", "copy=4 where there are 3 commands"),
    ("shell copy=3", "su -\nfor i in 1 2; do\n echo $i\ndone", "copy=3 where there are 2 commands"),
    ("shell", "su -\n$ whoami", "a command begins with a prompt"),
]


@pytest.mark.parametrize(("options", "commands", "message"), OPENING)
def test_a_fence_that_opens_something(options, commands, message):
    ((line, said, advice),) = refused(fence(options, commands))
    assert line == 1
    assert message in said
    assert advice


def test_commands_are_counted_after_a_shell_was_opened_and_not_after_a_program():
    following = fence("exit=1,0", "one\ntwo\nthree")
    assert refused(fence("shell", "su -") + "\n" + following)[0][1] == "exit names 2 exit codes for 3 commands"
    template = FRONT + fence('prompt="> "', "psql") + "\n" + following
    assert len(read(template, PATH).steps) == 2


def test_all_bad_options_of_a_fence_are_reported():
    found = refused(fence("id=A timout=3 exit=x"))
    assert [line for line, _, _ in found] == [1, 1, 1]
    assert len({message for _, message, _ in found}) == 3


FENCES = [
    (fence("exit=0,1"), 1, "exit names 2 exit codes for 1 commands", "one for each command"),
    (fence("exit=0", "ls\n\npwd"), 1, "exit names 1 exit codes for 2 commands", "one for each command"),
    (fence("copy=2"), 1, "copy=2 where there are 1 commands", "count from 1"),
    (fence("", ""), 1, "holds no command", "delete the fence"),
    ("```bash run\n```\n", 1, "holds no command", "delete the fence"),
    (f"{fence('id=a')}\n{fence('id=a')}", 5, "the id a is taken by line 5", "choose another"),
    ("```python run\nls\n```\n", 1, "python run: commands are typed into bash", "```bash run"),
    ("```bash run\nls\n\n텍스트\n", 1, "never closed", "close it with ```"),
    ("# a\n\n~~~~bash run\nls\n~~~\n", 3, "never closed", "close it with ~~~~"),
    ("> ```bash run\n> ls\n\n텍스트\n", 1, "never closed", "after the same quote marks"),
    ("- ```bash run\n  ls\n\n텍스트\n", 1, "never closed", "indent"),
    ("> ```bash run\n> ls\n```\n", 1, "never closed", "after the same quote marks"),
    (f"```bash run\nls\n\n{RUN}", 1, "never closed: line 8 begins with ```", "holds only ```"),
    (f"```bash run\nls\n```여기\n\n{RUN}", 1, "never closed: line 7 begins with ```", "holds only ```"),
    (f"{{% if true %}}\n```bash run\nls\n```{{% endif %}}\n\n{RUN}", 2, "line 8 begins with ```", "holds only ```"),
    ("- a\n\n      ```bash run\n      ls\n      ```\n", 3, "it is a code block", "three spaces"),
    ("    ```bash run\n    ls\n    ```\n", 1, "it is a code block", "three spaces"),
    ("문단\n    ```bash run\n    ls\n", 2, "continues the paragraph", "blank line above"),
    (f"<div>\n{RUN}</div>\n", 2, "inside HTML", "blank line above"),
    ('```bash run copy="`x`"\nls\n```\n', 1, "its options hold a backtick", "~~~"),
    ("{% if true %}```bash run\nls\n```\n{% endif %}\n", 1, "a Jinja tag is before it", "line of its own"),
    ("> {{ lang }} ```bash run\n> ls\n> ```\n", 1, "a Jinja tag is before it", "line of its own"),
    ("```run\nls\n```\n", 1, "would only be shown: ```run", "```bash run"),
    ("```bash id=x run\nls\n```\n", 1, "would only be shown", "```bash run"),
    ("```bash RUN\nls\n```\n", 1, "would only be shown", "```bash run"),
    ("```bash timeout=20\nls\n```\n", 1, "would only be shown", "```bash run"),
    ("```bash hide\nls\n```\n", 1, "would only be shown", "```bash run"),
    ("```bash {run}\nls\n```\n", 1, "would only be shown", "```bash run"),
    ("```bash run,id=a\nls\n```\n", 1, "would only be shown", "```bash run"),
    ("```bash run\nls\n$ docker ps\n```\n", 1, "begins with a prompt", "leave the prompt out"),
    ("```terminal 1:2\n$ ls\n```\n", 1, "are those of steps", "```bash run"),
    (f"{{% macro m() %}}\n{RUN}{{% endmacro %}}\n", 2, "inside a macro", "where it is in the deck"),
    (f"{{% set x %}}\n{RUN}{{% endset %}}\n", 2, "inside a set block", "where it is in the deck"),
    (f"{{% filter upper %}}\n{RUN}{{% endfilter %}}\n", 1, "{% filter %} is not part", "{{ ... | upper }}"),
    (fence("expand", "{%- if true %}\nls\n{% endif %}"), 2, "whitespace control", "leave it out"),
    (fence("expand", "ls\n{{ nowhere }}"), 3, "nowhere has no value here", "course, deck, figure, host, lang, steps"),
    (fence("expand", "ls\necho {{.Names}}"), 3, "Jinja: unexpected '.'", "{% raw %}"),
    (fence("expand", "ls\n{% claim true %}\nls\n{% endclaim %}"), 3, "a claim cannot be among commands", "outside"),
]


@pytest.mark.parametrize(("text", "line", "message", "hint"), FENCES)
def test_a_fence(text, line, message, hint):
    found = refused(text)
    assert [number for number, _, _ in found] == [line], found
    assert message in found[0][1]
    assert hint in found[0][2]


JINJA = [
    ("{%- if true %}a{% endif %}", 1, "whitespace control ({%-)", "disappears by itself"),
    ("a\n{{ lang -}}\n", 2, "whitespace control (-}})", "leave it out"),
    ("{#- a #}", 1, "whitespace control ({#-)", "leave it out"),
    ("{% if true +%}a{% endif %}", 1, "whitespace control", "leave it out"),
    ("a\n{{ lang\n\nb", 2, "{{ is never closed", "add }}"),
    ("a\n{% if true\n\nb", 2, "{% is never closed", "add %}"),
    ("a\n{# b\n\nc", 2, "{# is never closed", "add #}"),
    ("a\n{% raw %}\n\nc", 2, "{% raw %} is never closed", "{% endraw %}"),
    ("a\n\n{% if true %}\nb\n\nc\n\n", 3, "{% if %} is never closed", "{% endif %}"),
    ("{% if true %}\n{% for a in [1] %}\n{% endif %}\n", 3, "endif", "'endfor'"),
    ("a\n{% endif %}", 2, "{% endif %} closes nothing here", ""),
    ("a\n{% elsif true %}", 2, "unknown tag elsif", "did you mean elif?"),
    ("a\n{% livedeck_step 0 %}", 2, "livedeck_", "choose another name"),
    ("{{ lang | livedeck_inner }}", 1, "livedeck_", "choose another name"),
    ("a\n{{ lang | uper }}", 2, "there is no filter uper", "did you mean upper?"),
    ("a\n{% if lang is defind %}b{% endif %}", 2, "there is no test defind", "did you mean defined?"),
    ("a\n{{ 1 + }}", 2, "Jinja: unexpected 'end of print statement'", "finish the expression"),
    ("{% claim %}a{% endclaim %}", 1, "Jinja: Expected an expression", "finish the expression"),
    ("{% if lang = 'ko' %}a{% endif %}", 1, "got '='", "compare with =="),
    ("`docker ps --format '{{.Names}}'`", 1, "Jinja: unexpected '.'", "in fences and code too"),
    ("```text\n{{.Names}}\n```", 2, "Jinja: unexpected '.'", "in fences and code too"),
    ("a\n{% include 'x' %}", 2, "{% include %} is not part of the template language", "write it out here"),
    ("{% import 'x' as y %}", 1, "{% import %} is not part", "write it out here"),
    ("{% from 'x' import y %}", 1, "{% import %} is not part", "write it out here"),
    ("{% extends 'x' %}", 1, "{% extends %} is not part", "write it out here"),
    ("{% block a %}{% endblock %}", 1, "{% block %} is not part", "write it out here"),
    (
        "{% macro m() %}{{ caller() }}{% endmacro %}\n{% call m() %}b{% endcall %}",
        2,
        "{% call %} is not part",
        "write it",
    ),
    ("a\n{% filter upper %}{{ lang }}{% endfilter %}\n", 2, "{% filter %} is not part", "{{ ... | upper }}"),
    ("{% claim true %}a\n{% else %}b{% endclaim %}", 2, "a claim has no else", "{% elif %}"),
    ("{% claim true %}a\n\nb", 1, "{% claim %} is never closed", "{% endclaim %}"),
    ("a\n{{ corse.title }}", 2, "corse has no value here", "did you mean course?"),
    ("a\n{{ xyzzy }}", 2, "xyzzy has no value here", "course, deck, figure, host, lang, steps"),
    ("{% for a in [1] %}{% endfor %}\n{{ loop.index }}", 2, "loop has no value here", ""),
    ("a\n{{ host.storage_drivers }}", 2, "host has no storage_drivers", "did you mean storage_driver?"),
    ("a\n{{ steps.pull.text }}", 2, "there is no step with the id pull", "give a run fence above that id"),
    (f"{fence('id=pull')}{{{{ steps.pul.text }}}}", 4, "no step with the id pul", "did you mean steps.pull?"),
    (f"{fence('id=pull')}{{{{ steps['pul'].text }}}}", 4, "no step with the id pul", "did you mean steps.pull?"),
    (f"{{{{ steps.a.text }}}}\n\n{fence('id=a')}", 1, "the step a has not run yet here", "it runs at line 7"),
    (f"{{% for x in [1] %}}{{{{ steps.a.exit }}}}{{% endfor %}}\n\n{fence('id=a')}", 1, "has not run yet", "at line 7"),
    ("a\U0010fe01b", 1, "an invisible character", "type the line again"),
    ("a\n\nb\U0010ff00", 3, "an invisible character", "type the line again"),
]


@pytest.mark.parametrize(("text", "line", "message", "hint"), JINJA)
def test_jinja(text, line, message, hint):
    found = refused(text)
    assert [number for number, _, _ in found] == [line], found
    assert message in found[0][1]
    assert hint in found[0][2]


FRONTS = [
    ("# 제목\n", 1, "a deck begins with its front matter", "write ---"),
    ("\n---\nmarp: true\n---\n", 1, "a deck begins with its front matter", "write ---"),
    ("---\nmarp: true\n\n# 제목\n", 1, "a deck begins with its front matter", "then --- again"),
    ("---\nmarp: true\nheader: a: b\n---\n", 3, "the front matter is not YAML", "quotes"),
    ('---\nmarp: true\nheader: "a\n---\n', 3, "the front matter is not YAML", "quotes"),
    ("---\n- a\n---\n", 1, "not a list of `key: value` lines", "`key: value`"),
    ("---\nmarp: true\n```bash run\n---\n", 3, "it is in the front matter", "below the second ---"),
]


@pytest.mark.parametrize(("text", "line", "message", "hint"), FRONTS)
def test_front_matter(text, line, message, hint):
    runner = prints("out")
    found = complaints(f"{text}\n{RUN}", runner)
    assert runner.typed == []
    assert found[0][0] == line
    assert message in found[0][1]
    assert hint in found[0][2]


MANY = """\
---
marp: true
header: a: b
---
{{ xyzzy }} {{ steps.nothing.text }}
```bash run tiemout=3
ls
```
```bash run id=one exit=0,1
ls
```
{% include 'x' %}
{% if lang == 'ko' %}
```bash run id=one
ls
```
{% endif %}
"""


def test_all_errors_of_a_template_are_reported_at_once_in_order_and_before_anything_runs():
    runner = prints("out")
    with pytest.raises(Problems) as caught:
        play(MANY, runner)
    assert runner.typed == []
    assert {part.at.path for part in caught.value.errors} == {PATH}
    assert [part.at.line for part in caught.value.errors] == [3, 5, 5, 6, 9, 12, 14, 14]


def test_a_wrong_fence_does_not_hide_errors_elsewhere():
    text = f"{fence('id=a tiemout=3')}\n```bash run\nls\n\n{fence('id=b')}\n    ```bash run\n\n{{% include 'x' %}}\n"
    assert [line for line, _, _ in refused(text)] == [1, 5, 12, 14]


def test_a_wrong_fence_does_not_cause_errors_elsewhere():
    text = f"    {fence('id=a')}\n{{{{ steps.a.text }}}}\n\n{fence('id=b')}"
    assert [line for line, _, _ in refused(text)] == [1]


def test_lines_are_right_after_tags_of_several_lines_and_dropped_lines():
    text = "{% if true\n  and true %}\n{# a\nb #}\n{% endif %}\n{{ lang }} {# c\nd #} {{ xyzzy }}\n"
    assert [line for line, _, _ in refused(text)] == [7]


def test_reading_alone_finds_them():
    with pytest.raises(TemplateError) as caught:
        read(FRONT + fence("tiemout=3"), PATH)
    assert parts(caught.value)[0].at.line == FIRST
