"""How long an export of all decks as HTML and PDF takes, beside bare Marp CLI on the same Markdown and theme.

Run it by hand, from anywhere: `.venv/bin/python tests/benchmarks/export.py [ROUNDS]`. The decks are built once, with
the fonts cut; then each round lets Marp make HTML and PDF by two calls, Livedeck export the same two, and Livedeck
build all from the records, in turns. On a busy machine look at the fastest.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from livedeck.cli.app import now
from livedeck.export import marp, subsetting, themes
from livedeck.export.write import write
from livedeck.flow.build import build
from livedeck.model import Edition, Run
from livedeck.project import course

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
MOST = 1.15


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def rounds(root: Path, number: int) -> list[tuple[float, float, float]]:
    """Seconds of (bare Marp, export, whole build) in each round, after one that does not count."""
    loaded = course.load(root)
    editions = [Edition(loaded, deck, loaded.file.engine) for deck in loaded.decks]
    built = build(editions, loaded.file.languages, ["md"], Run(os.environ, now, lambda _: None))
    theme, folder, shelf = loaded.file.theme, root / "bare", subsetting.shelf(os.environ)
    (folder / "themes").mkdir(parents=True)
    themes.make_ready(themes.find(root, theme), [each.markdown for each in built], folder / "themes", shelf)
    (folder / "in").mkdir()
    for each in built:
        shutil.copy(each.markdown, folder / "in")
        if (pictures := each.markdown.parent / each.deck.slug).is_dir():
            shutil.copytree(pictures, folder / "in" / each.deck.slug, dirs_exist_ok=True)
    program = [root / "node_modules" / ".bin" / "marp", "--no-stdin", "--theme-set", "themes", "--input-dir", "in"]
    printing = ["--pdf", "--pdf-outlines", "--parallel", "2", "--allow-local-files"]
    browser = marp.find_browser(os.environ)

    def bare() -> None:
        for name, arguments in (("html", []), ("pdf", [*printing, "--browser-path", browser])):
            command = [*program, "--output", name, *arguments]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)

    def export() -> None:
        write(loaded, built, ("html", "pdf"), Run(os.environ, now, lambda _: None))

    def whole() -> None:
        command = [sys.executable, "-m", "livedeck", "build", "--format", "html,pdf"]
        subprocess.run(command, cwd=root, check=True, capture_output=True)

    return [(timed(bare), timed(export), timed(whole)) for _ in range(number + 1)][1:]


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for part in ("decks", "themes"):
            shutil.copytree(ROOT / part, root / part)
        (root / "node_modules").symlink_to(ROOT / "node_modules")
        rows = rounds(root, number)
    for bare, export, whole in rows:
        print(  # noqa: T201
            f"bare Marp {bare:.2f} s   export {export:.2f} s ({export / bare:.2f})"
            f"   build {whole:.2f} s ({whole / bare:.2f})"
        )
    for name, choose in (("medians", statistics.median), ("fastest", min)):
        bare, export, whole = (choose(column) for column in zip(*rows, strict=True))
        print(f"{name}: export {export / bare:.2f} times bare Marp (at most {MOST}), build {whole / bare:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
