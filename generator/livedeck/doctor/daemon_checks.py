"""The Docker daemon that sandboxes run on, how to get one, and what Livedeck has there."""

from __future__ import annotations

import grp
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from livedeck.doctor.findings import Case, Finding, Probe
from livedeck.errors import LivedeckError, number
from livedeck.hosts.daemon import endpoint
from livedeck.hosts.daemon.daemon import ALIVE, LABEL, LIFETIME, STARTING, connect, explained, skew
from livedeck.hosts.daemon.endpoint import Endpoint
from livedeck.hosts.sandbox import building, privilege
from livedeck.hosts.sandbox.machine import kilobytes
from livedeck.model import SandboxLimits

if TYPE_CHECKING:
    from docker import APIClient

_LOCAL = (endpoint.DEFAULT, "unix:///run/docker.sock")
_SECONDS = 5
_SPACE_FOR_IMAGES = 1_000_000_000
_TWO_DAYS = 48


def daemon(probe: Probe, case: Case) -> Iterator[Finding]:
    """Look whether the daemon answers, and if it does, at what Livedeck has on it."""
    where = endpoint.find(case.environ)
    if error := endpoint.refusal(where.address):
        found = f"no daemon answers at {where}: {error.strerror or error}"
        gone = isinstance(error, FileNotFoundError)
        yield probe.gap("missing" if gone else "broken", found, fix(case, where, error))
        return
    try:
        # With CI set, ssh asks no questions: here they would come unexpected.
        api = connect({**case.environ, "CI": "true"}, patience=_SECONDS)
    except LivedeckError as refused:
        far = where.address.startswith(endpoint.SSH)
        found = ": ".join([refused.message, *refused.detail[-1:]])
        yield probe.gap("broken", found, refused.hint or "" if far else fix(case, where, None))
        return
    try:
        with explained(f"the daemon at {where} broke off"):
            info = api.info()
            found = f"Docker {info.get('ServerVersion')} at {where}"
            if info.get("OSType", "linux") == "linux":
                yield replace(probe, affects=(*probe.affects, "clean --images")).ok(found)
            else:
                switch = "switch it to Linux containers, or choose another daemon: DOCKER_HOST or `docker context use`"
                yield probe.gap("broken", f"{found} runs no Linux containers", switch)
            yield from _images(probe, case, api)
            yield _leftovers(case, api)
            if case.system.platform == "linux" and where.address in _LOCAL:
                yield from _disk(replace(probe, name="docker disk"), case, Path(info.get("DockerRootDir") or "/"))
    finally:
        api.close()


def fix(case: Case, where: Endpoint, error: OSError | None) -> str:
    """Return what to do where no daemon answers at `where`, a socket or a port."""
    system = case.system
    if isinstance(error, PermissionError):
        return _permission(case, Path(where.address.removeprefix(endpoint.UNIX)))
    if where.context:
        return "start the daemon of that context, or choose another one: docker context use default"
    if case.environ.get("DOCKER_HOST") and where.address != endpoint.DEFAULT:
        there = endpoint.refusal(endpoint.DEFAULT) is None
        unset = f"unset DOCKER_HOST: a daemon listens at {endpoint.DEFAULT}"
        return unset if there else "start Docker there, or correct DOCKER_HOST"
    if case.which("dockerd") is None:
        elsewhere = "install Docker and start it, or set DOCKER_HOST to the address of a daemon"
        return system.install("docker") if system.platform == "linux" else elsewhere
    verb = "start" if error else "restart"
    lines = {"systemd": f"systemctl {verb} docker", "init": f"service docker {verb}"}
    line = lines.get(system.manager)
    return system.as_root(line) if line else f"{verb} the daemon: {system.as_root('dockerd')}"


def _permission(case: Case, path: Path) -> str:
    """Return how this user gets the right to use a socket; a group may have it."""
    user = case.system.user
    try:
        group = grp.getgrgid(path.stat().st_gid)
    except (OSError, KeyError):
        group = None
    if group is None or case.system.platform != "linux" or group.gr_name == "root":
        return f"give {user} the right to write to {path}"
    if user in group.gr_mem:
        return f"log in again, or type newgrp {group.gr_name}: {user} has joined that group since this login"
    return f"{case.system.as_root(f'usermod -aG {group.gr_name} {user}')}, then log in again"


def _images(probe: Probe, case: Case, api: APIClient) -> Iterator[Finding]:
    for engine in sorted(case.course.file.engines) if case.course else ():
        own = replace(probe, name=f"sandbox image {engine}")
        image = building.find(api, f"livedeck/sandbox:{engine}")
        way = privilege.named(building.label(image, "privilege"))
        built = building.label(image, "built")
        found, old = "made by another version of Livedeck", True
        if image is None:
            found, old = "not there yet: the first capture builds it, in about a minute", False
        elif way and built:
            age = case.now - datetime.fromisoformat(built)
            hours = int(age.total_seconds() // 3600)
            ago = number(hours, "hour") if hours < _TWO_DAYS else number(hours // 24, "day")
            found, old = f"built {ago} ago, proved to run with {way.text}", age > building.MAX_AGE
        renewed = "the next `livedeck capture` rebuilds it, in about a minute"
        yield own.gap("old", found, renewed) if old else own.ok(found)


def _leftovers(case: Case, api: APIClient) -> Finding:
    """Count the containers that `clean` would remove."""
    ended = 0
    now = case.now + skew(api)
    for container in api.containers(all=True, filters={"label": LABEL}):
        age = now - datetime.fromtimestamp(container["Created"], UTC)
        ended += age > LIFETIME + STARTING or (container["State"] not in ALIVE and age > STARTING)
    if ended:
        found = f"{ended} sandbox{'' if ended == 1 else 'es'} of earlier runs"
        return Finding("leftovers", "old", found, fix="livedeck clean")
    return Finding("leftovers", "ok", "none of earlier runs")


def _disk(probe: Probe, case: Case, folder: Path) -> Iterator[Finding]:
    """Look at the space for images, in a folder of the daemon that is on this machine."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    found = f"{free / 1e9:.1f} GB free in {folder}"
    limits = case.course.file.sandbox if case.course else SandboxLimits()
    if free < _SPACE_FOR_IMAGES + 1024 * int(kilobytes(limits.keep_free)):
        found += f"; a sandbox and its images take about 1 GB and have to leave {limits.keep_free} (keep_free) free"
        yield probe.gap("broken", found, "make room there; `livedeck clean --images` removes Livedeck's images")
    else:
        yield probe.ok(found)
