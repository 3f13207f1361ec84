"""The sandbox: the default host, a disposable machine with its own Docker daemon."""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from dataclasses import replace

from msgspec import structs

from livedeck.errors import HostError, UsageError
from livedeck.hosts import facts
from livedeck.hosts.daemon import channel
from livedeck.hosts.sandbox import image, sources, stand_ins
from livedeck.hosts.sandbox.building import Request, begin
from livedeck.hosts.sandbox.machine import Machine, SandboxReport, SandboxSpec, shell
from livedeck.hosts.sandbox.privilege import PrivilegeMode
from livedeck.model import STAND_INS, Course, DockerSource, Engine, HostFacts, ImagePolicy, Images, ImageSource, Run


class Sandbox(AbstractContextManager["Sandbox"]):
    """A running sandbox: a `model.Host` whose machine is removed on exit."""

    def __init__(self, machine: Machine, found: HostFacts, docker: DockerSource, source: ImageSource) -> None:
        self.facts = found
        self.docker = docker
        self._machine = machine
        self._source = source

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> channel.ExecTerminal:
        """Run `command` as the course's user, in that user's home folder, in a pseudo-terminal of that size.

        Raises:
            HostError: the sandbox is gone.
        """
        machine = self._machine
        return channel.open_terminal(machine.api, machine.container, command, self.facts.user, columns, rows)

    def images(self) -> Images:
        """Return where images came from, and the digest of each tagged image that has one now.

        There are none if the deck stopped its Docker.

        Raises:
            HostError: the sandbox is gone.
        """
        listed = self._machine.run("sh", "-c", f"{facts.LIST_IMAGES} 2>/dev/null || true")
        return Images(source=self._source, digests=facts.digests(listed.splitlines()))

    def __exit__(self, *_: object) -> None:
        self._machine.close()
        self._machine.api.close()


def open_sandbox(
    course: Course, engine: str, run: Run, *, images: ImagePolicy, fresh: bool, source: str | None = None
) -> Sandbox:
    """Return a running sandbox of the engine, with the host name and the user of the course.

    Args:
        course: gives the engine's profile, the user and host name, and the stand-ins.
        engine: the name of one of the course's engines.
        run: names the daemon (DOCKER_HOST...) and where programs are (PATH), and gets a notice for every long wait,
            fallback and choice.
        images: whether images come from Docker Hub, from stand-ins, or from those where Docker Hub does not answer.
        fresh: rebuild the sandbox image.
        source: where Docker comes from, instead of what the engine says.

    Raises:
        HostError: there is no daemon or no image, or the sandbox does not start.
        UsageError: the engine is unknown, or a name is not valid.
    """
    profile = _checked(course, engine, source)
    request = begin(course, engine, profile, run)
    with ExitStack() as undo:
        undo.callback(request.api.close)
        built = image.ensure(request, fresh=fresh)
        running = undo.enter_context(closing(_start(request, course, images, built, fresh=fresh)))
        sandbox = _opened(request, course, images, running, built.docker)
        undo.pop_all()
        return sandbox


def try_out(course: Course, engine: str, run: Run) -> tuple[SandboxReport, PrivilegeMode, DockerSource]:
    """Start a sandbox of the engine, run a container in it, remove it, and return what it got.

    Raises:
        HostError: there is no daemon or no image, or the sandbox does not start or runs no container.
        UsageError: the engine's base is not a Debian suite.
    """
    request = begin(course, engine, course.file.engines[engine], run)
    with closing(request.api):
        built = image.ensure(request, fresh=False)
        with closing(image.start(request, built, built.name, _spec(request, course))) as running:
            running.run(*shell(image.PROOF))
            image.check_engine(request, running.report.info, built.docker)
            return running.report, running.mode, built.docker


def _spec(request: Request, course: Course) -> SandboxSpec:
    terminal, store = course.file.terminal, request.profile.containerd_store
    return SandboxSpec(terminal.hostname, terminal.user, store, limits=course.file.sandbox)


def _checked(course: Course, engine: str, source: str | None) -> Engine:
    """Return the engine's profile. The checked names become part of shell commands and image names."""
    if engine not in course.file.engines:
        raise UsageError(
            f"the course has no engine {engine!r}",
            hint=f"use one of: {', '.join(sorted(course.file.engines)) or 'none'}",
        )
    terminal = course.file.terminal
    for name, value, rule in (
        ("engine", engine, r"[a-z0-9][a-z0-9._-]{0,63}"),
        ("terminal.user", terminal.user, r"[a-z_][a-z0-9_-]{0,31}"),
        ("terminal.hostname", terminal.hostname, r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"),
    ):
        if not re.fullmatch(rule, value):
            raise UsageError(
                f"{name} = {value!r} in decks/course.toml cannot be a name", hint="use letters, digits, hyphens"
            )
    if terminal.user == "root":
        raise UsageError("terminal.user = 'root' in decks/course.toml: root cannot be created", hint="use another name")
    profile = course.file.engines[engine]
    if source in (None, profile.docker_source):
        return profile
    if profile.archive or source not in sources.ANYWHERE:
        hint = f"it is {profile.docker_source}; name {' or '.join(sources.ANYWHERE)}, or change it in decks/course.toml"
        raise UsageError(f"engine {engine} cannot have the source {source}", hint=hint)
    return structs.replace(profile, source=source, key=None)


def _start(request: Request, course: Course, policy: ImagePolicy, built: image.SandboxImage, *, fresh: bool) -> Machine:
    """Start the machine. Without a fixed source of images, build stand-ins only if Docker Hub does not answer."""
    names = stand_ins.names(course.root)
    probe = f"{names[0] if names else 'hello-world'}:latest"
    spec = replace(_spec(request, course), images=policy, probe=probe)
    name = built.name
    if policy == "stand-in":
        if not names:
            raise UsageError("images = stand-in, but the course has none", hint=f"make a folder {STAND_INS}/NAME")
        name = stand_ins.ensure(request, built, fresh=fresh)
    elif policy == "auto" and names:
        name = stand_ins.existing(request, built) or name
    running = image.start(request, built, name, spec)
    if running.report.images == "unreachable" and policy == "auto" and names:
        running.close()
        name = stand_ins.ensure(request, built, fresh=fresh)
        running = image.start(request, built, name, replace(spec, images="stand-in"))
    return running


def _opened(request: Request, course: Course, policy: ImagePolicy, running: Machine, docker: DockerSource) -> Sandbox:
    """Report what the start script found, reject what cannot be used, and return the host."""
    report = running.report
    image.check_engine(request, report.info, docker)
    if report.images == "limited":
        raise HostError(
            "Docker Hub refuses to give more images for now (rate limit)",
            hint="wait, sign the machine's address in, or ask for stand-ins with --images stand-in",
            detail=[_said(report)],
        )
    used = ", ".join(f"{name} ({STAND_INS}/{name})" for name in stand_ins.names(course.root))
    if report.images == "unreachable" and policy == "hub":
        raise HostError(
            "Docker Hub cannot be reached, and images may come from nowhere else",
            hint='connect to it, or allow stand-ins with images = "auto" or --images stand-in',
            detail=[_said(report)],
        )
    version = f"Docker {report.info['ServerVersion']} from {docker.origin}"
    if request.profile.docker_source == "auto" and docker.name == "debian":
        version += f" ({sources.DOCKER_COM} could not be reached when its image was built; --fresh tries again)"
    by = f" by the runtime {request.runtime}" if request.runtime else ""
    with_mode = f"run{by} with {running.mode.text}"
    request.notify(f"sandbox of engine {request.engine}: {version} on {report.system}, {with_mode}")
    if text := _metadata(report):
        request.notify(text)
    if report.images == "unreachable":
        request.notify(
            f"Docker Hub cannot be reached, and there are no stand-ins: nothing can be pulled ({_said(report)})"
        )
    elif report.images == "stand-in":
        asked = report.hub and "Docker Hub cannot be reached: "
        request.notify(f"{asked}images come from stand-ins: {used}")
    source: ImageSource = "stand-in" if report.images == "stand-in" else "hub"
    found = facts.of_docker(
        "sandbox",
        report.info,
        system=report.system,
        kernel=str(report.info["KernelVersion"]),
        hostname=course.file.terminal.hostname,
        user=course.file.terminal.user,
    )
    return Sandbox(running, found, docker, source)


def _metadata(report: SandboxReport) -> str:
    """Return what to say about the metadata addresses of clouds; nothing where rules keep them out of reach."""
    how, _, why = report.metadata.partition(" ")
    if how == "rules":
        return ""
    if how == "routes":
        return (
            "`ip route` shows routes to metadata addresses of clouds: they keep them out of reach, as rules cannot here"
        )
    return f"the metadata address of a cloud, 169.254.169.254, can be reached: block it on the machine ({why})"


def _said(report: SandboxReport) -> str:
    """Return the message of Docker Hub, or of the proxy on the way to it."""
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(report.hub)["message"])
    return report.hub
