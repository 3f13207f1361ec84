"""A figure shows what Docker printed: ids, sizes, commands, and which layers are shared."""

from __future__ import annotations

import json

import pytest
from livedeck.errors import TemplateError

from tests.figures.captures import DATA, FIGURE, images, made_up, printed, step
from tests.figures.svg import TIMES, frames, texts

STORES = ["", "-containerd"]


def real(name: str, store: str) -> dict:
    return next(i for i in json.loads((DATA / f"images{store}.json").read_text("utf-8")) if i["RepoTags"] == [name])


@pytest.mark.parametrize("store", STORES)
def test_ids_are_those_of_the_capture_and_shared_layers_are_drawn_once(store):
    shown = texts(FIGURE.images(images("app:one", "app:two", store=store), shared=True))
    one, two = (real(name, store)["RootFS"]["Layers"] for name in ("app:one", "app:two"))
    assert one[:8] == two[:8]
    expected = [layer[7:19] for layer in (*one[:8], *one[8:], *two[8:])]
    assert shown[: len(expected)] == expected
    assert shown[-2:] == ["함께 쓰는 레이어", f"{TIMES}8"]


@pytest.mark.parametrize("store", STORES)
def test_commands_and_sizes_of_a_history_are_next_to_their_layers(store):
    drawing = FIGURE.images(images("app:two", store=store), history=step(f"history{store}.jsonl"))
    shown = texts(drawing)
    layers = [layer[7:19] for layer in real("app:two", store)["RootFS"]["Layers"]]
    places = [shown.index(layer) for layer in layers]
    rows = [shown[start:end] for start, end in zip(places, [*places[1:], len(shown)], strict=True)]
    commands = [row[-1] for row in rows[:-1]] + [rows[-1][2]]
    assert commands[0] == "Imported from -"
    assert commands[1].startswith("RUN set -eu; apt-get update;")
    assert commands[7:10] == ["RUN echo hello > /hello", "RUN echo other > /other", "WORKDIR /app"]
    assert commands[10].startswith("COPY file:7c4b96883e89 in /app/x")
    assert rows[0][1] == {"": "120MB", "-containerd": "134MB"}[store]
    image = real("app:two", store)
    short = image["Id"][7:19]
    assert {"": f"{short} · {image['Size'] / 1e6:.0f}MB", "-containerd": short}[store] in shown


def test_a_history_describes_shared_layers_for_every_image():
    shown = texts(FIGURE.images(images("app:one", "app:two"), history=step("history.jsonl")))
    assert "RUN echo hello > /hello" in shown


def test_only_layers_with_all_below_them_alike_are_shared():
    drawing = FIGURE.images(made_up(("a:1", "xyz"), ("b:1", "xqz")))
    assert len(frames(drawing)) == 5


def test_images_that_share_layers_are_side_by_side():
    shown = texts(FIGURE.images(made_up(("a:1", "xy"), ("b:1", "pq"), ("c:1", "xyz"))))
    heads = [text for text in shown if text in ("a:1", "b:1", "c:1")]
    assert heads == ["a:1", "c:1", "b:1"]
    assert shown.count(f"{TIMES}2") == 2


@pytest.mark.parametrize("store", STORES)
def test_commit_adds_one_layer_to_those_of_the_image(store):
    after = images("nginx:latest", "nginx:my-tag", store=store)
    history = step(f"history-commit{store}.jsonl")
    drawing = FIGURE.images(after, before=images("nginx:latest", store=store), history=history)
    assert texts(drawing).count("새 레이어") == 1
    new = texts(drawing).index("새 레이어")
    assert texts(drawing)[new - 1] == real("nginx:my-tag", store)["RootFS"]["Layers"][-1][7:19]
    assert texts(drawing)[-1] == f"{TIMES}7"


@pytest.mark.parametrize("store", STORES)
def test_containers_are_on_their_image_oldest_first_with_their_own_labels(store):
    shown = texts(FIGURE.containers(step(f"ps{store}.jsonl"), images("nginx:latest", store=store)))
    listed = [json.loads(line) for line in (DATA / f"ps{store}.jsonl").read_text("utf-8").splitlines()]
    heads = [[each["Names"], each["ID"][:12], each["Labels"].split(",")[0]] for each in reversed(listed)]
    assert shown[-9:-3] == [*heads[0], *heads[1]]
    assert heads[0][2] == "color=red"
    assert shown.count("읽기/쓰기(R/W) 레이어") == 2
    assert shown[-3:] == ["함께 쓰는 레이어", "읽기 전용(R/O) 레이어", f"{TIMES}7"]


def test_directories_of_overlay2_instead_of_ids():
    shown = texts(FIGURE.containers(step("containers.json"), images("nginx:latest"), ids="directory"))
    driver = real("nginx:latest", "")["GraphDriver"]["Data"]
    top = driver["UpperDir"].split("/")[-2][:12]
    written = [each["GraphDriver"]["Data"]["UpperDir"] for each in json.loads((DATA / "containers.json").read_text())]
    assert shown[6] == top
    assert shown[0] == driver["LowerDir"].split(":")[-1].split("/")[-2][:12]
    assert {path.split("/")[-2][:12] for path in written} <= set(shown)


def test_a_list_of_containers_does_not_name_the_directories_they_write_to():
    shown = texts(FIGURE.containers(step("ps.jsonl"), images("nginx:latest"), ids="directory"))
    assert shown[6] == real("nginx:latest", "")["GraphDriver"]["Data"]["UpperDir"].split("/")[-2][:12]
    assert shown.count("읽기/쓰기(R/W) 레이어") == 2


def test_a_container_that_has_ended_says_so():
    ended = (DATA / "ps.jsonl").read_text("utf-8").replace('"State":"running"', '"State":"exited"')
    assert "95413c26ca9b · exited" in texts(FIGURE.containers(printed(ended), images("nginx:latest")))


NGINX = images("nginx:latest")
WRONG = {
    "no JSON": (lambda: FIGURE.images(printed("REPOSITORY  TAG")), "is not JSON", "docker image inspect"),
    "nothing": (lambda: FIGURE.images(printed("")), "holds nothing", "docker image inspect"),
    "a list": (lambda: FIGURE.images(printed("[]")), "holds nothing", "docker image inspect"),
    "a number": (lambda: FIGURE.images(printed("12")), "holds other JSON", "docker image inspect"),
    "deep": (lambda: FIGURE.images(printed("[" * 99_999)), "is not JSON", "docker image inspect"),
    "a volume": (lambda: FIGURE.images(printed('{"Driver":"local"}')), "neither images nor containers", "inspect"),
    "no id": (lambda: FIGURE.images(printed('{"RootFS":{}}')), "required field `Id`", "docker image inspect"),
    "no layers": (lambda: FIGURE.images(made_up(("a:1", ""))), "a:1 has no layers", ""),
    "no step": (lambda: FIGURE.images("x"), "from steps, not from str", "steps.NAME"),
    "no image": (lambda: FIGURE.images(step("ps.jsonl")), "show no image", "docker image inspect"),
    "no container": (lambda: FIGURE.containers(NGINX), "show no container", "docker ps"),
    "another image": (
        lambda: FIGURE.containers(step("ps.jsonl"), images("app:one")),
        "the image nginx of the container web is not shown",
        "docker image inspect",
    ),
    "another history": (
        lambda: FIGURE.images(NGINX, history=step("history.jsonl")),
        "is not of an image shown",
        "inspect",
    ),
    "no history": (lambda: FIGURE.images(NGINX, history=NGINX), "not what Docker prints", "docker history"),
    "half a history": (
        lambda: FIGURE.images(images("app:two"), history=printed("\n".join(step("history.jsonl").lines[:5]))),
        "does not fit its image",
        "leave history= out",
    ),
    "nothing shared": (
        lambda: FIGURE.images(made_up(("a:1", "x"), ("b:1", "y")), shared=True),
        "no layer is shared by all of a:1, b:1",
        "leave shared= out",
    ),
    "one alone": (lambda: FIGURE.images(NGINX, shared=True), "no layer is shared", "leave shared= out"),
    "nothing new": (lambda: FIGURE.images(NGINX, before=NGINX), "none of these layers is new", "before the change"),
    "other ids": (lambda: FIGURE.images(NGINX, ids="dir"), "ids='dir' is not one of layer, directory", ""),
    "no directories": (
        lambda: FIGURE.images(images("nginx:latest", store="-containerd"), ids="directory"),
        "nothing says in which directories",
        "only overlay2",
    ),
    "too many": (
        lambda: FIGURE.images(made_up(*((f"a:{n}", "x") for n in range(6)))),
        "6 stacks do not fit",
        "show 4 at most",
    ),
    "too high": (lambda: FIGURE.images(NGINX, height=720), "does not fit a slide", "height 160 to 600"),
    "no size": (lambda: FIGURE.images(NGINX, width="wide"), "does not fit a slide", "width is 480 to 1184"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_drawn_is_an_error(case):
    draw, message, hint = WRONG[case]
    with pytest.raises(TemplateError) as caught:
        draw()
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
