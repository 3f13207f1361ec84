"""How figures look: the same bytes for the same steps, readable, within a slide, and nothing but a drawing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from livedeck.errors import TemplateError
from livedeck.figures import Figure
from livedeck.model import Drawing, FigureLabels

from tests.figures.captures import FIGURE, images, made_up, step
from tests.figures.svg import TIMES, elements, frames, height, kinds, texts

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).resolve().parents[2]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALL = ("nginx:latest", "app:one", "app:two", "nginx:my-tag")


def drawn(name: str) -> Drawing:
    nginx = images("nginx:latest")
    match name:
        case "images":
            return FIGURE.images(images(*ALL), history=step("history.jsonl"))
        case "containers":
            both = images("nginx:latest", "nginx:my-tag")
            return FIGURE.containers(step("ps.jsonl"), both, history=step("history-commit.jsonl"))
        case "directories":
            return FIGURE.containers(step("containers.json"), nginx, ids="directory", height=300)
        case "commit":
            after = images("nginx:latest", "nginx:my-tag")
            return FIGURE.images(after, before=nginx, history=step("history-commit.jsonl"))
        case _:
            return FIGURE.images(made_up(("a:1", LETTERS), ("b:1", LETTERS[:20] + "ABCDEFGHIJ")))


KINDS = ("images", "containers", "directories", "commit", "folded")


@pytest.mark.parametrize("name", KINDS)
def test_golden(name):
    drawing, file = drawn(name), GOLDEN / f"{name}.svg"
    if os.environ.get("LIVEDECK_UPDATE") == "1":
        file.write_text(drawing.svg, encoding="utf-8")
    assert drawing.svg == file.read_text(encoding="utf-8")


def test_another_process_draws_the_same_bytes():
    """History maps and sets have another order where hashes have another seed."""
    program = "from tests.figures.test_drawing import drawn; d = drawn('images'); print(d.name); print(d.svg)"
    environ = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, check=True)
    drawing = drawn("images")
    assert done.stdout.decode() == f"{drawing.name}\n{drawing.svg}\n"


def test_names_follow_content_and_language():
    english = Figure(FigureLabels()).images(images(*ALL), history=step("history.jsonl"))
    assert english.name != drawn("images").name
    assert "shared layers" in texts(english)


def test_long_labels_take_two_lines_if_there_is_room():
    labels = FigureLabels(shared="Schichten von beiden Images", read_only="Schreibgeschützte Schichten")
    figure = Figure(labels)
    roomy = texts(figure.images(made_up(("a:1", "abcd"), ("b:1", "abce"))))
    assert roomy[-3:-1] == ["Schichten von", "beiden Images"]
    tight = texts(figure.images(made_up(("a:1", "ab"), ("b:1", "ac"))))
    assert tight[-2].startswith("Schichten von b")
    assert tight[-2].endswith("…")


@pytest.mark.parametrize("name", KINDS)
def test_every_text_can_be_read(name):
    """14 px at least, and 4.5:1 at least on every ground that text stands on."""
    drawing = drawn(name)
    assert all(float(text.get("font-size", "0")) >= 14 for text in elements(drawing, "text"))
    grounds = {"#f8f9f9", "#eff2f2", *(frame.get("fill", "") for frame in frames(drawing))}
    inks = {text.get("fill", "") for text in elements(drawing, "text")}
    assert min(contrast(ink, ground) for ink in inks for ground in grounds) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 has it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_what_a_colour_says_is_also_a_shape_or_a_word():
    written, shared = frames(drawn("containers"))[-1], frames(drawn("containers"))[0]
    assert written.get("stroke-dasharray")
    assert not shared.get("stroke-dasharray")
    assert float(shared.get("width", "0")) > 2 * float(written.get("width", "0"))
    assert "새 레이어" in texts(drawn("commit"))


def test_many_layers_are_folded_and_stay_within_their_height():
    shown = texts(drawn("folded"))
    assert height(drawn("folded")) <= 480
    hidden = [text for text in shown if "개 더" in text]
    assert len(hidden) == 2
    assert sum(int("".join(filter(str.isdigit, text))) for text in hidden) == 36 - (len(frames(drawn("folded"))) - 2)
    assert shown[-1] == f"{TIMES}20"


@pytest.mark.parametrize("limit", [200, 300, 480, 600])
@pytest.mark.parametrize("stacks", [1, 2, 3, 4])
def test_fifteen_layers_of_up_to_four_images_fit_any_height(stacks, limit):
    drawing = FIGURE.images(
        made_up(*((f"a:{n}", LETTERS[:10] + LETTERS[10:15].upper() * n) for n in range(stacks))), height=limit
    )
    assert height(drawing) <= limit
    for frame in frames(drawing):
        top, tall = float(frame.get("y", "0")), float(frame.get("height", "0"))
        assert top >= 0
        assert top + tall <= height(drawing)
        assert tall >= 24


def test_many_layers_in_few_pixels_are_refused():
    branching = [(f"a:{n}", "ab" + "c" * n + str(n)) for n in range(4)]
    with pytest.raises(TemplateError, match="do not fit into this height"):
        FIGURE.images(made_up(*branching), height=160)


NAMES = [
    "<script>alert(1)</script>",
    "\"'><image href='https://example.org/x.png'/>",
    "]]>&lt;&amp;&#0;",
    "한글 이름 ─ 日本語",
    "x" * 5_000,
    "가" * 5_000,
    "a\x00b\x1bc\u202ed\ud800e\ufffef",
    "two\nlines\tand a tab",
    "",
    "🐳 whale",
]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_text(name):
    def rename(image):
        image["RepoTags"] = [name]
        image["RootFS"]["Layers"][-1] = f"sha256:{name}"

    inspected = images("nginx:latest", "app:one", change=rename)
    drawing = FIGURE.images(inspected)
    assert kinds(drawing) == {"svg", "style", "defs", "g", "rect", "path", "text"}
    assert {text.get("text-anchor") for text in elements(drawing, "text")} <= {None, "end", "middle"}
    drawing.svg.encode()
    longest = max((text for text in texts(drawing)), key=len)
    assert len(longest) < 80


def test_a_name_that_fits_is_whole_and_a_longer_one_is_cut():
    assert "registry.example.org/team/app:2.1" in texts(
        FIGURE.images(made_up(("registry.example.org/team/app:2.1", "x")))
    )
    shown = texts(FIGURE.images(made_up(("registry.example.org/" + "team/" * 40, "x"))))
    assert shown[1].startswith("registry.example.org/team/")
    assert shown[1].endswith("…")
