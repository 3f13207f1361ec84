"""False drift: one deck captured again and again, and every record compared with every other one.

Run it by hand: `.venv/bin/python tests/benchmarks/repeats.py --keep /tmp/repeats --times 10 --engine current`. Nothing
has changed between two captures, so every drift it finds is a false one. `--times 0` compares what is there.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def capture(deck: str, engine: str, target: Path, prefix: list[str]) -> None:
    """Capture a copy of the project, so that the repository's own record stays as it is, and keep the record."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "project"
        shutil.copytree(ROOT / "decks", copy / "decks")
        command = [*prefix, sys.executable, "-m", "generator", "--root", str(copy), "capture", "--engine", engine, deck]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        shutil.copyfile(copy / "decks" / deck / "records" / f"{engine}.json", target)
