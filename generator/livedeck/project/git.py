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
        HostError: git is missing, does not answer, or refuses the repository.
        UsageError: the project is not in a repository, or there is no such revision.
    """
    asked = _git(root, environ, "rev-parse", "--git-dir")
    if asked.returncode:
        said = asked.stderr.decode("utf-8", "replace").strip().split("\n")
        if "dubious ownership" in said[0]:
            detail = [line.strip() for line in said if line.strip()]
            hint = "let git trust it as it says, or run this as the owner of the repository"
            raise HostError("git does not read a repository of somebody else", hint=hint, detail=detail)
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


def is_committed(root: Path, path: str, content: bytes, environ: Mapping[str, str]) -> bool:
    """Return whether the last commit has the file `path` of the project with this content.

    Where git is missing, or does not answer, nothing is committed.
    """
    try:
        found = _git(root, environ, "cat-file", "blob", f"HEAD:./{path}")
    except HostError:
        return False
    return found.returncode == 0 and found.stdout == content


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
