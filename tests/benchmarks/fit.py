"""How long `livedeck fit` takes to measure a deck of 200 slides: `python -m tests.benchmarks.fit`."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from livedeck.cli.app import now
from livedeck.flow.build import build, export, fit
from livedeck.model import Edition, Run
from livedeck.project import course

from tests.export.fit.full import LONG, make_full_course, step

SLIDES = 200


def main() -> None:
    """Print the seconds of each stage."""
    with tempfile.TemporaryDirectory() as name:
        made = make_full_course(Path(name) / "course")
        slide = f"# 제목\n\n{step()}한 문장입니다.\n"
        body = "\n---\n\n".join(slide.replace("print 0", f"print {n}") for n in range(SLIDES))
        made.add("many", body, *[LONG[:18]] * SLIDES)
        loaded = course.load(made.root)
        begun = time.perf_counter()
        run = Run(os.environ, now, made.events.append)
        built = build([Edition(loaded, deck, "current") for deck in loaded.decks], ["ko"], ["md"], run)
        rendered = time.perf_counter()
        done = export(loaded, built, ["html"], run, optional=False)
        exported = time.perf_counter()
        found = fit(loaded, done, run, optional=False)
        measured = time.perf_counter()
        print(f"{len(built[0].slides)} slides: Markdown {rendered - begun:.1f} s, HTML {exported - rendered:.1f} s,")  # noqa: T201
        print(f"fit {measured - exported:.1f} s, {len(found)} findings")  # noqa: T201


if __name__ == "__main__":
    main()
