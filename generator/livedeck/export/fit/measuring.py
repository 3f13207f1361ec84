"""A browser that measures slides, or takes pictures of them: one for all decks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec

from livedeck.errors import HostError
from livedeck.export import fontconfig, marp, offline
from livedeck.export.fit.looks import DeckLook
from livedeck.project import bounded, disk, paths

_SCRIPT = "measure.mjs"
_SHARED = ("ending.mjs", "guard.mjs")
_START_UP = 60.0
_PATIENCE = 0.5
"""Seconds a slide may take, far beyond what it does take."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What is needed to look at decks of the project at `root`. Every method raises HostError where it fails.

    `without` is how to do without a browser, for the hint.
    """

    root: Path
    programs: marp.Marp
    environ: Mapping[str, str]
    without: str = ""

    def measure(self, decks: Mapping[Path, Path], slides: int) -> tuple[DeckLook, ...]:
        """Return what each HTML deck shows, and what it was refused; `slides` is about how many there are in all.

        A deck is opened as the file of its path, with what the other path holds: it may not be in its place yet.
        """
        job = [{"file": str(path.resolve()), "content": str(content)} for path, content in decks.items()]
        return msgspec.json.decode(self._run({"decks": job}, slides), type=tuple[DeckLook, ...])

    def photograph(self, photos: Mapping[Path, tuple[Path, int]]) -> None:
        """Take pictures, each of one slide (from 1) of an HTML deck, by their paths."""
        job = [
            {"file": str(html.resolve()), "slide": slide, "path": str(path)} for path, (html, slide) in photos.items()
        ]
        self._run({"pictures": job}, len(photos))

    def _run(self, job: object, slides: int) -> bytes:
        # Node looks for packages from where the script lies.
        with disk.workspace(self.root, self.root / "build" / paths.MARP, "fit-") as folder:
            disk.make_folder(folder, folder / "home")
            for package, script in [("livedeck.export.fit", _SCRIPT), *(("livedeck.export", name) for name in _SHARED)]:
                disk.write(folder, folder / script, files(package).joinpath(script).read_bytes())
            disk.write(folder, folder / "job.json", json.dumps(job))
            browser = offline.program(str(self.programs.browser), folder.resolve())
            command = [self.programs.node, _SCRIPT, str(browser), "job.json", "looks.json"]
            seconds = _START_UP + _PATIENCE * slides
            own = fontconfig.variables(folder, self.environ)
            code, output = marp.run("the browser", command, self.root, folder, self.environ, seconds, own)
            if code != 0:
                what = f"the slides could not be looked at: the browser ended with exit code {code}"
                hint = marp.remedy(output) + self.without
                raise HostError(what, hint=hint, detail=output[-12:])
            return bounded.read(folder, folder / "looks.json", bounded.BUILT)
