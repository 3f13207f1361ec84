"""A browser that measures slides, or takes pictures of them: one for all decks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from livedeck.errors import HostError
from livedeck.export import fontconfig, marp
from livedeck.export.fit.looks import SlideLook

_SCRIPT = "measure.mjs"
_START_UP = 60.0
_PATIENCE = 0.5
"""Seconds a slide may take, far beyond what it does take."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What is needed to look at decks of the project at `root`. Every method raises HostError where it fails."""

    root: Path
    programs: marp.Marp
    environ: Mapping[str, str]

    def measure(self, decks: Sequence[Path], slides: int) -> tuple[tuple[SlideLook, ...], ...]:
        """Return the slides of each HTML deck; `slides` is about how many there are in all."""
        looks = self._run({"decks": [str(path) for path in decks]}, slides)
        return msgspec.json.decode(looks, type=tuple[tuple[SlideLook, ...], ...])

    def photograph(self, photos: Mapping[Path, tuple[Path, int]]) -> None:
        """Take pictures, each of one slide (from 1) of an HTML deck, by their paths."""
        job = [{"file": str(html), "slide": slide, "path": str(path)} for path, (html, slide) in photos.items()]
        self._run({"pictures": job}, len(photos))

    def _run(self, job: object, slides: int) -> bytes:
        shelf = self.root / "build" / ".marp"
        shelf.mkdir(parents=True, exist_ok=True)
        # Node looks for packages from where the script lies.
        with TemporaryDirectory(prefix="fit-", dir=shelf, ignore_cleanup_errors=True) as name:
            folder = Path(name)
            (folder / "home").mkdir()
            (folder / _SCRIPT).write_bytes(files("livedeck.export.fit").joinpath(_SCRIPT).read_bytes())
            (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
            command = [self.programs.node, _SCRIPT, str(self.programs.browser), "job.json", "looks.json"]
            seconds = _START_UP + _PATIENCE * slides
            own = fontconfig.variables(folder, self.environ)
            code, output = marp.run("the browser", command, folder, self.environ, seconds, own)
            if code != 0:
                hint = f"{marp.remedy(output)}; `--no-fit` builds without measuring"
                raise HostError("the slides could not be measured", hint=hint, detail=output[-12:])
            return (folder / "looks.json").read_bytes()
