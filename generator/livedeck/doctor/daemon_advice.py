"""Why the daemon may not answer, and the line that mends it."""

from __future__ import annotations

import grp
import shutil
from pathlib import Path

from livedeck.doctor.finding import Case
from livedeck.hosts.daemon.endpoint import DEFAULT, UNIX, Endpoint, refusal

_DEFAULT_CONTEXT = "docker context use default"


def mend(case: Case, where: Endpoint, error: OSError | None) -> str:
    """What to do where no daemon answers at `where`, a socket or a port."""
    if isinstance(error, PermissionError):
        return _permission(case, Path(where.address.removeprefix(UNIX)))
    if where.context:
        return f"start the daemon of that context, or choose another one: {_DEFAULT_CONTEXT}"
    if case.environ.get("DOCKER_HOST") and where.address != DEFAULT:
        return _elsewhere()
    return _start(case, "start" if error else "restart")


def _elsewhere() -> str:
    if refusal(DEFAULT) is None:
        return f"unset DOCKER_HOST: a daemon listens at {DEFAULT}"
    return "start Docker there, or correct DOCKER_HOST"


def _permission(case: Case, path: Path) -> str:
    """The socket is there and not for this user: a group may be."""
    otherwise = f"give {case.system.user} the right to write to {path}"
    try:
        group = grp.getgrgid(path.stat().st_gid)
    except (OSError, KeyError):
        return otherwise
    if case.system.platform != "linux" or group.gr_name == "root":
        return otherwise
    if case.system.user in group.gr_mem:
        return f"log in again, or type newgrp {group.gr_name}: {case.system.user} is in that group since this login"
    return f"{case.system.as_root(f'usermod -aG {group.gr_name} {case.system.user}')}, then log in again"


def _start(case: Case, verb: str) -> str:
    if shutil.which("dockerd", path=_with_sbin(case.environ.get("PATH", ""))) is None:
        if case.system.platform == "linux":
            return case.system.install("Docker Engine", "docker.io")
        return "install Docker and start it, or set DOCKER_HOST to the address of a daemon"
    if case.system.manager == "systemd":
        return case.system.as_root(f"systemctl {verb} docker")
    if case.system.manager == "init":
        return case.system.as_root(f"service docker {verb}")
    return f"{verb} the daemon: {case.system.as_root('dockerd')}"


def _with_sbin(path: str) -> str:
    """A PATH with the folders where daemons lie, which that of most users leaves out."""
    folders = [folder for folder in path.split(":") if folder]
    return ":".join(folders + [f"{folder.removesuffix('/bin')}/sbin" for folder in folders if folder.endswith("/bin")])
