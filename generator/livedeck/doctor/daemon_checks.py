"""The Docker daemon that sandboxes run on, and what Livedeck has there: images, and what earlier runs left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from livedeck.doctor import daemon_advice as address
from livedeck.doctor.disk_space import space
from livedeck.doctor.finding import LIVE, WITHOUT_LIVE, Case, Finding
from livedeck.errors import HostError, LivedeckError
from livedeck.hosts.daemon import endpoint
from livedeck.hosts.daemon.daemon import LABEL, LIFETIME, STARTING, connect, skew
from livedeck.hosts.daemon.endpoint import Endpoint
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.sandbox import building, privilege
from livedeck.hosts.sandbox.machine import kilobytes
from livedeck.model import SandboxLimits

if TYPE_CHECKING:
    from docker import APIClient

_LOCAL = (endpoint.DEFAULT, "unix:///run/docker.sock")
_SECONDS = 5
_SPACE_FOR_IMAGES = 1_000_000_000
_RENEWED = "the next `livedeck capture` builds it anew, in about a minute"


def daemon(case: Case) -> Iterator[Finding]:
    """Whether the daemon answers; and if it does, what Livedeck has on it."""
    try:
        where = endpoint.find(case.environ)
    except HostError as unclear:
        yield Finding("docker", "broken", unclear.message, LIVE, unclear.hint or "", WITHOUT_LIVE)
        return
    if error := endpoint.refusal(where.address):
        missing = isinstance(error, FileNotFoundError)
        found = f"nobody answers at {where}: {error.strerror or error}"
        mend = address.mend(case, where, error)
        yield Finding("docker", "missing" if missing else "broken", found, LIVE, mend, WITHOUT_LIVE)
        return
    try:
        # With CI nothing is asked: nobody expects a question here.
        api = connect({**case.environ, "CI": "true"}, patience=_SECONDS)
    except LivedeckError as refused:
        far = where.address.startswith(endpoint.SSH)
        found = ": ".join([refused.message, *refused.detail[-1:]])
        mend = refused.hint or "" if far else address.mend(case, where, None)
        yield Finding("docker", "broken", found, LIVE, mend, WITHOUT_LIVE)
        return
    try:
        with explained(f"the daemon at {where} broke off"):
            info = api.info()
            yield _server(where, info)
            yield from _images(case, api)
            yield _leftovers(case, api)
            yield from _disk(case, where, info)
    except HostError as broken:
        mend = "see with `docker version` whether Docker is well"
        yield Finding("docker", "broken", broken.message, LIVE, mend, WITHOUT_LIVE)
    finally:
        api.close()


def _server(where: Endpoint, info: dict[str, object]) -> Finding:
    found = f"Docker {info.get('ServerVersion')} at {where}"
    if info.get("OSType", "linux") != "linux":
        mend = (
            "switch it to Linux containers, or choose a daemon that has them with DOCKER_HOST or `docker context use`"
        )
        return Finding("docker", "broken", f"{found} runs no Linux containers", LIVE, mend, WITHOUT_LIVE)
    return Finding("docker", "ok", found, (*LIVE, "clean --images"))


def _images(case: Case, api: APIClient) -> Iterator[Finding]:
    for engine in sorted(case.course.file.engines) if case.course else ():
        name = f"sandbox image {engine}"
        image = building.find(api, f"livedeck/sandbox:{engine}")
        way = privilege.named(building.label(image, "privilege"))
        built = building.label(image, "built")
        if image is None:
            yield Finding(name, "ok", "not there yet: the first capture builds it, in about a minute", LIVE)
        elif way is None or built is None:
            yield Finding(name, "old", "made by another version of Livedeck", LIVE, _RENEWED)
        else:
            age = case.now - datetime.fromisoformat(built)
            found = f"built {_ago(age)}, proved to run with {way.text}"
            if age > building.MAX_AGE:
                yield Finding(name, "old", found, LIVE, _RENEWED)
            else:
                yield Finding(name, "ok", found, LIVE)


def _leftovers(case: Case, api: APIClient) -> Finding:
    """Containers that nobody owns any more, by the rule by which `clean` removes them."""
    ended = 0
    now = case.now + skew(api)
    for container in api.containers(all=True, filters={"label": LABEL}):
        age = now - datetime.fromtimestamp(container["Created"], UTC)
        ended += age > LIFETIME + STARTING or (container["State"] != "running" and age > STARTING)
    if ended:
        found = f"{ended} sandbox{'' if ended == 1 else 'es'} of earlier runs"
        return Finding("leftovers", "old", found, (), "livedeck clean")
    return Finding("leftovers", "ok", "none of earlier runs")


def _disk(case: Case, where: Endpoint, info: dict[str, object]) -> Iterator[Finding]:
    """The space for images, where the daemon's own folder is one of this machine."""
    folder = Path(str(info.get("DockerRootDir") or "/"))
    if case.system.platform != "linux" or where.address not in _LOCAL:
        return
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    found = f"{space(free)} free in {folder}"
    limits = case.course.file.sandbox if case.course else SandboxLimits()
    if free < _SPACE_FOR_IMAGES + 1024 * int(kilobytes(limits.keep_free)):
        found += f"; a sandbox and its images take about 1 GB and have to leave {limits.keep_free} (keep_free) free"
        mend = "make room there; `livedeck clean --images` removes Livedeck's images"
        yield Finding("docker disk", "broken", found, LIVE, mend, WITHOUT_LIVE)
    else:
        yield Finding("docker disk", "ok", found, LIVE)


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour ago"
    number, noun = (hours, "hour") if hours < 48 else (hours // 24, "day")  # noqa: PLR2004
    return f"{number} {noun}{'' if number == 1 else 's'} ago"
