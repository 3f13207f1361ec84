"""Remove what builds and captures left behind."""

from __future__ import annotations

from pathlib import Path

from livedeck.model import Course
from livedeck.project import disk, paths


def clean(course: Course) -> tuple[Path, ...]:
    """Remove what builds left in `build/`, and nothing else there; return the paths that are gone. Raises HostError."""
    outputs = [path for path in paths.built_outputs(course) if path.exists()]
    folders = [path for path in paths.built_folders(course) if path.exists()]
    for path in outputs:
        disk.remove_built(path)
    for path in folders:
        disk.remove(path)
    return tuple(path for path in (*outputs, *folders) if not path.exists())
