"""Docker: the daemon that sandboxes run on, what Livedeck has there, and where the engines' Docker comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from livedeck.doctor.course_checks import room
from livedeck.doctor.probe import LIVE, Case, Finding, Probe
from livedeck.doctor.system import System
from livedeck.errors import UsageError, number
from livedeck.hosts.daemon import endpoint
from livedeck.hosts.daemon.daemon import LABEL, connect
from livedeck.hosts.daemon.endpoint import Endpoint
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.facts import uses_containerd
from livedeck.hosts.sandbox import building, privilege, sources
from livedeck.hosts.sandbox.machine import kilobytes
from livedeck.hosts.sandbox.sandbox import try_out
from livedeck.hosts.sandbox.sources import PackageSource
from livedeck.model import Course, CourseFile, Engine, Run, SandboxLimits

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
    # With CI set, ssh asks no questions: here they would come unexpected.
    api = connect({**case.environ, "CI": "true"}, patience=_SECONDS)
    try:
        with explained(f"the daemon at {where} broke off"):
            info = api.info()
            found = f"Docker {info['ServerVersion']} at {where}"
            yield replace(probe, affects=(*probe.affects, "clean --images")).ok(found)
            yield from _images(probe, case, api)
            yield _leftovers(api)
            if case.system.platform == "linux" and where.address in _LOCAL:
                yield from _disk(replace(probe, name="docker disk"), case, Path(info["DockerRootDir"]))
    finally:
        api.close()


def fix(case: Case, where: Endpoint, error: OSError) -> str:
    """Return what to do where no daemon answers at `where`."""
    system = case.system
    if isinstance(error, PermissionError):
        return _permission(system, Path(where.address.removeprefix(endpoint.UNIX)))
    if where.context:
        return "start the daemon of that context, or choose another one: docker context use default"
    if case.environ.get("DOCKER_HOST") and where.address != endpoint.DEFAULT:
        there = endpoint.refusal(endpoint.DEFAULT) is None
        unset = f"unset DOCKER_HOST: a daemon listens at {endpoint.DEFAULT}"
        return unset if there else "start Docker there, or correct DOCKER_HOST"
    if case.which("dockerd"):
        start = {"systemd": "systemctl start docker", "init": "service docker start"}
        return system.as_root(start.get(system.manager, "dockerd"))
    if system.platform == "linux":
        return system.install("docker")
    return "install Docker and start it, or set DOCKER_HOST to the address of a daemon"


def _permission(system: System, socket: Path) -> str:
    with suppress(OSError, KeyError):
        if system.platform == "linux" and (group := socket.group()) != "root":
            return f"{system.as_root(f'usermod -aG {group} {system.user}')}, then log in again"
    return f"give {system.user} the right to write to {socket}"


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


def _leftovers(api: APIClient) -> Finding:
    """Count the containers that have ended and are still there; those that run end by themselves."""
    ended = api.containers(all=True, filters={"label": LABEL, "status": ["created", "exited", "dead"]})
    if not ended:
        return Finding("leftovers", "ok", "none of earlier runs")
    return Finding("leftovers", "old", f"{number(len(ended), 'container')} of earlier runs", fix="livedeck clean")


def _disk(probe: Probe, case: Case, folder: Path) -> Iterator[Finding]:
    keep_free = (case.course.file.sandbox if case.course else SandboxLimits()).keep_free
    needed = _SPACE_FOR_IMAGES + 1024 * int(kilobytes(keep_free))
    with suppress(OSError):  # not every user may look there
        yield room(probe, folder, needed, "make room there; `livedeck clean --images` removes Livedeck's images")


def reachable(probe: Probe, case: Case) -> Iterator[Finding]:
    """Ask each source that an engine tries first, from this machine. Debian comes with the sandbox's own base."""
    del probe
    by_address: dict[str, dict[str, Sequence[PackageSource]]] = {}
    for engine, profile in (case.course.file.engines if case.course else {}).items():
        with suppress(UsageError):  # a capture reports it
            tried = sources.of_engine(engine, profile)
            if tried[0].kind != "debian":
                by_address.setdefault(tried[0].address, {})[engine] = tried
    for engines in by_address.values():
        yield _ask(case, engines)


def _ask(case: Case, engines: Mapping[str, Sequence[PackageSource]]) -> Finding:
    source = next(iter(engines.values()))[0]
    if source.kind == "archive" and "://" not in source.address:
        why = "" if (case.root / source.address).is_file() else "there is no such file"
    else:
        why = sources.unreachable(f"{source.address}/gpg" if source.kind == "apt" else source.address, _SECONDS)
    name = f"source {source.address if source.name == 'archive' else source.name}"
    if not why:
        return Finding(name, "ok", f"{source.address} answers", tuple(f"capture --engine {each}" for each in engines))
    affects = tuple(f"capture --engine {engine}" for engine, (_, *others) in engines.items() if not others)
    works = tuple(f"{engine}, from {others[0].title}" for engine, (_, *others) in engines.items() if others)
    found = f"{source.address}: {why}"
    return Finding(name, "missing" if affects else "old", found, affects, "connect to it" if affects else "", works)


def boot(course: Course | None, run: Run) -> tuple[Finding, ...]:
    """Return what a sandbox of the course's engine gets on this machine; without a course, one with all defaults.

    Raises:
        HostError: it does not start, or runs no container.
        UsageError: the engine has a base that is not Debian.
    """
    chosen = course or Course(Path.cwd(), CourseFile(title="", engines={"current": Engine()}), ())
    got, mode, docker = try_out(chosen, chosen.file.engine, run)
    version, driver = got.info["ServerVersion"], got.info.get("CgroupDriver", "")
    store = "containerd's" if uses_containerd(got.info) else "Docker's own"
    found = {
        "sandbox": f"Docker {version} from {docker.origin} on {got.system}, engine {chosen.file.engine}",
        "privileges": mode.text,
        "control groups": f"version {got.info.get('CgroupVersion', '1')}, driver {driver}",
        "image store": f"{store}, storage driver {got.info['Driver']}",
        "container": "one ran in the sandbox",
    }
    return tuple(Finding(name, "ok", text, LIVE) for name, text in found.items())
