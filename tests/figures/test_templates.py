"""Figures in templates: written as pictures, described in words, refused with their line where that is not so."""

from __future__ import annotations

import pytest
from livedeck.errors import Problems, TemplateError
from livedeck.template import read

from tests.figures.captures import images, step
from tests.template.stage import FIRST, FRONT, PATH, Answer, Table, attempt, body, complaints, play

STEPS = """\
```bash run hide id=one
docker image inspect nginx
```

```bash run hide id=ps
docker ps
```

"""
BELOW = FIRST + STEPS.count("\n")
ONE = "figure.images(steps.one)"


def runner() -> Table:
    answers = {
        "docker image inspect nginx": [Answer(tuple(images("nginx:latest").lines))],
        "docker ps": [Answer(tuple(step("ps.jsonl").lines))],
    }
    return Table(answers)


def drawn(text: str) -> tuple[str, tuple[str, ...]]:
    """What a template below the steps becomes, and the addresses of its figures."""
    rendered = play(FRONT + STEPS + text, runner())
    return body(rendered).strip("\n"), tuple(drawing.address for drawing in rendered.drawings)


def test_a_figure_is_a_picture_of_the_deck():
    shown, (address,) = drawn(f"![nginx의 레이어]({{{{ {ONE} }}}})\n")
    assert shown == f"![nginx의 레이어]({address})"
    assert address.startswith("figures/images-")


def test_equal_figures_are_one_file_and_the_same_at_every_replay():
    text = f"![a]({{{{ {ONE} }}}})\n\n![b]({{{{ {ONE} }}}}) ![c]({{{{ figure.containers(steps.ps, steps.one) }}}})\n"
    assert drawn(text) == drawn(text)
    assert len(drawn(text)[1]) == 2


def test_figures_may_be_named_chosen_and_given_options():
    named = f"{{% set f = {ONE} %}}\n"
    text = named + '{% if steps.ps.lines %}\n![center w:600 The layers]({{ f }} "nginx")\n{% endif %}\n'
    shown, (address,) = drawn(text)
    assert shown == f'![center w:600 The layers]({address} "nginx")'


WRONG = [
    (f"![]({{{{ {ONE} }}}})", "this figure has no description", "say what it shows"),
    (f"![w:600 center]({{{{ {ONE} }}}})", "this figure has no description", "say what it shows"),
    (f"See {{{{ {ONE} }}}}.", "a figure can only be used as the address of a picture", "![what it shows]"),
    (f"[nginx]({{{{ {ONE} }}}})", "a figure can only be used as the address of a picture", "![what it shows]"),
    (f"![nginx](img/{{{{ {ONE} }}}})", "a figure can only be used as the address of a picture", "![what it shows]"),
    (f"![{{{{ {ONE} }}}}](img/a.png)", "a figure can only be used as the address of a picture", "![what it shows]"),
    (f"`{{{{ {ONE} }}}}`", "a figure can only be used as the address of a picture", "![what it shows]"),
    ("![a]({{ figure.images(steps.ps) }})", "these steps show no image", "docker image inspect"),
    ("![a]({{ figure.images(steps.one.text) }})", "a figure is drawn from steps", "steps.NAME"),
    ("![a]({{ figure.images(steps.one, hight=3) }})", "unexpected keyword argument 'hight'", "fix the expression"),
]


@pytest.mark.parametrize(("text", "message", "hint"), WRONG)
def test_errors_name_their_line(text, message, hint):
    error = attempt(FRONT + STEPS + "Words.\n\n" + text + "\n", runner())
    assert isinstance(error, TemplateError), error
    assert error.at is not None
    assert error.at.line == BELOW + 2
    assert message in error.message
    assert hint in (error.hint or "")


def test_an_unknown_figure_is_found_before_anything_runs():
    table = runner()
    ((line, message, hint),) = complaints(FRONT + STEPS + "![a]({{ figure.image(steps.one) }})\n", table)
    assert (line, message, hint) == (BELOW, "figure has no image", "did you mean images?")
    assert table.typed == []


@pytest.mark.parametrize(
    "text",
    [
        f"{{% if {ONE}.name %}}\n```bash run\nls\n```\n{{% endif %}}\n",
        f"{{% set name = {ONE}.name %}}\n```bash run expand\necho {{{{ name }}}}\n```\n",
    ],
)
def test_no_figure_decides_what_runs(text):
    with pytest.raises((TemplateError, Problems), match="figure decides here what a run fence does"):
        read(FRONT + STEPS + text, PATH)


def test_what_a_figure_holds_cannot_restructure_a_slide():
    def rename(image):
        image["RepoTags"] = ["](x) <script> `\n\n---\n\n# {{ 7 * 7 }}"]

    table = Table(lambda command: Answer(tuple(images("nginx:latest", change=rename).lines)))
    rendered = play(FRONT + STEPS + f"![words]({{{{ {ONE} }}}})\n", table)
    assert len(rendered.slides) == 1
    assert "script" not in rendered.markdown
    assert "&lt;script&gt; ` --- # {{ 7 * 7 }}" in rendered.drawings[0].svg
