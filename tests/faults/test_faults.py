"""What breaks around Livedeck: hosts, disks, permissions, other Livedecks, no Docker."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docker import APIClient
from livedeck.hosts.daemon import daemon

from tests.course import ROOT
from tests.faults.place import FRONT, SECONDS, Place, captures_of, deck_of, in_lanes
from tests.faults.test_signals import await_line, await_true, runs_in

NOWHERE = "unix:///nowhere/docker.sock"
SLEEP = FRONT + "```bash run\necho one\n```\n\n```bash run\nsleep 1000\n```\n"
BIG = deck_of("seq -f %060.0f 4000")
ROOTS = os.getuid() == 0
OTHER = 65534


@pytest.mark.faults("hosts that break")
@pytest.mark.parametrize("how", ["kill", "stop", "remove"])
def test_the_sandbox_is_taken_away_in_mid_command(place: Place, how: str) -> None:
    place.write(SLEEP)
    before = place.keep("echo before")
    with place.start("capture") as process:
        await_true(lambda: runs_in(place, "sleep 1000"))
        with APIClient(version="auto") as api:
            (container,) = place.containers()
            {
                "kill": lambda: api.kill(container),
                "stop": lambda: api.stop(container, timeout=1),
                "remove": lambda: api.remove_container(container, v=True, force=True),
            }[how]()
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 3, err
    assert b"decks/one/deck.md:10: the host ended while a command was running on it" in err
    assert b"Traceback" not in err
    place.assert_old(before)
    assert [capture["command"] for capture in captures_of(place.attempt())] == ["echo one"]
    place.assert_nothing_left()


@pytest.mark.faults("hosts that break")
def test_the_sandbox_is_paused(place: Place) -> None:
    """While it is, Livedeck stands still, so that it cannot give up before."""
    place.write(SLEEP.replace("run\nsleep", "run timeout=3\nsleep"))
    before = place.keep("echo before")
    with place.start("capture") as process, APIClient(version="auto") as api:
        await_line(process, b"one 1/2")
        process.send_signal(signal.SIGSTOP)
        api.pause(*place.containers())
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1, err
    assert b"`sleep 1000` did not end within 3 seconds" in err
    place.assert_old(before)
    place.assert_nothing_left()


BREAKS = {
    "the daemon dies in mid-pull": "docker pull nginx & sudo pkill -9 dockerd; wait $!",
    "the network is cut in mid-pull": "timeout 5 docker pull nginx & sudo pkill -9 docker-registry; wait $!",
    "no network before": "sudo pkill -9 docker-registry; docker pull nginx",
}
"""A pull that has begun when the network is cut is tried again for most of a minute, so it is given up."""
GIVEN_UP = 124


@pytest.mark.faults("hosts that break")
@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_inside_is_data_or_a_failed_step(place: Place, name: str) -> None:
    shutil.copytree(ROOT / "decks" / "_stand-ins", place.root / "decks" / "_stand-ins")
    place.write(deck_of(BREAKS[name], "exit=any"))
    place.livedeck("capture", "--images", "stand-in").assert_clean(0)
    (capture,) = captures_of(place.record())
    assert capture["exit"] in (0, 1, GIVEN_UP)
    assert capture["exit"] or "Status: " in "".join(capture["output"])
    before = place.record().read_bytes()
    place.write(deck_of(f"{BREAKS[name]}; docker image inspect nginx --format x && false"))
    place.livedeck("capture", "--images", "stand-in").assert_clean(1, "decks/one/deck.md:6: ")
    place.assert_old(before)
    place.assert_nothing_left()


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """A disk of 64 kB below `folder`, where one may be mounted; the files there are taken along."""
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "faults", folder], check=True)
    try:
        for name, data in kept.items():
            (folder / name).write_bytes(data)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.faults("disks and permissions")
@pytest.mark.parametrize("what", ["record", "attempt"])
def test_the_disk_is_full(place: Place, what: str) -> None:
    """Without the right to mount, a limit on the size of files does the same."""
    place.write(BIG if what == "record" else BIG.replace("4000", "4000; false"))
    before = place.keep("echo before")
    folder = (place.record() if what == "record" else place.attempt()).parent
    folder.mkdir(parents=True, exist_ok=True)
    if ROOTS:
        with full_disk(folder):
            done = place.livedeck("capture")
            place.assert_old(before)
    else:
        limit = ["prlimit", f"--fsize={resource.getpagesize() * 4}"]
        done = place.livedeck("capture", prefix=limit)
        place.assert_old(before)
    if what == "record":
        done.assert_clean(3, "cannot write", "what was there before is untouched")
    else:
        done.assert_clean(1, "what was captured until then is lost: cannot write", "ended with exit code 1, not 0")
        assert not place.attempt().exists()
    place.assert_nothing_left()


@contextmanager
def as_somebody(place: Place) -> Iterator[tuple[str, ...]]:
    """The words before a command that may not write what root may write, but use Docker."""
    socket = Path("/var/run/docker.sock")
    group = socket.stat().st_gid if socket.exists() else OTHER
    for folder in place.root.parents:
        if folder.stat().st_uid == os.getuid() and not folder.stat().st_mode & 0o005:
            folder.chmod(folder.stat().st_mode | 0o055)
    unmeasured = ("env", "--unset=COVERAGE_PROCESS_CONFIG")  # that user may not write the data of `make coverage`
    yield (*unmeasured, "setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", f"--groups={group}") if ROOTS else ()


@pytest.mark.faults("disks and permissions")
@pytest.mark.parametrize(
    ("words", "unreadable", "code", "said"),
    [
        (("capture",), None, 3, "cannot write"),
        (("build", "--format", "md"), None, 3, "cannot write"),
        (("build", "--live"), None, 3, "cannot write"),
        (("steps", "one"), None, 0, ""),
        (("clean",), None, 3, "cannot write"),
        (("build",), "decks/one/records/current.json", 3, "cannot read decks/one/records/current.json"),
        (("build",), "decks/one/deck.md", 2, "cannot read decks/one/deck.md"),
        (("build",), "decks/course.toml", 2, "cannot read the course file"),
        (("build",), "decks/one/files/secret", 3, "cannot read"),
    ],
)
def test_what_may_not_be_written_or_read(
    place: Place, words: tuple[str, ...], unreadable: str | None, code: int, said: str
) -> None:
    place.write(deck_of("true"))
    before = place.keep("true")
    (place.root / "build" / "records").mkdir(parents=True)
    if unreadable:
        (place.root / unreadable).parent.mkdir(exist_ok=True)
        (place.root / unreadable).touch()
        (place.root / unreadable).chmod(0)
    folders = [place.root / "build", place.record().parent, place.root]
    for folder in folders:
        folder.chmod(0o555)
    if unreadable:
        folders[0].chmod(0o777)  # a build holds it before it reads anything
    with as_somebody(place) as prefix:
        done = place.livedeck(*words, prefix=prefix, HOME="/nowhere", PYTHONDONTWRITEBYTECODE="1")
    for folder in folders:
        folder.chmod(0o755)
    done.assert_clean(code, said)
    place.record().chmod(0o644)
    place.assert_old(before)


@pytest.mark.faults("two at once")
def test_two_on_one_deck(place: Place) -> None:
    place.write(deck_of("mkfifo ~/late; cat ~/late"))
    with place.start("capture") as first, APIClient(version="auto") as api:
        await_true(lambda: runs_in(place, "cat /home/ubuntu/late"))
        place.livedeck("capture").assert_clean(3, "another livedeck is working on one on current", "wait until")
        (container,) = place.containers()
        api.exec_start(api.exec_create(container, ["sh", "-c", "echo late > /home/ubuntu/late"])["Id"])
        _, err = first.communicate(timeout=SECONDS)
    assert first.returncode == 0, err
    assert captures_of(place.record())[-1]["output"] == ["late"]
    place.assert_nothing_left()


@pytest.mark.faults("two at once")
def test_two_on_two_decks(place: Place) -> None:
    for name in ("one", "two"):
        place.write(deck_of(f"echo {name}"), name)
    for done in in_lanes(lambda name: place.livedeck("capture", name), ["one", "two"]):
        done.assert_clean(0)
    assert [captures_of(place.record(name))[0]["output"] for name in ("one", "two")] == [["one"], ["two"]]
    place.assert_nothing_left()


@pytest.mark.faults("no Docker")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("capture",), 3, "no Docker daemon answers"),
        (("build", "--live"), 3, "no Docker daemon answers"),
        (("shell", "one"), 2, "a shell needs a terminal"),
        (("build", "--format", "md"), 0, "wrote build/one.ko.md"),
        (("build", "--format", "html"), 0, "wrote build/one.ko.html"),
        (("build", "--attempt", "--format", "md"), 1, "there is no failed capture"),
        (("steps", "one"), 0, ""),
        (("steps", "one", "--json"), 0, ""),
        (("clean",), 0, "left the sandboxes alone: no Docker daemon answers"),
        (("clean", "--images"), 3, "no Docker daemon answers"),
        (("doctor",), None, ""),
        (("--version",), 0, ""),
    ],
)
def test_every_command_without_docker(place: Place, words: tuple[str, ...], code: int | None, said: str) -> None:
    place.write(deck_of("true"))
    before = place.keep("true")
    done = place.livedeck(*words, DOCKER_HOST=NOWHERE)
    done.assert_clean(done.code if code is None else code, said)
    assert done.code in (0, 1, 2, 3)
    place.assert_old(before)


@pytest.mark.faults("clocks")
@pytest.mark.parametrize(
    ("ahead", "goes"),
    [(timedelta(0), False), (timedelta(days=-3650), False), (timedelta(hours=1), False), (timedelta(hours=3), True)],
    ids=str,
)
def test_a_running_sandbox_goes_only_after_its_lifetime(place: Place, ahead: timedelta, goes: bool) -> None:
    place.write(SLEEP)
    with place.start("capture") as process, APIClient(version="auto") as api:
        await_true(lambda: runs_in(place, "sleep 1000"))
        (container,) = place.containers()
        assert daemon.sweep(api, datetime.now(UTC) + ahead, {"id": container}) == int(goes)
        assert bool(place.containers()) != goes
        process.terminate()
        process.communicate(timeout=SECONDS)
    place.assert_nothing_left()
