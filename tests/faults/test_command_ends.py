"""Hostile commands that can end a capture or its machine, each on a sandbox of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.faults.commands import ENDS, HOST_ENDED, ONE_OF_EACH
from tests.faults.place import Ended, Place, deck_of, in_lanes

pytestmark = pytest.mark.faults("hostile commands, apart")
LIMITS = '[sandbox]\nmemory = "700m"\nprocesses = 600\n'


@dataclass(frozen=True)
class Run:
    place: Place
    before: bytes
    ended: Ended


def run(place: Place, options: str, commands: str) -> Run:
    place.write(deck_of(commands, options))
    before = place.keep("echo before")
    return Run(place, before, place.livedeck("capture"))


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, places: Callable[[], Place], operators_things: Callable[[], str]
) -> dict[str, Run]:
    """Run the commands of all tests that were selected, a few at a time."""
    things = operators_things()
    asked = [
        item for item in request.session.items if isinstance(item, pytest.Function) and "runs" in item.fixturenames
    ]
    chosen = [item.callspec.params["name"] for item in asked]

    def one(name: str) -> Run:
        options, commands, _ = ENDS[name]
        place = places()
        place.course(LIMITS)
        return run(place, options, commands)

    done = dict(zip(chosen, in_lanes(one, chosen), strict=True))
    assert operators_things() == things
    return done


@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in ONE_OF_EACH else [pytest.mark.soak]) for n in ENDS])
@pytest.mark.hostile(
    "a command that ends a capture",
    "one message with file and line, and the way back",
    "a record that changes, a sandbox that stays",
)
def test_it_ends_as_data_or_as_one_clean_error(runs: dict[str, Run], name: str) -> None:
    _, _, outcomes = ENDS[name]
    done = runs[name]
    code = done.ended.code
    assert code in outcomes, done.ended.err
    done.ended.assert_clean(code, outcomes[code])
    done.place.assert_nothing_left()
    if code == 0:
        assert done.place.record().read_bytes() != done.before
        assert not done.place.attempt().exists()
        return
    done.place.assert_old(done.before)
    assert done.place.attempt().is_file()
    assert "look around there: livedeck shell one" in done.ended.err
    if code == 1:
        assert "\ndecks/one/deck.md:6: `" in f"\n{done.ended.err}"


@pytest.mark.alone
def test_a_command_that_fills_the_disk_ends_its_host(place: Place, operators_things: Callable[[], str]) -> None:
    things = operators_things()
    free = shutil.disk_usage("/var/lib/docker").free // 1024
    place.course(f'[sandbox]\nkeep_free = "{free - 400_000}k"\n')
    done = run(place, "timeout=200", "head -c 5G /dev/zero > /var/tmp/full; sleep 1000")
    done.ended.assert_clean(3, HOST_ENDED, "[sandbox]")
    place.assert_old(done.before)
    place.assert_nothing_left()
    assert operators_things() == things


def test_less_than_keep_free_starts_no_host(place: Place) -> None:
    place.course('[sandbox]\nkeep_free = "999999999g"\n')
    done = run(place, "", "true")
    done.ended.assert_clean(3, "keep_free in [sandbox]")
    place.assert_old(done.before)
    place.assert_nothing_left()


@pytest.mark.parametrize("eater", ["head -c 900M /dev/zero | tail", "python3 -c 'x = b\"x\" * 10**9' || false"])
@pytest.mark.hostile(
    "a command that eats memory", "an exit code within the limit of the sandbox", "a machine without memory"
)
def test_a_command_that_eats_the_memory_meets_the_limit(place: Place, eater: str) -> None:
    place.course('[sandbox]\nmemory = "300m"\n')
    done = run(place, "exit=any timeout=30", f"{eater}; echo after $?")
    assert done.ended.code in (0, 1, 3)
    done.ended.assert_clean(done.ended.code)
    place.assert_nothing_left()
    if done.ended.code:
        place.assert_old(done.before)
