"""What has no order compares in any; commands of one template are found again by their place in it."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from livedeck.drift import Places, compare
from livedeck.model import Comparison, Images, Key, Location, Record, RecordedStep, Slide

from tests.drift.term import HEX, Term, record

LAYERS = [letter * 64 for letter in HEX[1:5]]
LABELS = ["color=red", "maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>", "layer=" + "a1" * 32]


def of(*steps: tuple[str, list[str]]) -> Record:
    t = Term(1)
    t.steps = [(command, output, 0) for command, output in steps]
    return record(t)


def compared(old: Record, new: Record, places: Places | None = None) -> Comparison:
    return compare(old, new, names=("old", "new"), masks={}, places=places or Places())


def pulled(layers: list[str], *, order: tuple[int, ...], states: tuple[str, ...] = ()) -> Record:
    """A pull that tells of its layers in some order, and a look at the image, which has them in theirs."""
    said = [*states, *["Pull complete"] * len(order)]
    told = [f"{layers[place][:12]}: {said[place]}" for place in order]
    shown = [f"sha256:{layer}" for layer in layers]
    return of(
        ("docker pull nginx", ["latest: Pulling from library/nginx", *told, "Status: Downloaded newer image"]),
        ("docker inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' nginx", shown),
    )


def test_layers_are_pulled_in_any_order_and_stay_the_layers_that_they_are() -> None:
    old = pulled(LAYERS, order=(0, 1, 2, 3))
    for order in itertools.permutations(range(4)):
        assert not compared(old, pulled(LAYERS, order=order)).drifted

    assert compared(old, pulled(LAYERS, order=(1, 0, 2))).drifted
    assert compared(old, pulled(LAYERS, order=(3, 0, 1, 2), states=("Already exists",))).drifted


@pytest.mark.parametrize("form", ["json", "table"])
def test_labels_may_change_their_order_but_stay_the_same_labels(form: str) -> None:
    def shown(labels: tuple[str, ...] | list[str]) -> Record:
        joined = ",".join(labels)
        if form == "json":
            return of(("docker ps --format '{{json .}}'", [f'{{"Image":"nginx","Labels":"{joined}","State":"up"}}']))
        return of(("docker ps --format 'table {{.Image}}\\t{{.Labels}}'", ["IMAGE     LABELS", f"nginx     {joined}"]))

    for order in itertools.permutations(LABELS):
        assert not compared(shown(LABELS), shown(order)).drifted

    for other in ([*LABELS, "tier=web"], LABELS[1:], ["color=blue", *LABELS[1:]]):
        assert compared(shown(LABELS), shown(other)).drifted


def test_the_digest_of_an_image_that_the_deck_makes_is_not_of_the_world() -> None:
    def made(command: str, digest: str) -> Record:
        digests = {"nginx:latest": f"sha256:{'b' * 64}", "nginx:my-tag": f"sha256:{digest * 64}"}
        return msgspec.structs.replace(of((command, [])), images=Images("hub", digests))

    assert not compared(made("docker commit web nginx:my-tag", "c"), made("docker commit web nginx:my-tag", "d")).world
    told = compared(made("docker pull nginx:my-tag", "c"), made("docker pull nginx:my-tag", "d")).world
    assert [change.what for change in told] == ["nginx:my-tag"]


def test_commands_of_one_template_are_found_by_place_and_gone_ones_stay_in_theirs() -> None:
    driver, folder, images = ("docker info", ["a"]), ("ls /overlay2", ["b"]), ("du /overlay2", ["c"])
    old, new = of(driver, folder, images), of(driver, ("ls /snapshots", ["b"]), ("ctr snapshots tree", ["d"]))
    *same, last = new.steps
    new = msgspec.structs.replace(new, steps=(*same, RecordedStep(3, 0, last.captures)))
    steps = {number: Location("deck.md", 10 * number) for number in range(4)}
    before = Places(steps=steps, slides=(Slide(7, "Disk", 1, 1, (Key(2, 0, 0),)),))

    commands = compared(old, new, Places(steps=steps, before=before)).commands

    assert [(command.key.fence, command.reasons) for command in commands] == [
        (0, ()),
        (1, ("another command, before: ls /overlay2",)),
        (2, ("it is no longer run",)),
        (3, ("it was not run before",)),
    ]
    gone = commands[2]
    assert (gone.slide, gone.at) == (before.slides[0], Location("deck.md", 20))


def test_a_member_of_a_document_is_paired_with_what_it_was() -> None:
    old = of(("docker inspect web", ['{"A": {"x": 1, "y": "trixie"}, "B": 2}']))
    new = of(("docker inspect web", ['{"B": 2, "A": {"z": 3, "y": "sid", "x": 1}}']))

    lines = compared(old, new).commands[0].lines

    texts = [tuple("".join(span.text for span in side or ()) for side in (line.old, line.new)) for line in lines]
    assert ('."A"."y": "trixie"', '."A"."y": "sid"') in texts
    assert ("", '."A"."z": 3') in texts
    assert [line.kind for line in lines].count("changed") == 1


def test_a_thing_that_has_been_swapped_is_reported_with_what_it_was() -> None:
    old = of(("docker pull nginx", ["Digest: " + "1" * 64]), ("docker images", ["nginx " + "2" * 64]))
    new = of(("docker pull nginx", ["Digest: " + "3" * 64]), ("docker images", ["nginx " + "3" * 64]))

    (reason,) = compared(old, new).commands[1].reasons

    assert reason.endswith(f"above, {'3' * 12} has come for {'1' * 12}, here for {'2' * 12}")


def test_a_line_of_a_listing_is_paired_with_the_one_of_that_name() -> None:
    def line(links: int, name: str) -> str:
        return f"drwx--x--- {links} root root 4096 Nov 22 07:46 {name}"

    old = of(("sudo ls -alt", [line(4, "a1" * 32), line(2, "l"), line(12, "."), line(9, "..")]))
    new = of(("sudo ls -alt", [line(3, "."), line(4, "10"), line(3, "..")]))

    lines = compared(old, new).commands[0].lines

    names = {tuple("".join(s.text for s in side).split()[-1] if side else "" for side in (o.old, o.new)) for o in lines}
    assert names == {("a1" * 32, ""), ("l", ""), (".", "."), ("..", ".."), ("", "10")}


def test_changes_of_a_container_come_in_any_order_and_stay_the_changes_that_they_are() -> None:
    changes = ["C /run", "A /run/nginx.pid", "C /etc"]
    old = of(("docker diff nx", changes))
    assert not compared(old, of(("docker diff nx", changes[::-1]))).drifted
    assert compared(old, of(("docker diff nx", [*changes[:2], "C /var"]))).drifted
    assert compared(old, of(("docker diff nx", changes[:2]))).drifted


def test_networks_of_insecure_registries_come_in_any_order() -> None:
    def info(*networks: str) -> Record:
        return of(("docker info", [" Insecure Registries:", *(f"  {network}" for network in networks), " Live: false"]))

    assert not compared(info("::1/128", "127.0.0.0/8"), info("127.0.0.0/8", "::1/128")).drifted
    assert compared(info("::1/128", "127.0.0.0/8"), info("::1/128", "10.0.0.0/8")).drifted
