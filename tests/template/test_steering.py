"""What run fences may not depend on: the commands of a deck are the same in every language and on every day."""

from __future__ import annotations

import pytest

from tests.template.stage import FRONT, complaints, fence, refused

RUN = "```bash run\nls\n```\n"
STEERED = [
    f"{{% if lang == 'ko' %}}\n{RUN}{{% endif %}}",
    f"{{% if false %}}{{% elif lang == 'ko' %}}{{% else %}}\n{RUN}{{% endif %}}",
    f"{{% for x in lang %}}\n{RUN}{{% endfor %}}",
    f"{{% for x in [1] if lang == 'ko' %}}\n{RUN}{{% endfor %}}",
    f"{{% for x in lang %}}{{% else %}}\n{RUN}{{% endfor %}}",
    f"{{% claim lang == 'ko' %}}\n{RUN}{{% endclaim %}}",
    f"{{% set a = lang %}}{{% set b = a ~ 1 %}}{{% if b %}}\n{RUN}{{% endif %}}",
    f"{{% set a %}}{{{{ lang }}}}{{% endset %}}{{% if a %}}\n{RUN}{{% endif %}}",
    f"{{% if lang %}}{{% set a = 1 %}}{{% endif %}}{{% if a is defined %}}\n{RUN}{{% endif %}}",
    f"{{% for x in lang %}}{{% set a = 1 %}}{{% endfor %}}{{% if a is defined %}}\n{RUN}{{% endif %}}",
    f"{{% with a = lang %}}{{% if a %}}\n{RUN}{{% endif %}}{{% endwith %}}",
    f"{{% set a = namespace() %}}{{% set a.b = lang %}}{{% if a.b %}}\n{RUN}{{% endif %}}",
    f"{{% macro m() %}}{{{{ lang }}}}{{% endmacro %}}{{% if m() %}}\n{RUN}{{% endif %}}",
    "\n" + fence("expand", "echo {{ lang }}"),
    "\n" + fence("expand", "{% if lang == 'ko' %}\nls\n{% endif %}"),
]


@pytest.mark.parametrize("text", STEERED)
@pytest.mark.hostile("a language that steers commands", "an error with the line", "commands that depend on it")
def test_lang_steers_no_step(text):
    ((line, message, hint),) = refused(text)
    assert line == 2
    assert message == "lang decides here what a run fence does"
    assert "words only" in hint


@pytest.mark.parametrize(
    "text",
    [
        f"{{% if deck.captured > '2026-12' %}}\n{RUN}{{% endif %}}",
        f"{{% set day = deck.captured %}}{{% if day %}}\n{RUN}{{% endif %}}",
        f"{{% set day = deck['captured'] %}}{{% if day %}}\n{RUN}{{% endif %}}",
        "\n" + fence("expand", "echo {{ deck.captured }}"),
    ],
)
@pytest.mark.hostile("a day that steers commands", "an error with the line", "commands that depend on it")
def test_the_day_of_the_capture_steers_no_step(text):
    ((line, message, hint),) = refused(text)
    assert line == 2
    assert message == "deck.captured decides here what a run fence does"
    assert "words only" in hint


CLAIM = "{{% claim {} %}}\n가\n{{% endclaim %}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "\n" + CLAIM.format("deck.captured >= '2026-11'"),
        "\n" + CLAIM.format("steps.a.exit == 0 and '2026' in deck['captured']"),
        "{% set day = deck.captured %}\n" + CLAIM.format("day"),
        "{% if deck.captured %}\n" + CLAIM.format("steps.a.exit == 0") + "{% endif %}",
        "{% claim steps.a.exit == 0 %}가\n{% elif deck.captured %}나{% endclaim %}\n",
        "\n{% claim deck.captured %}가{% elif deck.captured %}나{% endclaim %}\n",
    ],
)
@pytest.mark.hostile("a day that proves a claim", "an error with the line", "a claim that is true by date")
def test_the_day_of_the_capture_proves_nothing(text):
    ((line, message, hint),) = [(at - 3, *rest) for at, *rest in refused(fence("id=a") + text)]
    assert line == 2
    assert message == "deck.captured decides here about a claim"
    assert "the day in the sentence" in hint


def test_a_claim_may_say_the_day():
    assert (
        complaints(FRONT + fence("id=a") + "\n{% claim steps.a.exit == 0 %}{{ deck.captured }} 가{% endclaim %}\n")
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{{% if deck.captured %}}\n가\n{{% endif %}}\n\n{RUN}",
        f"{{% if deck.engine == 'current' %}}\n{RUN}{{% endif %}}",
        f"{{% if lang == 'ko' %}}\n가\n{{% endif %}}\n\n{RUN}",
        f"{{% if true %}}\n{RUN}{{% elif lang == 'ko' %}}\n가\n{{% endif %}}",
        f"{{% set a = lang %}}{{{{ a }}}}\n\n{RUN}",
    ],
)
def test_lang_may_choose_words_next_to_a_step(text):
    assert complaints(FRONT + text) == []
