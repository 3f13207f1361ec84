"""The sandbox: the default host, a disposable machine with a Docker daemon of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Self

from msgspec import structs

from livedeck.errors import HostError, UsageError
from livedeck.hosts import facts
from livedeck.hosts.daemon import channel
from livedeck.hosts.sandbox import image, sources, stand_ins
from livedeck.hosts.sandbox.building import Request, begin
from livedeck.hosts.sandbox.machine import Machine, SandboxReport, SandboxSpec
from livedeck.model import Course, DockerSource, Engine, HostFacts, ImagePolicy, Images, ImageSource, Report

ENGINE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
HOSTNAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)


class Sandbox:
    """A running sandbox: a `model.Host` whose machine is gone once it is left."""

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
        user = self.facts.user
        return channel.open_terminal(
            self._machine.api,
            self._machine.container,
            command,
            columns=columns,
            rows=rows,
            user=user,
            environment={
                "HOME": f"/home/{user}",
                "USER": user,
                "LOGNAME": user,
                "SHELL": "/bin/bash",
                **facts.TERMINAL,
            },
        )

    def images(self) -> Images:
        """Return where images came from, and the digest of each tagged image that has one now.

        A deck may end by stopping its Docker; there are no images any more then.

        Raises:
            HostError: the sandbox is gone.
        """
        listed = self._machine.run("sh", "-c", f"{facts.LIST_IMAGES} 2>/dev/null || true")
        return Images(source=self._source, digests=facts.digests(listed.splitlines()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._machine.end()
        self._machine.api.close()


def open_sandbox(
    course: Course,
    engine: str,
    *,
    images: ImagePolicy,
    fresh: bool,
    source: str | None = None,
    environ: Mapping[str, str],
    now: Callable[[], datetime],
    report: Report,
) -> Sandbox:
    """Return a running sandbox of the engine, with the host name and the user of the course; leaving it ends it.

    Args:
        course: gives the engine's profile, the user and host name, and the stand-ins.
        engine: the name of one of the course's engines.
        images: whether images come from Docker Hub, from stand-ins, or from those where Docker Hub does not answer.
        fresh: build the sandbox image anew.
        source: where Docker comes from, instead of what the engine says.
        environ: says which daemon (DOCKER_HOST...) and where programs are (PATH).
        now: the time, with its zone.
        report: gets a notice for every long wait, fallback and choice.

    Raises:
        HostError: no daemon, no image, or the sandbox does not start; the message says which and what to do.
        UsageError: an unknown engine, or a name that cannot be one.
    """
    profile = _checked(course, engine, source)
    request = begin(course, engine, profile, environ=environ, now=now, report=report)
    with ExitStack() as undo:
        undo.callback(request.api.close)
        built = image.ensure(request, fresh=fresh)
        running = _start(request, course, images, built, fresh=fresh)
        undo.callback(running.end)
        sandbox = _opened(request, course, images, running, built.docker)
        undo.pop_all()
        return sandbox


def _checked(course: Course, engine: str, source: str | None) -> Engine:
    """Return the engine's profile. Names end up in commands of the start script and in names of images."""
    if engine not in course.file.engines:
        raise UsageError(
            f"the course has no engine {engine!r}",
            hint=f"use one of: {', '.join(sorted(course.file.engines)) or 'none'}",
        )
    terminal = course.file.terminal
    for name, value, rule in (
        ("engine", engine, ENGINE),
        ("terminal.user", terminal.user, USER),
        ("terminal.hostname", terminal.hostname, HOSTNAME),
    ):
        if not rule.fullmatch(value):
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
    """Start the machine in one go if all is there; build stand-ins only where Docker Hub does not answer."""
    names = stand_ins.names(course.root)
    terminal = course.file.terminal
    boot = SandboxSpec(
        hostname=terminal.hostname,
        user=terminal.user,
        containerd_store=request.profile.containerd_store,
        images=policy,
        probe=f"{names[0] if names else 'hello-world'}:latest",
        limits=course.file.sandbox,
    )
    name = built.name
    if policy == "stand-in":
        if not names:
            raise UsageError(
                "images = stand-in, but the course has none", hint=f"make a folder {stand_ins.FOLDER}/NAME"
            )
        name = stand_ins.ensure(request, built, fresh=fresh)
    elif policy == "auto" and names:
        name = stand_ins.existing(request, built) or name
    running = image.start(request, built, name, boot)
    if running.hello.images == "unreachable" and policy == "auto" and names:
        running.end()
        name = stand_ins.ensure(request, built, fresh=fresh)
        running = image.start(request, built, name, replace(boot, images="stand-in"))
    return running


def _opened(request: Request, course: Course, policy: ImagePolicy, running: Machine, docker: DockerSource) -> Sandbox:
    """Report what the start script found, reject what cannot be used, and return the host."""
    hello = running.hello
    image.check_engine(request, hello.info, docker)
    if hello.images == "limited":
        raise HostError(
            "Docker Hub refuses to give more images for now (rate limit)",
            hint="wait, sign the machine's address in, or ask for stand-ins with --images stand-in",
            detail=[_said(hello)],
        )
    used = ", ".join(f"{name} ({stand_ins.FOLDER}/{name})" for name in stand_ins.names(course.root))
    if hello.images == "unreachable" and policy == "hub":
        raise HostError(
            "Docker Hub cannot be reached, and images may come from nowhere else",
            hint='connect to it, or allow stand-ins with images = "auto" or --images stand-in',
            detail=[_said(hello)],
        )
    version = f"Docker {hello.info['ServerVersion']} from {docker.origin}"
    if request.profile.docker_source == "auto" and docker.name == "debian":
        version += f" ({sources.DOCKER_COM} could not be reached when its image was built; --fresh tries again)"
    request.notify(f"sandbox of engine {request.engine}: {version} on {hello.system}, run with {running.way.text}")
    if hello.images == "unreachable":
        request.notify(
            f"Docker Hub cannot be reached, and there are no stand-ins: nothing can be pulled ({_said(hello)})"
        )
    elif hello.images == "stand-in":
        asked = hello.hub and "Docker Hub cannot be reached: "
        request.notify(f"{asked}images come from stand-ins: {used}")
    source: ImageSource = "stand-in" if hello.images == "stand-in" else "hub"
    found = facts.of_docker(
        "sandbox",
        hello.info,
        system=hello.system,
        kernel=str(hello.info["KernelVersion"]),
        hostname=course.file.terminal.hostname,
        user=course.file.terminal.user,
    )
    return Sandbox(running, found, docker, source)


def _said(hello: SandboxReport) -> str:
    """Return the message of Docker Hub, or of the proxy on the way to it."""
    try:
        answer: str = json.loads(hello.hub)["message"]
    except (ValueError, KeyError, TypeError):
        return hello.hub
    return answer
