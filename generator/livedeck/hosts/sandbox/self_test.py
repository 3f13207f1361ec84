"""A sandbox booted for nothing but to see what it gets on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from livedeck.hosts import facts
from livedeck.hosts.daemon import daemon
from livedeck.hosts.sandbox import image, machine
from livedeck.hosts.sandbox.building import Request
from livedeck.hosts.sandbox.machine import SandboxSpec
from livedeck.model import Course, DockerSource, Report


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What a sandbox got: its Docker and where that came from, privileges, control groups, image store.

    `store` is the storage driver, and `containerd` whether containerd keeps the images.
    """

    docker: str
    source: DockerSource
    system: str
    privileges: str
    cgroup_version: str
    cgroup_driver: str
    store: str
    containerd: bool


def run(
    course: Course, engine: str, *, environ: Mapping[str, str], now: Callable[[], datetime], report: Report
) -> SelfTest:
    """Boot a sandbox of the engine, run a container in it, and return what it got. Nothing is left of it.

    Raises:
        HostError: there is no daemon, no image, the sandbox does not start, or runs no container.
        UsageError: the engine has a base that is no Debian.
    """
    file = course.file
    profile = file.engines[engine]
    api = daemon.connect(environ)
    try:
        at = now()
        daemon.sweep(api, at)
        request = Request(api, engine, profile, environ, at, report, course.root)
        built = image.ensure(request, fresh=False)
        boot = SandboxSpec(file.terminal.hostname, file.terminal.user, profile.containerd_store, limits=file.sandbox)
        with image.start(request, built, built.name, boot) as running:
            running.run(*machine.shell(image.PROOF))
            info = running.hello.info
            image.check_engine(request, info, built.docker)
            return SelfTest(
                docker=str(info["ServerVersion"]),
                source=built.docker,
                system=running.hello.system,
                privileges=running.way.text,
                cgroup_version=str(info.get("CgroupVersion", "1")),
                cgroup_driver=str(info.get("CgroupDriver", "")),
                store=str(info["Driver"]),
                containerd=facts.SNAPSHOTTER in str(info.get("DriverStatus")),
            )
    finally:
        api.close()
