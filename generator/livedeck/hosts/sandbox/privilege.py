"""The privileges with which a container can run its own Docker daemon, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PrivilegeMode:
    """A set of privileges for a container with a nested daemon."""

    name: str
    text: str
    privileged: bool = False
    drop: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    extra: bool = True
    """Whether it is more than the daemon gives to any container."""

    def options(self, cgroup_version: str) -> Mapping[str, Any]:
        """Return the entries of a container's HostConfig for this mode."""
        if not self.extra:
            return {}
        if self.privileged:
            return {"Privileged": True, "CgroupnsMode": "private"}
        options = {
            "CapAdd": ["ALL"],
            "CapDrop": list(self.drop),
            "SecurityOpt": list(self.security),
            "MaskedPaths": [],  # `--security-opt systempaths=unconfined` of the docker command
            "ReadonlyPaths": [],
        }
        if cgroup_version == "2":  # the start script makes its own cgroup tree writable
            return options | {"CgroupnsMode": "private"}
        return options | {"Binds": ["/sys/fs/cgroup:/sys/fs/cgroup:rw"]}


_NONE = PrivilegeMode("none", "no extra privileges", extra=False)
_OPEN = ("seccomp=unconfined",)
_OPENER = ("seccomp=unconfined", "apparmor=unconfined")
_WITHHELD = ("SYS_RESOURCE",)

MODES = (
    PrivilegeMode("privileged", "--privileged", privileged=True),
    # Some machines withhold a capability. Docker up to 20.10 fails unless it is dropped by name...
    PrivilegeMode(
        "capabilities", "all capabilities but SYS_RESOURCE, no seccomp profile", drop=_WITHHELD, security=_OPEN
    ),
    PrivilegeMode(
        "capabilities-apparmor",
        "all capabilities but SYS_RESOURCE, no seccomp and no AppArmor profile",
        drop=_WITHHELD,
        security=_OPENER,
    ),
    # ...and later versions fail if it is: they leave it out of "all" themselves.
    PrivilegeMode("all-capabilities", "all capabilities, no seccomp and no AppArmor profile", security=_OPENER),
)


def modes(runtime: str) -> tuple[PrivilegeMode, ...]:
    """Return the modes to try with a runtime, none first if the course names one: it may do without any."""
    return (_NONE, *MODES) if runtime else MODES


def named(name: str | None) -> PrivilegeMode | None:
    """Return the mode of that name, or None."""
    return next((mode for mode in (_NONE, *MODES) if mode.name == name), None)
