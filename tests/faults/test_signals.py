"""Signals and kills at any moment of a capture: nothing runs on, and the record is the old or the new one."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docker import APIClient
from docker.errors import APIError

from tests.course import ROOT
from tests.faults.place import FRONT, SECONDS, Ended, Place, captures_of, deck_of, in_lanes

SAYS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated")}
PHASES = ("host starting", "mid-command", "between commands", "while writing")
DECK = FRONT + "```bash run\necho one\n```\n\n```bash run\necho two\nsleep 60\n```\n"
QUICK = FRONT + "\n".join(f"```bash run\necho {n}; seq 300\n```\n" for n in range(40))
ENDLESS = QUICK + "\n```bash run\nsleep 60\n```\n"
DECKS = {"mid-command": DECK, "while writing": QUICK}
KILLS = 30
STOPS = [
    pytest.param(phase, number, id=f"{phase}-{number.name}", marks=[pytest.mark.soak] if soak else [])
    for phase in PHASES
    for number in SAYS
    for soak in [number == signal.SIGTERM and phase != "mid-command"]
]


def await_true(condition: Callable[[], bool], pause: float = 0.05) -> None:
    """Return once it holds; fail when it does not in time. To ask without a pause takes a whole processor."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(pause)


def await_line(process: subprocess.Popen[bytes], text: bytes) -> None:
    """Return once Livedeck says it."""
    assert process.stderr
    while text not in (line := process.stderr.readline()):
        assert line, "it ended before"


def await_writing(place: Place, process: subprocess.Popen[bytes], last: bytes) -> None:
    """Return in the moment, after the line of the last step, in which the record is being written."""
    await_line(process, last)
    await_true(lambda: len(names(place.record().parent)) > 1 or process.poll() is not None, pause=0)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def runs_in(place: Place, words: str) -> bool:
    """Whether a program runs in the course's sandbox."""
    with APIClient(version="auto") as api:
        try:
            return any(words in " ".join(row) for c in place.containers() for row in api.top(c)["Processes"])
        except APIError:
            return False


def await_phase(place: Place, phase: str, process: subprocess.Popen[bytes]) -> None:
    if phase == "host starting":
        await_true(lambda: bool(place.containers()))
    elif phase == "mid-command":
        await_true(lambda: runs_in(place, "sleep 60"))
    elif phase == "between commands":
        await_line(process, b"one 1/")
    else:
        await_writing(place, process, b"one 40/40")


def stop(place: Place, phase: str, number: signal.Signals) -> tuple[Ended, bytes]:
    place.write(DECKS.get(phase, ENDLESS))
    before = place.keep("echo before")
    with place.start("capture") as process:
        await_phase(place, phase, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    return Ended(process.returncode, out.decode(), err.decode()), before


@pytest.mark.faults("signals")
@pytest.mark.parametrize(("phase", "number"), STOPS)
def test_a_signal_ends_it_in_good_order(place: Place, phase: str, number: signal.Signals) -> None:
    done, before = stop(place, phase, number)
    code, said = SAYS[number]
    if phase == "while writing" and (done.code == 0 or place.record().read_bytes() != before):
        assert done.code in (0, code)
        assert len(captures_of(place.record())) == 40
        assert names(place.record().parent) == ["current.json"]
    else:
        done.assert_clean(code, said)
        place.assert_old(before)
    place.assert_nothing_left()


@pytest.mark.faults("signals")
def test_an_interrupt_before_anything_is_loaded_is_silent(place: Place, tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("print('loading', flush=True)\ninput()\n", encoding="utf-8")
    command = ["env", "--default-signal=INT", sys.executable, "-c", "from livedeck.__main__ import main; main()"]
    environ = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=place.root, env=environ, **pipes) as process:
        assert process.stdout
        assert process.stdout.readline() == b"loading\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (-signal.SIGINT, b"")


def killed(place: Place, moment: float) -> None:
    """Start a capture and kill it after so many seconds; it may be done before."""
    with place.start("capture") as process:
        try:
            process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.mark.soak
@pytest.mark.faults("SIGKILL")
def test_killed_at_any_moment(places: Callable[[], Place], record_property: Callable[[str, object], None]) -> None:
    seed = random.SystemRandom().randrange(10**6)
    record_property("seed", seed)
    moments = random.Random(seed).choices(range(50, 2_500), k=KILLS)

    def lane(own: list[int]) -> int:
        place = places()
        place.write(QUICK)
        whole = {place.keep("echo before")}
        for moment in own:
            killed(place, moment / 1_000)
            data = place.record().read_bytes()
            assert data in whole or len(captures_of(place.record())) == 40, f"seed {seed}, {moment} ms"
            whole.add(data)
            place.assert_nothing_left()
        place.livedeck("capture").assert_clean(0)
        place.assert_nothing_left()
        assert names(place.record().parent) == ["current.json"], f"seed {seed}"
        json.loads(place.record().read_text(encoding="utf-8"))
        return len(own)

    assert sum(in_lanes(lane, [moments[0::3], moments[1::3], moments[2::3]])) == KILLS
    record_property("cases", KILLS)


@pytest.mark.faults("SIGKILL")
def test_killed_while_the_record_is_written(place: Place) -> None:
    place.write(deck_of("seq 4000"))
    before = place.keep("echo before")
    with place.start("capture") as process:
        await_writing(place, process, b"one 1/1")
        process.kill()
    assert place.record().read_bytes() == before or len(captures_of(place.record())) == 1
    (place.record().parent / ".current.json.0123abcd").write_text("half of a rec", encoding="utf-8")
    place.livedeck("capture").assert_clean(0)
    assert names(place.record().parent) == ["current.json"]
    place.assert_nothing_left()


@pytest.mark.faults("SIGKILL")
def test_what_another_is_writing_is_left_alone(tmp_path: Path) -> None:
    """A temporary file belongs to whoever has it locked."""
    other = tmp_path / ".current.json.89abcdef"
    writer = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print('locked', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(other)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == b"locked\n"
        from livedeck.project import disk

        disk.replace(tmp_path, tmp_path / "current.json", "{}")
        assert names(tmp_path) == [".current.json.89abcdef", "current.json"]
        process.stdin.write(b"\n")
    disk.replace(tmp_path, tmp_path / "current.json", "{}")
    assert names(tmp_path) == ["current.json"]
