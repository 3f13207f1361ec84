"""Remove what builds and captures left behind."""

from __future__ import annotations

import os
from pathlib import Path

from livedeck.flow import locks
from livedeck.model import Course
from livedeck.project import bounded, disk, paths


def clean(course: Course) -> tuple[Path, ...]:
    """Remove what builds left in `build/`, and nothing else there; return the paths that are gone.

    What was replaced before it was committed stays in `build/before/`. Raises HostError, also while another command is
    working there.
    """
    if not (course.root / "build").is_dir():
        return ()
    with locks.cleaning(course):
        outputs = [path for path in paths.built_outputs(course) if os.path.lexists(path)]
        folders = [path for path in paths.built_folders(course) if os.path.lexists(path)]
        for path in outputs:
            disk.remove_built(course.root, path)
        for path in folders:
            if path.name == disk.MADE and path.parent.is_symlink():  # it says that the folder of the link is ours
                with bounded.reading(path):
                    listed = bounded.entries(course.root, path)
                for made in listed:
                    if made.name != disk.PROJECT:
                        disk.remove(course.root, made)
            else:
                disk.remove(course.root, path)
    return tuple(path for path in (*outputs, *folders) if not os.path.lexists(path))
