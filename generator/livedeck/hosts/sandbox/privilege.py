"""What a container needs to run a Docker daemon of its own, tried from the usual to the unusual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PrivilegeMode:
    """One way to give a container what a nested daemon needs."""

    name: str
    text: str
    privileged: bool = False
    drop: tuple[str, ...] = ()
    security: tuple[str, ...] = ()

    def options(self, cgroup_version: str) -> Mapping[str, Any]:
        """Return the entries of a container's HostConfig that this way means."""
        if self.privileged:
            return {"Privileged": True, "CgroupnsMode": "private"}
        options = {
            "CapAdd": ["ALL"],
            "CapDrop": list(self.drop),
            "SecurityOpt": list(self.security),
            "MaskedPaths": [],  # what the docker command calls systempaths=unconfined
            "ReadonlyPaths": [],
        }
        if cgroup_version == "2":  # the start script makes its own cgroup tree writable
            return options | {"CgroupnsMode": "private"}
        return options | {"Binds": ["/sys/fs/cgroup:/sys/fs/cgroup:rw"]}


_OPEN = ("seccomp=unconfined",)
_OPENER = ("seccomp=unconfined", "apparmor=unconfined")
_WITHHELD = ("SYS_RESOURCE",)

WAYS = (
    PrivilegeMode("privileged", "--privileged", privileged=True),
    # Some machines withhold a capability. Docker until 20.10 fails unless it is dropped by name...
    PrivilegeMode(
        "capabilities", "all capabilities but SYS_RESOURCE, no seccomp profile", drop=_WITHHELD, security=_OPEN
    ),
    PrivilegeMode(
        "capabilities-apparmor",
        "all capabilities but SYS_RESOURCE, no seccomp and no AppArmor profile",
        drop=_WITHHELD,
        security=_OPENER,
    ),
    # ...and later versions fail if it is, and leave it out of "all" by themselves.
    PrivilegeMode("all-capabilities", "all capabilities, no seccomp and no AppArmor profile", security=_OPENER),
)


def named(name: str | None) -> PrivilegeMode | None:
    """Return the way of that name, None when there is none."""
    return next((way for way in WAYS if way.name == name), None)
