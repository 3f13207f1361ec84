"""False drift: one deck captured again and again, and every record compared with every other one.

Run it by hand: `.venv/bin/python tests/benchmarks/repeats.py --keep /tmp/repeats --times 10 --engine current`. Nothing
has changed between two captures, so every drift it finds is a false one. `--times 0` compares what is there.
"""

from __future__ import annotations

import argparse
import itertools
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generator import records
from generator.drift import Places, compare

ROOT = Path(__file__).resolve().parents[2]


def capture(deck: str, engine: str, target: Path, prefix: list[str]) -> None:
    """Capture a copy of the project, so that the repository's own record stays as it is, and keep the record."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "project"
        shutil.copytree(ROOT / "decks", copy / "decks")
        command = [*prefix, sys.executable, "-m", "generator", "--root", str(copy), "capture", "--engine", engine, deck]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        shutil.copyfile(copy / "decks" / deck / "records" / f"{engine}.json", target)


def compared(paths: list[Path], deck: str, engine: str) -> list[str]:
    """One line for each pair of records that differs by more than volatile values; every pair is compared once."""
    held = [records.load(path, path.name, deck, engine) for path in paths]
    lines = []
    for one, two in itertools.combinations(range(len(held)), 2):
        found = compare(held[one], held[two], names=(paths[one].stem, paths[two].stem), masks={}, places=Places())
        lines += [
            f"{paths[one].stem} {paths[two].stem}: {command.command.splitlines()[0]}: {'; '.join(command.reasons)}"
            for command in found.commands
            if command.verdict == "drift"
        ]
        lines += [f"{paths[one].stem} {paths[two].stem}: claim {claim.number}" for claim in found.claims]
    return lines


def main() -> int:
    """Capture as often as asked, then compare; the number of false drifts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deck", default="02-docker-layers")
    parser.add_argument("--engine", default="current")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--keep", type=Path, required=True, help="the folder of the records")
    parser.add_argument("--under", default="", help="a command that each capture is run by, such as a lock")
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    for number in range(1, asked.times + 1):
        started = time.perf_counter()
        capture(asked.deck, asked.engine, asked.keep / f"{asked.engine}-{number:02}.json", shlex.split(asked.under))
        print(f"captured {number}/{asked.times} in {time.perf_counter() - started:.1f} s", flush=True)  # noqa: T201
    paths = sorted(asked.keep.glob(f"{asked.engine}-[0-9]*.json"))
    started = time.perf_counter()
    false = compared(paths, asked.deck, asked.engine)
    seconds = time.perf_counter() - started
    pairs = len(paths) * (len(paths) - 1) // 2
    print("\n".join(false))  # noqa: T201
    print(f"{len(paths)} records, {pairs} pairs, {len(false)} false drifts, {seconds / pairs:.3f} s a pair")  # noqa: T201
    return len(false)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
