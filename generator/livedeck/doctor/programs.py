"""Programs that Livedeck itself runs in or starts: Python and its packages, mmdebstrap, ssh."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from livedeck.doctor.finding import EVERYTHING, Case, Finding
from livedeck.doctor.run_program import said

_OLDEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(?:>=\s*([0-9.]+))?")
_KEYS = Path("/usr/share/keyrings")
_ADMINISTRATORS = ":/usr/sbin:/sbin"


def python(case: Case) -> Iterator[Finding]:
    """The Python that runs now."""
    del case
    version = ".".join(str(part) for part in sys.version_info[:3])
    found = f"{version} ({sys.executable})"
    if sys.version_info[:2] < _OLDEST_PYTHON:
        mend = "install Python 3.11 or newer, make a new virtual environment with it, and install Livedeck there"
        yield Finding("python", "broken", f"{found} is too old: Livedeck needs 3.11 or newer", EVERYTHING, mend)
    else:
        yield Finding("python", "ok", found, EVERYTHING)


def packages(case: Case) -> Iterator[Finding]:
    """The Python packages that Livedeck says it needs, against those that are installed."""
    try:
        requirements = metadata.requires("livedeck") or []
    except metadata.PackageNotFoundError:
        found = "Livedeck is not installed in this Python, so it is not known which packages it needs"
        yield Finding("python packages", "old", found, mend=reinstall(case))
        return
    wrong = [text for text in requirements if "extra ==" not in text and not _is_there(text)]
    if wrong:
        found = f"missing or too old: {', '.join(text.split(';')[0].strip() for text in wrong)}"
        yield Finding("python packages", "broken", found, EVERYTHING, reinstall(case))
    else:
        found = f"livedeck {metadata.version('livedeck')} with all it needs"
        yield Finding("python packages", "ok", found, EVERYTHING)


def reinstall(case: Case) -> str:
    """The line that installs Livedeck's packages anew."""
    what = f"-e {shlex.quote(str(case.root))}" if (case.root / "pyproject.toml").is_file() else "livedeck"
    return f"{shlex.quote(sys.executable)} -m pip install {what}"


def mmdebstrap(case: Case) -> Iterator[Finding]:
    """What makes the sandbox's Debian where Docker Hub cannot be reached."""
    affects = ("capture, where Docker Hub cannot be reached",)
    wanted = ["mmdebstrap", "debian-archive-keyring", "gpg"] + ([] if case.system.is_root else ["uidmap"])
    mend = case.system.install("mmdebstrap and Debian's archive keys, if Docker Hub cannot be reached", *wanted)
    path = case.environ.get("PATH", "")
    program = shutil.which("mmdebstrap", path=path)
    if program is None:
        yield Finding("mmdebstrap", "missing", "not installed; with Docker Hub in reach nobody needs it", affects, mend)
        return
    lacking = []
    if not any(_KEYS.glob("debian-archive-keyring.*")):
        lacking.append("the keys of the Debian archive")
    if not case.system.is_root and shutil.which("newuidmap", path=path + _ADMINISTRATORS) is None:
        lacking.append("newuidmap, without which only root can use it")
    if lacking:
        found = f"{program} lacks {' and '.join(lacking)}"
        yield Finding("mmdebstrap", "broken", found, affects, mend)
    else:
        yield Finding("mmdebstrap", "ok", _version(program, case), affects)


def ssh(case: Case) -> Iterator[Finding]:
    """The ssh client."""
    affects = ("capture --host ssh://",)
    program = shutil.which("ssh", path=case.environ.get("PATH", ""))
    if program is None:
        mend = case.system.install("an OpenSSH client", "openssh-client")
        yield Finding("ssh", "missing", "there is no ssh on the PATH", affects, mend)
        return
    lines = said([program, "-V"], case.environ)
    if not lines:
        mend = f"see what `{program} -V` says"
        yield Finding("ssh", "broken", f"{program} does not say its version", affects, mend)
    else:
        yield Finding("ssh", "ok", f"{lines[0].split(',')[0]} ({program})", affects)


def git(case: Case) -> Iterator[Finding]:
    """What keeps earlier records."""
    affects = ("drift --from",)
    program = shutil.which("git", path=case.environ.get("PATH", ""))
    if program is None:
        found = "there is no git on the PATH; nothing but a comparison with an earlier revision needs it"
        yield Finding("git", "missing", found, affects, case.system.install("git", "git"), ("drift",))
    else:
        yield Finding("git", "ok", _version(program, case), affects)


def _version(program: str, case: Case) -> str:
    lines = said([program, "--version"], case.environ)
    return f"{lines[0]} ({program})" if lines else program


def _is_there(requirement: str) -> bool:
    match = _REQUIREMENT.match(requirement)
    if match is None:
        return True
    try:
        have = metadata.version(match[1])
    except metadata.PackageNotFoundError:
        return False
    return match[2] is None or _numbers(have) >= _numbers(match[2])


def _numbers(version: str) -> tuple[int, ...]:
    """The release numbers of a version, trailing zeros away: 4.0 is 4."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in release[0].split(".")] if release else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
