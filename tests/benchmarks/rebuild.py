"""How long a rebuild takes after a prose edit, as a whole process, beside an empty Python process.

Run it by hand, from anywhere: `.venv/bin/python tests/benchmarks/rebuild.py`. The layers deck is copied, its prose is
changed before every run, and `livedeck build --format md` is timed; nothing is executed but Livedeck.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAIRS = 5
USUAL = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Python keeps its bytecode, as it does unless told otherwise; else it reads every module anew."""


def timed(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=USUAL)
    return time.perf_counter() - started


def measure() -> list[tuple[float, float]]:
    """Seconds of (rebuild, empty process), interleaved, after one warm-up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "decks", folder / "decks")
        shutil.copytree(ROOT / "themes", folder / "themes")
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
        deck = folder / "decks" / "02-docker-layers" / "deck.md"
        build = [sys.executable, "-m", "livedeck", "build", "--format", "md", "--lang", "ko", "02-docker-layers"]
        pairs = []
        for number in range(PAIRS + 1):
            deck.write_text(f"{deck.read_text(encoding='utf-8')}\n한 문장 더 {number}.\n", encoding="utf-8")
            pairs.append((timed(build, folder), timed([sys.executable, "-c", "pass"], folder)))
    return pairs[1:]


if __name__ == "__main__":
    rows = measure()
    for rebuild, empty in rows:
        print(f"rebuild {rebuild:.3f} s   empty process {empty:.3f} s   ratio {rebuild / empty:.1f}")  # noqa: T201
    print(f"median rebuild {statistics.median(rebuild for rebuild, _ in rows):.3f} s")  # noqa: T201
