"""Which operating system this is, and how things are installed on it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_FIRST_WITH_NODE: Mapping[str, tuple[int, ...]] = {"debian": (12,), "ubuntu": (23, 4)}
"""Since when the package nodejs is version 18 or newer."""

_INSTALL: Mapping[str, str] = {
    "apt": "apt-get install",
    "dnf": "dnf install",
    "zypper": "zypper install",
    "pacman": "pacman -S",
    "apk": "apk add",
    "brew": "brew install",
}
_MANAGERS: Mapping[str, str] = {
    "debian": "apt",
    "ubuntu": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "suse": "zypper",
    "opensuse": "zypper",
    "arch": "pacman",
    "alpine": "apk",
}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "dnf": {"chromium": "chromium", "nodejs": "nodejs", "npm": "npm"},
    "zypper": {"chromium": "chromium", "nodejs": "nodejs", "npm": "npm"},
    "pacman": {"chromium": "chromium", "nodejs": "nodejs", "npm": "npm"},
    "apk": {"chromium": "chromium", "nodejs": "nodejs", "npm": "npm"},
    "brew": {"chromium": "--cask google-chrome", "nodejs": "node", "npm": ""},
}
"""What Debian's packages are called elsewhere, where that is known; nothing where another one brings it along."""


@dataclass(frozen=True, slots=True)
class System:
    """An operating system and who uses it.

    `platform` is `sys.platform`; `likes` are ID and ID_LIKE of /etc/os-release, its own ID first; `version` is its
    VERSION_ID, empty where there is none. `manager` is what starts daemons: systemd, init, or nothing known.
    """

    platform: str
    likes: tuple[str, ...] = ()
    version: str = ""
    user: str = ""
    is_root: bool = False
    manager: str = ""

    @property
    def has_apt(self) -> bool:
        """Whether packages have the names that Debian and Ubuntu give them."""
        return self.platform == "linux" and not {"debian", "ubuntu"}.isdisjoint(self.likes)

    @property
    def is_ubuntu(self) -> bool:
        """Whether Chromium may be a snap here."""
        return self.platform == "linux" and "ubuntu" in self.likes

    @property
    def has_node(self) -> bool:
        """Whether the package nodejs is known to be new enough."""
        name = self.likes[0] if self.has_apt else ""
        if name == "debian" and not self.version:
            return True  # testing and sid have no number
        return name in _FIRST_WITH_NODE and _numbers(self.version) >= _FIRST_WITH_NODE[name]

    def as_root(self, command: str) -> str:
        """The command as this user has to type it."""
        return command if self.is_root else f"sudo {command}"

    @property
    def packages(self) -> str:
        """What installs packages here: apt, dnf, zypper, pacman, apk, brew, or nothing known."""
        if self.platform == "darwin":
            return "brew"
        return (
            next((_MANAGERS[name] for name in self.likes if name in _MANAGERS), "") if self.platform == "linux" else ""
        )

    def install(self, what: str, *packages: str) -> str:
        """The line that installs packages of Debian, under their names here; a sentence about `what` without names."""
        names = dict(zip(packages, packages, strict=True)) if self.has_apt else _NAMES.get(self.packages, {})
        if not all(package in names for package in packages):
            return f"install {what} in this system's own way"
        words = " ".join(dict.fromkeys(names[package] for package in packages if names[package]))
        command = f"{_INSTALL[self.packages]} {words}"
        return command if self.packages == "brew" else self.as_root(command)

    def install_node(self) -> str:
        """How to get a Node.js that is new enough."""
        what = "Node.js 18 or newer with npm"
        if self.has_apt and not self.has_node:
            return f"install {what}, and see that it comes first on the PATH"
        return self.install(what, "nodejs", "npm")

    def install_browser(self) -> str:
        """How to get a browser that can print."""
        if self.is_ubuntu:
            return "install Google Chrome, or point CHROME_PATH to a Chromium that is no snap"
        return self.install("Chromium or Google Chrome", "chromium")


def detect() -> System:
    """The system this runs on."""
    release: dict[str, str] = {}
    if sys.platform == "linux":
        with suppress(OSError):
            release = platform.freedesktop_os_release()
    return of_release(
        sys.platform, release, user=_user(), is_root=hasattr(os, "geteuid") and os.geteuid() == 0, manager=_manager()
    )


def of_release(
    name: str, release: dict[str, str], *, user: str = "", is_root: bool = False, manager: str = ""
) -> System:
    """The system that an /etc/os-release describes."""
    likes = tuple(word for key in ("ID", "ID_LIKE") for word in release.get(key, "").lower().split())
    return System(name, likes, release.get("VERSION_ID", ""), user, is_root, manager)


def _manager() -> str:
    if Path("/run/systemd/system").is_dir():
        return "systemd"
    return "init" if Path("/etc/init.d/docker").is_file() else ""


def _user() -> str:
    try:
        import pwd  # noqa: PLC0415 (not on Windows)

        return pwd.getpwuid(os.geteuid()).pw_name
    except ImportError:
        return os.environ.get("USERNAME", "")
    except KeyError:
        return str(os.geteuid())


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
