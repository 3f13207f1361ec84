"""Which operating system this is, and how to install things on it."""

from __future__ import annotations

import os
import platform
import pwd
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

NO_SNAP = "install Google Chrome, or point CHROME_PATH to a Chromium that is not a snap"
_INSTALL = {"apt": "apt-get install", "dnf": "dnf install", "brew": "brew install"}
_MANAGERS = {"debian": "apt", "ubuntu": "apt", "fedora": "dnf", "rhel": "dnf"}
_FIRST_WITH_NODE = {"debian": 12, "ubuntu": 23.04}
"""The first release whose package nodejs is version 18 or newer."""


@dataclass(frozen=True, slots=True)
class System:
    """An operating system and its user.

    `platform` is `sys.platform`; `likes` are ID and ID_LIKE of /etc/os-release, its own ID first; `version` is its
    VERSION_ID. `manager` is what starts daemons: systemd, init, or empty if unknown.
    """

    platform: str
    likes: tuple[str, ...] = ()
    version: str = ""
    user: str = ""
    is_root: bool = False
    manager: str = ""

    def as_root(self, command: str) -> str:
        """Return the command as this user has to type it."""
        return command if self.is_root else f"sudo {command}"

    def install(self, *needs: str) -> str:
        """Return the line that installs entries of needs.txt; a sentence where no package is known to do."""
        own = "brew" if self.platform == "darwin" else next(filter(None, map(_MANAGERS.get, self.likes)), "")
        packages = [_NEEDS[need].get(own, "") for need in needs]
        if "browser" in needs and "ubuntu" in self.likes:
            return NO_SNAP
        if "node" in needs and own == "apt" and not self._has_new_node():
            return self.by_hand("node")
        if not all(packages):
            return f"install {_NEEDS[needs[0]]['what']} in this system's own way"
        command = f"{_INSTALL[own]} {' '.join(packages)}"
        return command if own == "brew" else self.as_root(command)

    def by_hand(self, need: str) -> str:
        """Return what to do where the system's own package is too old."""
        return f"install {_NEEDS[need]['what']}, and see that it comes first on the PATH"

    def _has_new_node(self) -> bool:
        first = _FIRST_WITH_NODE.get(self.likes[0])
        return first is not None and float(self.version or "inf") >= first  # Debian testing and sid have no number


def detect() -> System:
    """Return the system that this runs on."""
    release: dict[str, str] = {}
    with suppress(OSError):  # macOS has none
        release = platform.freedesktop_os_release()
    likes = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".lower().split()
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    init = "init" if Path("/etc/init.d/docker").is_file() else ""
    manager = "systemd" if Path("/run/systemd/system").is_dir() else init
    return System(sys.platform, tuple(likes), release.get("VERSION_ID", ""), user, os.geteuid() == 0, manager)


def _read_needs() -> dict[str, dict[str, str]]:
    text = files("livedeck.doctor").joinpath("needs.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    titles, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return {row[0]: dict(zip(titles, row, strict=True)) for row in rows}


_NEEDS = _read_needs()
