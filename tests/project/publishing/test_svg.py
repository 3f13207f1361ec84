"""SVG that only draws is published, from whatever program; SVG that does more is not."""

from __future__ import annotations

import os
import random
import re
from xml.etree import ElementTree as ET

import pytest
from livedeck.project.publishing import Refusal, svg

from tests.project.publishing.drawings import ACTIVE, HONEST

NEVER = ("script", "handler", "foreignObject", "iframe", "link", "meta", "base")


@pytest.mark.parametrize("name", HONEST)
def test_drawings_pass(name: str) -> None:
    svg.check(HONEST[name])


@pytest.mark.hostile("SVG only draws", "an error that says what is in the way", "an SVG that runs or loads anything")
@pytest.mark.parametrize("name", ACTIVE)
def test_what_does_more_than_draw_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as caught:
        svg.check(ACTIVE[name])
    assert re.search(r"\(line \d+ of it\)|cannot be read|line \d+, column", caught.value.reason)
    assert len(caught.value.reason) < 250


@pytest.mark.parametrize("name", HONEST)
def test_drawings_that_are_honest_but_for_one_thing_are_refused(name: str) -> None:
    whole = HONEST[name]
    closing = b"</s:svg>" if b"<s:svg" in whole else b"</svg>"
    for bad in (b'<script xmlns="http://www.w3.org/2000/svg"/>', b'<x xmlns="http://www.w3.org/1999/xhtml"/>'):
        with pytest.raises(Refusal):
            svg.check(whole.replace(closing, bad + closing))


def test_html_text_has_advice() -> None:
    with pytest.raises(Refusal) as caught:
        svg.check(ACTIVE["foreignObject"])
    assert "draw.io" in str(caught.value.hint)
    assert "Mermaid" in str(caught.value.hint)


@pytest.mark.soak
@pytest.mark.hostile("SVG only draws", "an error, or a picture", "another exception")
def test_damaged_drawings(record_property: pytest.RecordProperty) -> None:
    seed = int(os.environ.get("LIVEDECK_SEED", "1"))
    pick = random.Random(seed)
    everything = [*HONEST.values(), *ACTIVE.values()]
    small = [data for data in everything if len(data) < 10_000]
    for _ in range(20_000):
        data = bytearray(pick.choice(small))
        for _ in range(pick.randint(1, 4)):
            at = pick.randrange(len(data) + 1)
            other = pick.choice(small)
            start = pick.randrange(len(other))
            data[at : at + pick.randint(0, 3)] = pick.choice([pick.randbytes(2), other[start : start + 20], b""])
        try:
            svg.check(bytes(data))
        except Refusal:
            continue
        names = {element.tag.rpartition("}")[::2] for element in ET.fromstring(bytes(data)).iter()}
        assert not [local for space, local in names if space.endswith(("/svg", "/xhtml")) and local in NEVER]
    record_property("inputs", [f"20,000 damaged ones, seed {seed}"])
