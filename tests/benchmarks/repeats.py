"""False drift: decks captured again and again, every record compared with every other and the committed one.

Run it by hand: `.venv/bin/python tests/benchmarks/repeats.py --keep /tmp/repeats --times 10 --engine all --jobs 2`.
Nothing has changed between two captures, so every drift it finds is a false one. `--times 0` compares what is there.
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

import msgspec
from livedeck.drift import Places, compare
from livedeck.model import Record

ROOT = Path(__file__).resolve().parents[2]


def capture(options: list[str], target: Path, name: str, prefix: list[str]) -> int:
    """Capture in a copy of the project, so that the repository's own records stay as they are, and keep what came.

    Each record becomes `target/<deck>/<engine>/<name>.json`; their number. A capture that failed leaves none behind.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT / "decks", copy / "decks", ignore=shutil.ignore_patterns("records"))
        command = [*prefix, sys.executable, "-m", "livedeck", "--root", str(copy), "capture", *options]
        subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        found = list(copy.glob("decks/*/records/*.json"))
        for path in found:
            kept = target / path.parent.parent.name / path.stem
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, kept / f"{name}.json")
        return len(found)


def compared(paths: list[Path], deck: str, engine: str, worlds: set[str]) -> list[str]:
    """One line for each pair of records that differs by more than volatile values; every pair is compared once.

    What differs in the world is put into `worlds`: images may have been built anew since the committed record.
    """
    held = [msgspec.json.decode(path.read_bytes(), type=Record) for path in paths]
    lines = []
    for one, two in itertools.combinations(range(len(held)), 2):
        found = compare(held[one], held[two], names=(paths[one].stem, paths[two].stem), masks={}, places=Places())
        pair = f"{deck} {engine} {paths[one].stem} {paths[two].stem}"
        lines += [
            f"{pair}: {command.command.splitlines()[0]}: {'; '.join(command.reasons)}"
            for command in found.commands
            if command.verdict in ("drift", "failed")
        ]
        lines += [f"{pair}: claim {claim.number}" for claim in found.claims]
        worlds.update(fact.what for fact in found.world)
    return lines


def main() -> int:
    """Capture as often as asked, then compare; the number of false drifts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deck", nargs="*", default=[], help="all without it")
    parser.add_argument("--engine", default="all")
    parser.add_argument("--jobs", default="1")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3600, help="begin no further capture after these")
    parser.add_argument("--keep", type=Path, required=True, help="the folder of the records")
    parser.add_argument("--under", default="", help="a command that each capture is run by, such as a lock")
    asked = parser.parse_args()
    begun = time.perf_counter()
    for number in range(1, asked.times + 1):
        started = time.perf_counter()
        if started - begun > asked.seconds:
            break
        options = ["--engine", asked.engine, "--jobs", asked.jobs, *asked.deck]
        made = capture(options, asked.keep, f"{number:02}", shlex.split(asked.under))
        print(f"{number}/{asked.times}: {made} records in {time.perf_counter() - started:.1f} s", flush=True)  # noqa: T201
    total = 0
    for folder in sorted(asked.keep.glob("*/*")):
        deck, engine = folder.parent.name, folder.name
        paths = [*sorted(folder.glob("*.json")), ROOT / "decks" / deck / "records" / f"{engine}.json"]
        started = time.perf_counter()
        worlds: set[str] = set()
        false = compared(paths, deck, engine, worlds)
        pairs = len(paths) * (len(paths) - 1) // 2
        each = (time.perf_counter() - started) / max(pairs, 1)
        print("\n".join([*false, f"{deck} {engine}: {len(paths) - 1} captures, {pairs} pairs"]), end=", ")  # noqa: T201
        print(f"{len(false)} false drifts, {each:.3f} s a pair; the world: {', '.join(sorted(worlds)) or 'same'}")  # noqa: T201
        total += len(false)
    return total


if __name__ == "__main__":
    sys.exit(min(main(), 1))
