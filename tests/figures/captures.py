"""Real output of Docker, in `data/`: nginx, two images built on it, one committed from a container, two containers.

The files ending in `-containerd` are from Docker with containerd's image store, the others from one with overlay2.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livedeck.figures import Figure
from livedeck.model import Capture, FigureLabels
from livedeck.template.program.results import StepResult

DATA = Path(__file__).parent / "data"
KOREAN = FigureLabels(
    read_only="읽기 전용(R/O) 레이어",
    read_write="읽기/쓰기(R/W) 레이어",
    shared="함께 쓰는 레이어",
    new="새 레이어",
    folded="… 레이어 {n}개 더 …",
)
FIGURE = Figure(KOREAN)


def printed(text: str) -> StepResult:
    """A step whose command printed `text`."""
    return StepResult([Capture("$ ", "docker", tuple(text.splitlines()), 0, 0.1)])


def step(name: str) -> StepResult:
    """A step that printed what a file of `data/` holds."""
    return printed((DATA / name).read_text(encoding="utf-8"))


def images(*names: str, store: str = "", change: Callable[[dict[str, Any]], None] = lambda image: None) -> StepResult:
    """`docker image inspect` of the named images, each of them changed."""
    found = {image["RepoTags"][0]: image for image in json.loads((DATA / f"images{store}.json").read_text("utf-8"))}
    for name in names:
        change(found[name])
    return printed(json.dumps([found[name] for name in names], indent=4))


def made_up(*stacks: tuple[str, str], size: int = 1000) -> StepResult:
    """Images with a layer for each letter of a text: ("app:one", "abc") and ("app:two", "abd") share two of them."""
    found = [
        {
            "Id": f"sha256:{name.encode().hex():0<64.64}",
            "RepoTags": [name],
            "Size": size,
            "RootFS": {"Layers": [f"sha256:{ord(letter):064x}"[:7] + f"{ord(letter):x}" * 20 for letter in letters]},
        }
        for name, letters in stacks
    ]
    return printed(json.dumps(found))
