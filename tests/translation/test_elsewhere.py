"""Translators build on systems that have none of what capturing needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.course import Project

WITHOUT = """
import sys
for name in ("docker", "fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
sys.argv = ["livedeck", *sys.argv[1:]]
from livedeck.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "arguments", [("i18n", "add", "en"), ("build", "--format", "md"), ("build", "--format", "html")], ids=" ".join
)
def test_nothing_of_unix_or_docker_is_needed(project: Project, arguments: tuple[str, ...]) -> None:
    """As on Windows, as far as that can be had here: the modules that it lacks cannot be imported."""
    command = [sys.executable, "-c", WITHOUT, *arguments]
    done = subprocess.run(
        command,
        cwd=project.root,
        env={**os.environ, "LIVEDECK_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
