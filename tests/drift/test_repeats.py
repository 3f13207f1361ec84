"""A repeat, in which every volatile value is drawn anew, is never drift; whatever else changes always is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import msgspec
import pytest
from livedeck.drift import Places, compare
from livedeck.model import ClaimBranch, Comparison, Record, RecordedClaim

from tests.drift.term import Term, images, listing, network, ps, record, term

REPEATS = 80


def compared(old: Record, new: Record, places: Places | None = None) -> Comparison:
    return compare(old, new, names=("old", "new"), masks={}, places=places or Places())


def told(comparison: Comparison) -> dict[int, str]:
    return {
        command.key.fence: "; ".join(command.reasons) for command in comparison.commands if command.verdict == "drift"
    }


def test_no_repeat_is_drift() -> None:
    false = {}
    for seed in range(REPEATS):
        found = compared(record(term(seed)), record(term(10_000 + seed)))
        if found.drifted:
            false[seed] = told(found)
        assert found.count("volatile") >= 15
    assert false == {}


def test_a_record_is_the_same_as_itself() -> None:
    found = compared(record(term(1)), record(term(1)))

    assert found.count("same") == len(found.commands)
    assert all(line.kind == "same" for command in found.commands for line in command.lines)


def edit(number: int, change: Callable[[list[str]], list[str]], code: int | None = None) -> Callable[[Term], None]:
    """Changes what one command showed."""

    def plant(t: Term) -> None:
        command, output, old = t.steps[number]
        t.steps[number] = (command, change(output), old if code is None else code)

    return plant


def replace(number: int, old: str, new: str) -> Callable[[Term], None]:
    def change(lines: list[str]) -> list[str]:
        assert any(old in line for line in lines)
        return [line.replace(old, new) for line in lines]

    return edit(number, change)


def swapped(number: int) -> Callable[[Term], None]:
    """Red and blue change places on a later slide, in ids alone: no line looks other than before."""

    def plant(t: Term) -> None:
        one, two = t.red, t.blue
        t.steps[number] = (
            t.steps[number][0],
            ps(t, dataclasses.replace(one, id=two.id), dataclasses.replace(two, id=one.id)),
            0,
        )

    return plant


def another_layer(t: Term) -> None:
    t.steps[8] = (t.steps[8][0], sorted([*t.steps[8][1], t.hex(64)]), 0)


def joined(t: Term) -> None:
    """Both containers have one address."""
    t.blue = dataclasses.replace(t.blue, address=t.red.address)
    t.steps[9] = (t.steps[9][0], network(t), 0)


PLANTED = {
    "a renamed column": (replace(4, "CREATED", "AGE"), {4}),
    "a new warning": (edit(3, lambda lines: ["WARNING: IPv4 forwarding is disabled.", *lines]), {3}),
    "another exit code": (edit(20, lambda lines: lines, 6), {20}),
    "one more row": (edit(7, lambda lines: [*lines, lines[-1]]), {7}),
    "one more folder": (another_layer, {8}),
    "a folder gone": (edit(5, lambda lines: [line for line in lines if not line.endswith("-init")]), {5}),
    "health": (replace(7, "(healthy)", "(unhealthy)"), {7}),
    "a status": (replace(4, "Up ", "Exited (1) "), {4}),
    "an exit status": (replace(20, "(7)", "(6)"), {20}),
    "swapped ids": (swapped(7), {7}),
    "the order of containers": (lambda t: t.steps.__setitem__(7, (t.steps[7][0], ps(t, t.red, t.blue), 0)), {7}),
    "the order of images": (edit(16, lambda lines: [lines[0], *reversed(lines[1:])]), {16}),
    "a permission": (edit(2, lambda lines: [line.replace("drwx--x---", "drwx------") for line in lines]), {2}),
    "links": (edit(2, lambda lines: [line.replace("  3 root", "  4 root") for line in lines]), {2}),
    "another container is gone": (edit(18, lambda lines: ["0123456789ab"]), {18}),
    "a message": (replace(0, "Downloaded newer image", "Image is up to date"), {0}),
    "a driver": (replace(17, "overlay2", "btrfs"), {17}),
    "a port": (replace(4, "80/tcp", "81/tcp"), {4}),
    "a JSON member": (replace(9, "MacAddress", "Mac"), {9}),
    "one address twice": (joined, {9}),
    "a container that has ended": (replace(10, "0001-01-01T00:00:00Z", "2026-11-22T04:40:57Z"), {10}),
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("seed", range(2))
def test_a_planted_change_is_found_where_it_is(name: str, seed: int) -> None:
    plant, places = PLANTED[name]
    changed = term(20_000 + seed)
    plant(changed)

    found = compared(record(term(seed)), record(changed))

    assert set(told(found)) == places
    assert all(any(line.kind not in ("same", "volatile") for line in c.lines) or "exit" in c.reasons[0]
               for c in found.commands if c.verdict == "drift")  # fmt: skip


def test_steps_that_go_and_come() -> None:
    old, new = term(1), term(2)
    del new.steps[12]
    new.steps.insert(16, ("docker version", ["Client:"], 0))

    found = compared(record(old), record(new))

    assert {(c.command, c.reasons) for c in found.commands if c.verdict == "drift"} == {
        ("docker volume ls", ("it is no longer run",)),
        ("docker version", ("it was not run before",)),
    }
    assert found.count("failed") == 0


def test_another_prompt_and_another_command() -> None:
    old, new = record(term(1)), record(term(2))
    steps = list(new.steps)
    capture = steps[1].captures[0]
    steps[1] = msgspec.structs.replace(steps[1], captures=(msgspec.structs.replace(capture, prompt="root@box:~# "),))
    capture = steps[3].captures[0]
    steps[3] = msgspec.structs.replace(
        steps[3], captures=(msgspec.structs.replace(capture, command="docker run -d nginx"),)
    )

    assert told(compared(old, msgspec.structs.replace(new, steps=tuple(steps)))) == {
        1: "another prompt",
        3: f"another command, before: {old.steps[3].captures[0].command}",
    }


def test_another_branch_of_a_claim_is_drift() -> None:
    new = msgspec.structs.replace(record(term(2)), claims=(RecordedClaim(0, 0, 0), RecordedClaim(1, 0, 1)))

    found = compared(record(term(1)), new)

    assert [(claim.number, claim.old, claim.new) for claim in found.claims] == [
        (2, ClaimBranch(1), ClaimBranch(2)),
        (3, ClaimBranch(1), None),
    ]
    assert found.drifted
    assert found.count("drift") == 0


def test_rules_of_a_fence() -> None:
    old, new = term(1), term(2)
    new.steps[0] = ("docker pull nginx", list(reversed(new.steps[0][1])), 0)
    new.steps[1] = ("docker images", images(new, ("other", new.image)), 0)

    assert set(told(compared(record(old), record(new)))) == {0, 1}
    found = compared(record(old), record(new), Places(rules={0: "unordered", 1: "ignore"}))
    assert told(found) == {}
    assert [command.verdict for command in found.commands[:2]] == ["volatile", "volatile"]
    del new.steps[0][1][-1]
    assert set(told(compared(record(old), record(new), Places(rules={0: "unordered", 1: "ignore"})))) == {0}


def test_lists_of_layers_by_name_and_by_time() -> None:
    """The two orders that mean nothing, alone, with nothing else that could tell which folder is which."""
    for newest in (False, True):
        old, new = (Term(seed) for seed in (1, 2))
        for t in (old, new):
            t.steps = [("ls -al", listing(t, t.layers, newest=newest), 0)] * 2
        assert not compared(record(old), record(new)).drifted
