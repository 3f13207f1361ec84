"""Mistakes that would otherwise be reported after minutes of commands are reported before the first one."""

from __future__ import annotations

import pytest

from tests.template.stage import FRONT, complaints, fence, refused

A = fence("id=a")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("{{ steps.a.txt }}", 4, "steps.a has no txt", "did you mean text?"),
        ('{{ steps["a"].lnes | length }}', 4, "steps.a has no lnes", "did you mean lines?"),
        ("{% claim steps.a.exit_code == 0 %}가{% endclaim %}", 4, "steps.a has no exit_code", "did you mean exit?"),
        ("{{ deck.slgu }}", 4, "deck has no slgu", "did you mean slug?"),
        (
            "`docker inspect --format {{json .Config}}`",
            4,
            "json has no value here",
            "between {% raw %} and {% endraw %}",
        ),
        ("{% set count = 1 %}{{ cuont }}", 4, "cuont has no value here", "did you mean count?"),
        ("{% endclaim %}", 4, "{% endclaim %} closes nothing here", "write the {% claim ... %}"),
        (fence("mark=added:c"), 4, "mark=added:c: there is no step with the id c", "give a run fence above that id"),
        (fence("mark=added:aa"), 4, "mark=added:aa: there is no step with the id aa", "did you mean mark=added:a?"),
        (fence("id=b mark=added:b"), 4, "mark=added:b: this compares the step with itself", "name a step above"),
        (
            fence("mark=added:b") + fence("id=b"),
            4,
            "mark=added:b: the step b has not run yet here",
            "name a step above",
        ),
        ("<!-- a note\n\n" + fence("id=b"), 4, "this comment is never closed, and hides all below it", "add -->"),
        ("```yaml fiel=a.yaml\na: 1\n```", 4, "this looks like a fence that writes a file", "write file=PATH"),
    ],
)
def test_a_mistake_is_reported_before_anything_runs(text: str, line: int, message: str, hint: str) -> None:
    ((at, said, way),) = refused(A + text + "\n")
    assert at == line
    assert said.startswith(message)
    assert hint in way


@pytest.mark.parametrize(
    "text",
    [
        "{% for deck in [{'name': 1}] %}{{ deck.name }}{% endfor %}",
        "{% if false %}{{ steps.a.json.txt }}{% endif %}{{ steps.a.all[0].text }}",
        "{% for n in [1, 2] %}\n{% if n == 3 %}\n"
        + fence("mark=added:b")
        + "{% endif %}\n"
        + fence("id=b")
        + "{% endfor %}",
        "<!-- a note -->\n\n<!--\nanother\n-->",
        '```yaml title="a.yaml"\na: 1\n```',
    ],
)
def test_what_is_right_is_not_a_mistake(text: str) -> None:
    assert complaints(FRONT + A + "\n" + text + "\n") == []
