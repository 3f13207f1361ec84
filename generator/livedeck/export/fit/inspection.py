"""Built decks looked at: measured, judged, and photographed where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from livedeck.errors import HostError, raise_all
from livedeck.export import marp, verify
from livedeck.export.fit.findings import FitFinding, find
from livedeck.export.fit.measuring import Browser
from livedeck.model import BuiltDeck, Course, Notice, Run, Step, Wrote
from livedeck.project import disk, paths


def inspect(
    course: Course, decks: Sequence[BuiltDeck], steps: Mapping[str, Sequence[Step]], run: Run, *, optional: bool
) -> tuple[FitFinding, ...]:
    """Return what does not fit on the slides of built HTML decks; a picture of each such slide lies in `build/fit/`.

    `steps` are those of each deck, by its slug. With `optional`, a missing browser is a Notice: nothing was checked.

    Raises:
        ExportError: a deck asks for what its page may not load; Problems for several.
        HostError: a browser is missing or fails, or build/fit leads elsewhere.
    """
    root = course.root
    html = {built.markdown.with_suffix(".html"): built for built in decks}
    shelf = root / "build" / paths.FIT
    disk.need_own(root, shelf / "any")
    pictures = {path: shelf / path.relative_to(root / "build").with_suffix("") for path in html}
    for stem in pictures.values():
        disk.need_own(root, stem)
        for old in stem.parent.glob(f"{stem.name}.[0-9]*.png"):
            disk.remove(root, old)
    if not decks:
        return ()
    if why := _lacking(run.environ):
        if not optional:
            raise HostError(f"slides are measured in a browser: {why}", hint=marp.INSTALL_BROWSER)
        run.report(Notice(f"not checked whether the slides fit: {why}"))
        return ()
    programs = marp.find(root, run.environ, browser=True)
    browser = Browser(root, programs, run.environ, "; `--no-fit` builds without measuring")
    looks = browser.measure(dict(zip(html, html, strict=True)), sum(len(built.slides) for built in decks))
    raise_all(
        [error for built, look in zip(decks, looks, strict=True) for error in verify.refused(built, look.refused)]
    )
    found: list[FitFinding] = []
    photos: dict[Path, tuple[Path, int]] = {}
    for (path, built), look in zip(html.items(), looks, strict=True):
        own_steps = {step.at.line: step for step in steps[built.deck.slug]}
        own = find(built, look.slides, own_steps, course.file.language, pictures[path].relative_to(root).as_posix())
        photos |= {root / each.picture: (path, each.number) for each in own}
        found += own
    for target in photos:
        disk.make_folder(root, target.parent)
    if photos:
        browser.photograph(photos)
    for target in photos:
        run.report(Wrote(target))
    return tuple(found)


def _lacking(environ: Mapping[str, str]) -> str:
    """Say why there is no browser; return an empty text where there is one."""
    try:
        return "" if marp.find_browser(environ) else "neither chromium nor google-chrome is on the PATH"
    except HostError as error:
        return error.message
