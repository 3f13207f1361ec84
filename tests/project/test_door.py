"""One door: which modules touch the disk themselves, and with what; all others go through it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import livedeck

PACKAGE = Path(livedeck.__file__).parent
TOUCHING = {
    *("open", "fdopen", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rmdir", "rmtree", "mkdir"),
    *("makedirs", "mkdtemp", "mkstemp", "TemporaryDirectory", "TemporaryFile", "NamedTemporaryFile", "touch", "rename"),
    *("renames", "removedirs", "symlink_to", "hardlink_to", "symlink", "link", "copyfile", "copy2", "copytree", "move"),
    *("chmod", "truncate", "iterdir", "glob", "rglob", "scandir", "listdir", "copyfileobj", "utime", "mkfifo"),
}
DOORS = {"project/disk.py", "project/bounded.py"}
ALLOWED = {
    # The standard streams.
    "cli/streams.py": {"open"},
    # The package's own files.
    "doctor/system.py": {"read_text"},
    "drift/report/html.py": {"read_text"},
    "export/controls.py": {"read_text"},
    "export/fit/measuring.py": {"read_bytes"},
    "hosts/sandbox/image.py": {"read_bytes", "iterdir"},
    # The system: its programs, processes and keys.
    "doctor/programs.py": {"glob", "open", "read_text"},
    "hosts/process.py": {"glob", "read_text"},
    "hosts/ssh/connection.py": {"glob", "mkdtemp", "open", "read_text", "rmtree"},
    "hosts/sandbox/building.py": {"fdopen", "open"},
    "hosts/sandbox/debian.py": {"TemporaryFile", "truncate"},
    # The operator's configuration of Docker.
    "hosts/daemon/endpoint.py": {"read_text"},
    # A folder for the temporary files of programs that run, and their processes.
    "export/marp.py": {"TemporaryDirectory", "glob", "read_bytes", "rmtree"},
    # The folder of a font, wherever it is.
    "export/licences.py": {"iterdir"},
    # Archives and pictures: files inside of files, and what Marp left in its workspace.
    "export/prints.py": {"glob", "open"},
    "export/write.py": {"iterdir"},
    "hosts/sandbox/sources.py": {"open"},
    "project/files.py": {"open"},
    "project/publishing/raster.py": {"open"},
    # Names of pictures in a folder of Livedeck's own.
    "export/fit/inspection.py": {"glob"},
    "flow/before.py": {"iterdir"},
    # How long ago a cut font was used.
    "export/subsetting.py": {"utime"},
}


def test_only_the_doors_touch_the_disk() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if name := set(touching(ast.parse(path.read_text(encoding="utf-8")))):
            found[path.relative_to(PACKAGE).as_posix()] = name
    assert {name: calls for name, calls in found.items() if name not in DOORS} == ALLOWED


def touching(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in TOUCHING:
                yield name
