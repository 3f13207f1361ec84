"""Commands that write are ended at any moment: what users own is old or new, and a second run finishes it."""

from __future__ import annotations

import random
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.faults.place import SECONDS, Place, in_lanes
from tests.faults.test_signals import SAYS, await_true
from tests.faults.writers import (
    EXPORT,
    WRITERS,
    Bench,
    assert_whole_slides,
    await_no_programs,
    furnished,
    leftovers,
    programs,
)

QUICK = ("i18n update", "i18n add", "drift --output")
KILLS = 20
SIGNALS = 4
Property = Callable[[str, object], None]


def killed_before(bench: Bench, moment: int) -> None:
    """Kill the command right before one of its changes, and look at what is there, then and after a second run."""
    said = f"{bench.name}, {bench.changes[moment - 1]}"
    bench.restore()
    done = bench.run(moment)
    assert done.code in (-signal.SIGKILL, 0, 4), (said, done.err)  # an export does not always do the same
    bench.assert_old_or_new(said)
    assert_whole_slides(bench.place, said)
    bench.assert_repeatable(said)


def stopped_before(bench: Bench, moment: int, number: signal.Signals) -> None:
    """The same with a signal that can be answered: nothing is left, even before a second run."""
    said = f"{bench.name}, {number.name} before {bench.changes[moment - 1]}"
    bench.restore()
    done = bench.run(moment, number)
    if done.code not in (0, 4):
        done.assert_clean(*SAYS[number])
    bench.assert_old_or_new(said)
    assert_whole_slides(bench.place, said)
    await_no_programs(bench.place)
    if bench.name != EXPORT:  # a signal while an export removes temporary files leaves the others to the next one
        assert leftovers(bench.place) == [], said


@pytest.mark.faults("kills of what writes")
@pytest.mark.parametrize("name", QUICK)
def test_killed_before_a_file_is_in_place(place: Place, name: str) -> None:
    """Right before the last file is renamed: all are written, and one is not there yet."""
    bench = Bench(place, name)
    killed_before(bench, max(n for n, change in enumerate(bench.changes, 1) if " os.rename " in change))


@pytest.mark.soak
@pytest.mark.faults("kills of what writes")
@pytest.mark.parametrize("name", [name for name in WRITERS if name != EXPORT])
def test_killed_before_any_change(place: Place, name: str, record_property: Property) -> None:
    bench = Bench(place, name)
    moments = range(1, len(bench.changes) + 1)
    seed = random.SystemRandom().randrange(10**6)
    chosen = sorted(random.Random(seed).sample(moments, min(KILLS, len(moments))))
    for moment in chosen:
        killed_before(bench, moment)
    record_property("seed", seed)
    record_property("cases", len(chosen))


@pytest.mark.soak
@pytest.mark.faults("signals to what writes")
@pytest.mark.parametrize("number", SAYS, ids=lambda number: number.name)
@pytest.mark.parametrize("name", WRITERS)
def test_a_signal_before_any_change(place: Place, name: str, number: signal.Signals, record_property: Property) -> None:
    bench = Bench(place, name)
    seed = random.SystemRandom().randrange(10**6)
    moments = random.Random(seed).sample(range(1, len(bench.changes) + 1), SIGNALS)
    for moment in moments:
        stopped_before(bench, moment, number)
    record_property("seed", seed)
    record_property("cases", len(moments))


@pytest.mark.soak
@pytest.mark.faults("kills of what writes")
def test_an_export_is_killed_at_any_moment(places: Callable[[], Place], record_property: Property) -> None:
    """By the clock this time, as most of it happens in other programs; those end by themselves."""
    seed = random.SystemRandom().randrange(10**6)
    record_property("seed", seed)
    moments = [random.Random(seed + number).uniform(0.05, 1) for number in range(KILLS)]

    def lane(own: list[float]) -> int:
        bench = Bench(places(), EXPORT)
        for number, moment in enumerate(own):
            said = f"seed {seed}, after {moment} of its time"
            bench.restore()
            with bench.start() as process:
                try:
                    process.wait(timeout=moment * bench.seconds)
                except subprocess.TimeoutExpired:
                    process.kill()
                process.communicate(timeout=SECONDS)
            await_no_programs(bench.place)
            bench.assert_old_or_new(said)
            assert_whole_slides(bench.place, said)
            if number % 5 == 0:
                bench.assert_repeatable(said)
        return len(own)

    assert sum(in_lanes(lane, [moments[0::2], moments[1::2]])) == KILLS
    record_property("cases", KILLS)


@pytest.mark.faults("kills of what writes")
def test_a_killed_export_leaves_no_browser(place: Place) -> None:
    """It is killed while the browser prints; the next build removes what lies about."""
    furnished(place, "i18n add")
    with place.start("build", "one", "--format", "pdf", "--no-fit") as process:
        await_true(lambda: any("--user-data-dir" in line for line in programs(place)) or process.poll() is not None)
        process.kill()
        process.communicate(timeout=SECONDS)
    await_no_programs(place)
    assert leftovers(place)
    place.livedeck("build", "one", "--format", "html", "--no-fit").assert_clean(0)
    assert leftovers(place) == []
