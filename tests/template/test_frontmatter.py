"""What the front matter of a deck decides: where slides begin, and which classes they have."""

from __future__ import annotations

import pytest
import yaml
from livedeck.model import Failure
from livedeck.template import read

from tests.template.page import pages
from tests.template.stage import FRONT, PATH, play, show

DIVIDERS = (
    "headingDivider: 2",
    'headingDivider: "1"',
    "headingDivider: [1, 3]",
    "headingDivider:\n- 6",
    "headingDivider: 9",
)
DIVIDED = "<!-- a comment -->\n\n# One\n\n---\n\n## Two\n\ntext\n\n> ## Quoted\n\n### Three\n\n---\n\ntext\n"


def test_slides_are_counted_as_marp_divides_them():
    fronts = [FRONT.replace("---\n\n", f"{line}\n---\n\n") for line in ("", *DIVIDERS)]
    played = [play(front + DIVIDED) for front in fronts]
    assert [len(deck.slides) for deck in played] == [page.slides for page in pages([deck.markdown for deck in played])]
    assert len({len(deck.slides) for deck in played}) > 2


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("", ["attempt"]),
        ("class: lead", ["lead", "attempt"]),
        ("class: [lead, invert]", ["lead", "invert", "attempt"]),
        ("class:\n  - lead\n  - invert\nmath: false", ["lead", "invert", "attempt"]),
        ("class: '{{ deck.slug }}'", ["01-test", "attempt"]),
    ],
)
def test_an_attempt_keeps_the_classes_of_the_deck(own, expected):
    template = read(FRONT.replace("---\n\n", f"{own}\n---\n\n") + "text\n", PATH)
    shown = show(template, failure=Failure("it failed", PATH, 1))
    front = yaml.safe_load(shown.markdown.split("---\n")[1])
    assert front["class"].split() == expected
    assert front["lang"] == "ko"
    assert front.keys() >= set(yaml.safe_load(template.source.split("---\n")[1]))
