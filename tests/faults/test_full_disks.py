"""Disks that are full, out of inodes or read-only under commands that write: one message, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.place import Ended, Place
from tests.faults.writers import EXPORT, Bench, assert_whole_slides, await_no_programs, leftovers, own

pytestmark = pytest.mark.faults("full disks under what writes")
needs_mount = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")
HOSTILE = pytest.mark.hostile("a disk that takes no more", "exit 3 that says so", "half a file, a lost one")
FILLER = "filler"
SIZE = 2048
"""Kilobytes of the small disk."""


def fill(folder: Path, room: int) -> None:
    """Leave so many kilobytes."""
    with suppress(OSError), (folder / FILLER).open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    os.truncate(folder / FILLER, max(0, (folder / FILLER).stat().st_size - 1024 * room))


def exhaust(folder: Path) -> None:
    """Leave no inode."""
    (folder / FILLER).mkdir()
    with suppress(OSError):
        for number in range(SIZE):
            (folder / FILLER / str(number)).touch()


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


SPOILS: dict[str, Callable[[Path], object]] = {
    "full": lambda folder: fill(folder, 0),
    "no inodes": exhaust,
    "read-only": lambda folder: remount(folder, "ro"),
}
EXPORTS: dict[str, Callable[[Path], object]] = {
    "room for 4 kB": lambda folder: fill(folder, 4),
    "room for 60 kB": lambda folder: fill(folder, 60),
}


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put what is in a folder on a disk of its own."""
    kept = folder.with_name(f".{folder.name}.kept")
    shutil.copytree(folder, kept, symlinks=True)
    options = f"size={SIZE}k,nr_inodes={SIZE // 8}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "faults", folder], check=True)
    try:
        shutil.copytree(kept, folder, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(kept)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def make_room(folder: Path) -> None:
    remount(folder, "rw")
    if (folder / FILLER).is_dir():
        shutil.rmtree(folder / FILLER)
    else:
        (folder / FILLER).unlink(missing_ok=True)


WHERE = {
    "i18n update": ("decks/one/locale", "decks"),
    "i18n add": ("decks/two/locale", "decks"),
    "drift --output": ("reports",),
    "build md": ("build",),
    EXPORT: ("build",),
}
USUAL = [("i18n add", "decks/two/locale", "full"), ("drift --output", "reports", "read-only")]
"""What `make test` tries."""
CASES = [
    pytest.param(*case, id=" ".join(case), marks=[] if case in USUAL else pytest.mark.soak)
    for name, folders in WHERE.items()
    for folder in folders
    for spoil in (EXPORTS if name == EXPORT else SPOILS)
    if spoil != "room for 4 kB"
    for case in [(name, folder, spoil)]
]
CASES.append(
    pytest.param("i18n add", "decks", "room for 4 kB", id="i18n add decks room for 4 kB", marks=pytest.mark.soak)
)


def assert_said(done: Ended) -> None:
    done.assert_clean(3)
    assert any(said in done.err for said in ("cannot write", "full: make room ", "no temporary files can be made")), (
        done.err
    )


def assert_untouched(bench: Bench, folder: str, said: str) -> None:
    """Nothing below the folder has changed, and of a new language nothing at all."""
    bench.assert_old_or_new(said)
    assert leftovers(bench.place) == [], said
    below = "" if bench.name == "i18n add" else f"{folder}/"
    now = {name: data for name, data in own(bench.place).items() if name.startswith(below)}
    assert now == {name: data for name, data in bench.before.items() if name.startswith(below)}, said
    assert_whole_slides(bench.place, said)


@pytest.fixture(scope="module")
def bench_of(places: Callable[[], Place]) -> Callable[[str], Bench]:
    """Return the course that all tests of a command share, as it is before the command runs."""
    benches: dict[str, Bench] = {}

    def bench_of(name: str) -> Bench:
        if name not in benches:
            benches[name] = Bench(places(), name)
        benches[name].restore()
        return benches[name]

    return bench_of


@needs_mount
@HOSTILE
@pytest.mark.parametrize(("name", "folder", "spoil"), CASES)
def test_the_disk_takes_no_more(bench_of: Callable[[str], Bench], name: str, folder: str, spoil: str) -> None:
    bench = bench_of(name)
    place = bench.place
    said = f"{name} on {folder}: {spoil}"
    disk = place.root / folder
    disk.mkdir(exist_ok=True)
    if folder == "build":
        for slides in [*disk.glob("*.html"), *disk.glob("*.pdf")]:  # a build would make room by removing them
            slides.unlink()
    with small_disk(disk):
        (SPOILS | EXPORTS)[spoil](disk)
        done = bench.run()
        make_room(disk)
        assert_said(done)
        assert_untouched(bench, folder, said)
        bench.assert_repeatable(said)


LIMITS = [
    pytest.param(name, size, id=f"{name}, {size} bytes", marks=[] if name == "i18n update" else pytest.mark.soak)
    for name, sizes in {
        "i18n update": (64,),
        "i18n add": (0, 64),
        "drift --output": (0, 512),
        "build md": (0, 100),
        EXPORT: (30_000,),
    }.items()
    for size in sizes
]


@HOSTILE
@pytest.mark.parametrize(("name", "size"), LIMITS)
def test_files_may_not_be_so_large(bench_of: Callable[[str], Bench], name: str, size: int) -> None:
    bench = bench_of(name)
    place = bench.place
    done = place.livedeck(*bench.writer.words, prefix=["prlimit", f"--fsize={size}"])
    assert_said(done)
    await_no_programs(place)
    assert_untouched(bench, "decks", f"{name} with {size} bytes")
    bench.assert_repeatable(name)


@pytest.mark.soak
@needs_mount
@HOSTILE
@pytest.mark.parametrize("spoil", ["full", "no inodes", "read-only"])
def test_there_is_no_room_for_temporary_files(bench_of: Callable[[str], Bench], spoil: str) -> None:
    bench = bench_of(EXPORT)
    place = bench.place
    with tempfile.TemporaryDirectory(prefix="f", dir="/tmp") as name:
        folder = Path(name) / "t"
        folder.mkdir()
        with small_disk(folder):
            (SPOILS | EXPORTS)[spoil](folder)
            done = place.livedeck(*bench.writer.words, TMPDIR=str(folder))
            make_room(folder)
            if done.code:
                assert_said(done)
            assert list(folder.iterdir()) == []
    await_no_programs(place)
    assert_untouched(bench, "decks", spoil)
    bench.assert_repeatable(spoil)


@pytest.mark.soak
@HOSTILE
@pytest.mark.parametrize(
    ("name", "file"),
    {
        "i18n update": "decks/one/locale/en.po",
        "i18n add": "decks/course.toml",
        "drift --output": "reports/report.html",
        "build md": "build/one.ko.md",
    }.items(),
)
def test_a_file_is_read_only(bench_of: Callable[[str], Bench], name: str, file: str) -> None:
    bench = bench_of(name)
    place = bench.place
    (place.root / file).chmod(0o444)
    done = bench.run()
    done.assert_clean(3, "cannot write", "it is read-only")
    (place.root / file).chmod(0o644)
    bench.assert_old_or_new(name)
    assert name == "i18n update" or own(place) == bench.before
    bench.assert_repeatable(name)
