"""A sandbox that is started only to see what it gets on this machine."""

from __future__ import annotations

from contextlib import closing

from livedeck.hosts.sandbox import image, machine
from livedeck.hosts.sandbox.building import begin
from livedeck.hosts.sandbox.machine import SandboxReport, SandboxSpec
from livedeck.hosts.sandbox.privilege import PrivilegeMode
from livedeck.model import Course, DockerSource, Run


def try_out(course: Course, engine: str, run: Run) -> tuple[SandboxReport, PrivilegeMode, DockerSource]:
    """Start a sandbox of the engine, run a container in it, remove it, and return what it got.

    Raises:
        HostError: there is no daemon or no image, or the sandbox does not start or runs no container.
        UsageError: the engine's base is not a Debian suite.
    """
    file = course.file
    request = begin(course, engine, file.engines[engine], run)
    with closing(request.api):
        built = image.ensure(request, fresh=False)
        store = request.profile.containerd_store
        spec = SandboxSpec(file.terminal.hostname, file.terminal.user, store, limits=file.sandbox)
        with image.start(request, built, built.name, spec) as running:
            running.run(*machine.shell(image.PROOF))
            image.check_engine(request, running.report.info, built.docker)
            return running.report, running.mode, built.docker
