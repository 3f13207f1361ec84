"""Read files from a revision of the project's git repository."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from livedeck.errors import HostError, UsageError

_SECONDS = 60
_ELSEWHERE = ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What a git hook passes on, and what may name another repository than the project's."""


def show(root: Path, path: str, revision: str, environ: Mapping[str, str]) -> bytes | None:
    """Return the file `path` of the project in a revision; None if it had none.

    Raises:
        HostError: git is missing, or does not answer.
        UsageError: the project is not in a repository, or there is no such revision.
    """
    if _git(root, environ, "rev-parse", "--git-dir").returncode:
        raise UsageError(f"{root} is not in a git repository", hint="--from compares with a revision of one")
    named = _git(root, environ, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if named.returncode:
        hint = "name a commit, a branch or a tag; a shallow clone lacks most of them (actions/checkout: fetch-depth: 0)"
        raise UsageError(f"there is no revision {revision}", hint=hint)
    commit = named.stdout.decode("ascii", "replace").strip()
    if not _git(root, environ, "ls-tree", commit, "--", f"./{path}").stdout.strip():
        return None
    found = _git(root, environ, "show", f"{commit}:./{path}")
    if found.returncode:
        raise HostError(f"git cannot show {path} in {revision}: {found.stderr.decode('utf-8', 'replace').strip()}")
    return found.stdout


def _git(root: Path, environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    here = {name: value for name, value in environ.items() if name not in _ELSEWHERE}
    quiet = {**here, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-C", str(root), "--literal-pathspecs", *arguments]
    try:
        return subprocess.run(command, env=quiet, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603
    except (FileNotFoundError, NotADirectoryError):
        raise HostError("git is not installed", hint="--from asks it for an earlier record") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HostError(f"git does not answer: {error}") from None
