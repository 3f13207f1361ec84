"""Which daemon Livedeck asks, why it may not answer, and the line that mends it."""

from __future__ import annotations

import grp
import hashlib
import json
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from generator.doctor.finding import Case

DEFAULT = "unix:///var/run/docker.sock"
SECONDS = 5
_UNIX = "unix://"
_FORWARDED = "/tmp/docker-there.sock"  # noqa: S108 (a name in a line to paste, not a file of ours)


def address(environ: Mapping[str, str]) -> str:
    """The address of the daemon that live commands use."""
    return environ.get("DOCKER_HOST") or DEFAULT


def refusal(where: str) -> OSError | None:
    """Why nobody can be reached at a Unix socket; None where somebody can, and for other addresses."""
    if not where.startswith(_UNIX):
        return None
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(SECONDS)
        try:
            caller.connect(where.removeprefix(_UNIX))
        except OSError as error:
            return error
    return None


def context(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Name and address of the context that the docker command uses; None where that is the default one."""
    if environ.get("DOCKER_HOST"):
        return None
    folder = Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or "/") / ".docker")
    name = environ.get("DOCKER_CONTEXT") or _text(folder / "config.json", "currentContext")
    if not name or name == "default":
        return None
    digest = hashlib.sha256(name.encode()).hexdigest()
    return name, _text(folder / "contexts" / "meta" / digest / "meta.json", "Endpoints", "docker", "Host")


def mend(case: Case, where: str, error: OSError | None) -> str:
    """What to do where no daemon answers at `where`."""
    if where.startswith("ssh://"):
        return _forward(where)
    if isinstance(error, PermissionError):
        return _permission(case, Path(where.removeprefix(_UNIX)))
    if case.environ.get("DOCKER_HOST"):
        return _elsewhere()
    if (used := context(case.environ)) and used[1]:
        if used[1].startswith("ssh://"):
            return _forward(used[1])
        return f"export DOCKER_HOST={used[1]}   (of the docker command's context {used[0]}; Livedeck reads no contexts)"
    return _start(case)


def _elsewhere() -> str:
    if refusal(DEFAULT) is None:
        return f"unset DOCKER_HOST: a daemon listens at {DEFAULT}"
    return "start Docker there, or correct DOCKER_HOST"


def _forward(where: str) -> str:
    parts = urlsplit(where)
    port = f"-p {parts.port} " if parts.port else ""
    name = f"{parts.username}@{parts.hostname}" if parts.username else str(parts.hostname)
    return (
        f"ssh -fnNT {port}-L {_FORWARDED}:/var/run/docker.sock {name} && export DOCKER_HOST=unix://{_FORWARDED}"
        "   (Livedeck itself does not reach a daemon over ssh)"
    )


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


def _start(case: Case) -> str:
    if shutil.which("dockerd", path=_with_sbin(case.environ.get("PATH", ""))) is None:
        if case.system.platform == "linux":
            return case.system.install("Docker Engine", "docker.io")
        return "install Docker and start it, or set DOCKER_HOST to the address of a daemon"
    if case.system.manager == "systemd":
        return case.system.as_root("systemctl start docker")
    if case.system.manager == "init":
        return case.system.as_root("service docker start")
    return f"start the daemon: {case.system.as_root('dockerd')}"


def _with_sbin(path: str) -> str:
    """A PATH with the folders where daemons lie, which that of most users leaves out."""
    folders = [folder for folder in path.split(":") if folder]
    return ":".join(folders + [f"{folder.removesuffix('/bin')}/sbin" for folder in folders if folder.endswith("/bin")])


def _text(path: Path, *keys: str) -> str:
    """A text in a JSON file; empty where there is no such file or text."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
