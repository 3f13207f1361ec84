"""A sandbox that is started only to see what it gets on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from livedeck.hosts import facts
from livedeck.hosts.sandbox import image, machine
from livedeck.hosts.sandbox.building import begin
from livedeck.hosts.sandbox.machine import SandboxSpec
from livedeck.model import Course, DockerSource, Report


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What a sandbox got: its Docker and the source of it, its privileges, control groups and image store.

    `store` is the storage driver; `containerd` says whether containerd keeps the images.
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
    """Start a sandbox of the engine, run a container in it, remove it, and return what it got.

    Raises:
        HostError: there is no daemon or no image, or the sandbox does not start or runs no container.
        UsageError: the engine's base is not a Debian suite.
    """
    file = course.file
    request = begin(course, engine, file.engines[engine], environ=environ, now=now, report=report)
    with closing(request.api):
        built = image.ensure(request, fresh=False)
        store = request.profile.containerd_store
        spec = SandboxSpec(file.terminal.hostname, file.terminal.user, store, limits=file.sandbox)
        with image.start(request, built, built.name, spec) as running:
            running.run(*machine.shell(image.PROOF))
            info = running.report.info
            image.check_engine(request, info, built.docker)
            return SelfTest(
                docker=str(info["ServerVersion"]),
                source=built.docker,
                system=running.report.system,
                privileges=running.mode.text,
                cgroup_version=str(info.get("CgroupVersion", "1")),
                cgroup_driver=str(info.get("CgroupDriver", "")),
                store=str(info["Driver"]),
                containerd=facts.uses_containerd(info),
            )
