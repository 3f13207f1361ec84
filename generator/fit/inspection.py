"""Built decks looked at: measured, judged, and photographed where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from generator import disk
from generator.errors import HostError
from generator.export import marp
from generator.fit.findings import Finding, find
from generator.fit.measuring import Browser, Photo
from generator.model import Built, Notice, Report, Step, Wrote


def inspect(
    root: Path,
    decks: Sequence[Built],
    steps: Mapping[str, Sequence[Step]],
    course_language: str,
    *,
    optional: bool,
    environ: Mapping[str, str],
    report: Report,
) -> tuple[Finding, ...]:
    """What does not fit on the slides of built HTML decks; a picture of each such slide lies in `build/fit/`.

    `steps` are those of each deck, by its slug. With `optional`, a missing browser is a Notice: nothing was checked.
    Raises HostError where a browser is missing or fails, or build/fit leads elsewhere.
    """
    html = {built.markdown.with_suffix(".html"): built for built in decks}
    shelf = root / "build" / "fit"
    disk.need_own(shelf, root / "build")
    for path in html:
        for old in shelf.glob(f"{path.stem}.[0-9]*.png"):
            old.unlink(missing_ok=True)
    if not decks:
        return ()
    if why := _lacking(environ):
        if not optional:
            raise HostError(f"slides are measured in a browser: {why}", hint=marp.browser_hint())
        report(Notice(f"not checked whether the slides fit: {why}"))
        return ()
    programs = marp.find(root, environ, browser=True)
    browser = Browser(root, programs, environ)
    looks = browser.measure(list(html), sum(len(built.slides) for built in decks))
    found: list[Finding] = []
    photos: dict[tuple[Path, int], Path] = {}
    for (path, built), slides in zip(html.items(), looks, strict=True):
        own = find(built, slides, {step.at.line: step for step in steps[built.deck.slug]}, course_language)
        photos |= {(path, each.number): shelf / f"{path.stem}.{each.number}.png" for each in own}
        found += own
    if photos:
        shelf.mkdir(parents=True, exist_ok=True)
        browser.photograph([Photo(file, number, path) for (file, number), path in photos.items()])
        for path in photos.values():
            report(Wrote(path))
    return tuple(found)


def _lacking(environ: Mapping[str, str]) -> str:
    """Why there is no browser; nothing where there is one."""
    try:
        return "" if marp.find_browser(environ) else "neither chromium nor google-chrome is on the PATH"
    except HostError as error:
        return error.message
