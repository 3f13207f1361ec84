"""Hostile output: printed in a real terminal, captured, recorded, replayed and built."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from livedeck.capture.terminal import LONGEST_LINE

from tests.faults.outputs import OUTPUTS
from tests.faults.place import FRONT, Ended, Place, assert_printable, captures_of

pytestmark = pytest.mark.faults("hostile outputs")
NAMES = list(OUTPUTS)
FENCE = re.compile(r"^(`{3,})terminal([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """One capture and one build of everything."""

    place: Place
    captured: Ended
    built: Ended
    captures: list[dict[str, Any]]
    blocks: list[str]
    markdown: str


@pytest.fixture(scope="module")
def shown(places: Callable[[], Place]) -> Shown:
    place = places()
    files = place.deck().parent / "files"
    files.mkdir(parents=True)
    for number, (data, _) in enumerate(OUTPUTS.values()):
        (files / f"f{number}").write_bytes(data)
    slides = [f"## Slide {n}\n\n```bash run id=s{n}\ncat f{n}\n```\n" for n in range(len(OUTPUTS))]
    place.write(FRONT + "\n---\n\n".join(slides))
    captured = place.livedeck("capture")
    assert captured.code == 0, captured.err
    built = place.livedeck("build", "--format", "html", "--no-fit")
    assert built.code == 0, built.err
    markdown = place.markdown()
    captures = captures_of(place.record())
    return Shown(place, captured, built, captures, [m[3] for m in FENCE.finditer(markdown)], markdown)


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
@pytest.mark.hostile(
    "what a program prints", "the lines of a screen", "an escape in the record, a block or a slide more"
)
def test_output_is_shown_as_on_a_screen_and_changes_nothing(shown: Shown, number: int) -> None:
    capture = shown.captures[number]
    wanted = OUTPUTS[NAMES[number]][1]
    assert (capture["command"], capture["exit"]) == (f"cat f{number}", 0)
    assert wanted is None or tuple(capture["output"]) == wanted
    assert len(capture["output"]) <= 4_000
    assert max(map(len, capture["output"]), default=0) <= LONGEST_LINE + 1
    assert_printable("".join(capture["output"]))
    block = shown.blocks[number]
    typed, *lines = block.split("\n")[:-1]
    assert typed == f"{shown.place.prompt}cat f{number}"
    assert [line for line in lines if not line.startswith("… ")] == [
        line for line in capture["output"] if not line.startswith("… ")
    ]
    assert f"## Slide {number}\n" in FENCE.sub("", shown.markdown)


def test_nothing_of_it_reaches_the_document_around_the_blocks(shown: Shown) -> None:
    shown.captured.assert_clean(0)
    shown.built.assert_clean(0)
    assert_printable(shown.markdown)
    assert_printable(shown.place.record().read_text(encoding="utf-8"))
    html = (shown.place.root / "build/one.ko.html").read_text(encoding="utf-8")
    assert html.count("<section ") == len(OUTPUTS)
    assert len(shown.blocks) == len(OUTPUTS)
    for element in ("<script>alert", 'class="x"', "evil.example/", 'src="http'):
        assert element not in html
    assert "display:none}</style>" not in html
    for line in (*shown.captured.err.splitlines(), *shown.built.err.splitlines()):
        assert not line.startswith(("::", "##["))


def test_the_record_counts_what_was_left_out(shown: Shown) -> None:
    capture = shown.captures[NAMES.index("many short lines")]
    assert (capture["omitted"], capture["omitted_after"]) == (1_000, 2_000)
    assert "… 1,000 more lines …" in shown.markdown
