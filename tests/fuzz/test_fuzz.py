"""Made-up content for every way in: it is accepted or refused, in little time, and nothing breaks.

`make fuzz MINUTES=5` fuzzes longer, `LIVEDECK_FUZZ_SEED` repeats a run. What breaks something is written to
`build/fuzz/<entry>/`; put it into `tests/fuzz/corpus/<entry>/`, which is fed to the entry ever after.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import hostile
from tests.course import ROOT
from tests.fuzz.entries import ENTRIES, Entry, fed

CORPUS = Path(__file__).parent / "corpus"
MINUTES = float(os.environ.get("LIVEDECK_FUZZ_MINUTES", "0"))
FEW = 200
"""How many inputs are made up, the same every time, where no minutes are given."""
LONGEST = 20.0
"""Seconds of processor time for one input; the longest so far took 2."""
KEPT = sorted(path for path in CORPUS.rglob("*") if path.is_file())
ODD = [
    "\x00",
    "\x07",
    "\u202e",
    "\ud800",
    "\U0010fe20",
    "\U0010ff00",
    "\u200b",
    "\ufeff",
    "\r",
    "\x85",
    "\u2028",
    "가",
    "\U000f0001",
]


def mutated(entry: Entry, rng: random.Random) -> str:
    """Return one of the entry's texts, changed in a few places by pieces that mean something there."""
    text = rng.choice(entry.seeds) if rng.random() < 0.9 else ""
    for _ in range(rng.choice((1, 2, 3, 5, 8, 30))):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 0, 1, 3, 20)))
        piece = rng.choice(entry.pieces) if rng.random() < 0.9 else rng.choice(ODD)
        if rng.random() < 0.05:
            piece *= rng.choice((2, 10, 300))
        elif rng.random() < 0.1 and text:
            again = rng.randrange(len(text))
            piece = text[again : again + rng.choice((5, 50))]
        text = text[:start] + piece + text[end:]
    return text


def broken(entry: Entry, text: str) -> str | None:
    """Return how a text breaks an entry; None if it does not."""
    began = time.process_time()
    try:
        fed(entry, text)
    except Exception as error:  # noqa: BLE001 (this is what is looked for)
        return f"{type(error).__name__}: {str(error)[:300]}"
    took = time.process_time() - began
    return f"{took:.0f} seconds" if took > LONGEST else None


def smallest(entry: Entry, text: str) -> str:
    """Return a text with less in it that breaks the entry all the same."""
    step = max(1, len(text) // 2)
    while True:
        for start in range(0, len(text), step):
            shorter = text[:start] + text[start + step :]
            if broken(entry, shorter):
                text = shorter
                break
        else:
            if step == 1:
                return text
            step //= 2


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", ENTRIES)
def test_fuzz(name: str) -> None:
    seed = int(os.environ.get("LIVEDECK_FUZZ_SEED", random.SystemRandom().randrange(10**9) if MINUTES else 1))
    rng, entry, count, found = random.Random(seed), ENTRIES[name], 0, []
    until = time.monotonic() + 60 * MINUTES
    while (time.monotonic() < until or (not MINUTES and count < FEW)) and len(found) < 5:
        text = mutated(entry, rng)
        count += 1
        if wrong := broken(entry, text):
            text = smallest(entry, text) if len(text) < 2000 else text
            kept = ROOT / "build" / "fuzz" / name / hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(text.encode("utf-8", "surrogatepass"))
            found.append(f"{wrong}: {text[:200]!r}")
    sys.stdout.write(f"{name}: seed {seed}, {count} inputs\n")
    assert not found, f"seed {seed}: " + "\n".join(found)


@pytest.mark.hostile(*hostile("what once broke something", "an error, or it works", "a crash"))
@pytest.mark.parametrize("path", KEPT, ids=[f"{path.parent.name} {path.name}" for path in KEPT])
def test_corpus(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "surrogatepass")
    assert broken(ENTRIES[path.parent.name], text) is None
