"""The sandbox image of an engine: built once a week, and proved to run containers on this very daemon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from msgspec.json import encode

from generator.errors import HostError
from generator.hosts import base, machine, privilege
from generator.hosts.building import (
    EXPIRED,
    MAX_AGE,
    Found,
    Request,
    archive,
    build,
    content_hash,
    find,
    label,
    labelled,
    one_at_a_time,
)
from generator.hosts.daemon import remove_image, sweep_images
from generator.hosts.machine import Boot
from generator.hosts.privilege import Way

SAID_EXPIRED = "livedeck: expired"
PROOF = """
cp /bin/busybox /tmp/busybox
tar -C /tmp -c busybox | docker import - proof
docker run --rm proof /busybox true
"""


@dataclass(frozen=True, slots=True)
class SandboxImage:
    """A sandbox image that this daemon has, and the way its nested daemon was proved to work."""

    name: str
    id: str
    way: Way


def ensure(request: Request, *, fresh: bool) -> SandboxImage:
    """Return the engine's sandbox image, built now unless there is one of this week with the same inputs.

    Raises:
        HostError: it cannot be built, has another Docker than the engine asks for, or no way to run it works here.
        UsageError: the engine's base is no Debian suite.
    """
    files = _files()
    inputs = _inputs(request, files)
    usable = _usable(request, inputs)
    if usable and not fresh:
        return usable
    with one_at_a_time(request.environ, request.report):
        usable = _usable(request, inputs)
        if usable and not fresh:
            return usable  # built by somebody else in the meantime
        try:
            return _build(request, files, inputs, fresh=fresh)
        except HostError as error:
            old = _usable(request, inputs, any_age=True)
            if fresh or not old:
                raise
            request.tell(
                f"the sandbox image is older than a week and could not be renewed ({error}): using it as it is"
            )
            return old
        finally:
            sweep_images(request.api)


def prove(request: Request, image: SandboxImage) -> SandboxImage:
    """Find again how the image runs on this daemon, remember it, and return the image.

    Raises:
        HostError: no way works.
    """
    with one_at_a_time(request.environ, request.report):
        old = find(request.api, image.name)
        if not old:
            raise HostError(f"{image.name} has gone", hint="run the command again")
        way, _ = _prove(request, image.id)
        return _remember(request, image.id, way, labels=old.labels, replaces=old)


def _usable(request: Request, inputs: str, *, any_age: bool = False) -> SandboxImage | None:
    found = find(request.api, _name(request))
    way = privilege.named(label(found, "privilege"))
    if not found or not way or label(found, "inputs") != inputs:
        return None
    built = datetime.fromisoformat(label(found, "built") or found.created.isoformat())
    if request.now - built > MAX_AGE and not any_age:
        return None
    return SandboxImage(_name(request), found.id, way)


def check_version(request: Request, docker: str) -> None:
    """Raise HostError unless Docker's version is the one that the engine is named after."""
    wanted = request.profile.docker
    if wanted and docker != wanted and not docker.startswith((f"{wanted}.", f"{wanted}+")):
        raise HostError(
            f"engine {request.engine} asks for Docker {wanted}, but {request.profile.base} has {docker}",
            hint="change `docker` or `base` of that engine in decks/course.toml",
        )


def _build(request: Request, files: dict[str, bytes], inputs: str, *, fresh: bool) -> SandboxImage:
    request.tell(f"building the sandbox image for engine {request.engine}: about a minute, once a week")
    old = find(request.api, _name(request))
    debian = base.ensure(request, fresh=fresh)
    new = build(request.api, archive(files), arguments={"BASE": debian})
    if SAID_EXPIRED in new.said:
        request.tell(EXPIRED)
    try:
        way, docker = _prove(request, new.id)
        check_version(request, docker)
    except BaseException:
        remove_image(request.api, new.id)
        raise
    labels = labelled("sandbox", inputs=inputs, built=request.now.isoformat())
    return _remember(request, new.id, way, labels=labels, replaces=old)


def _remember(
    request: Request, image: str, way: Way, *, labels: Mapping[str, str], replaces: Found | None
) -> SandboxImage:
    """Name the image, with what was found out about it as labels, and remove the one that had the name."""
    labels = {**labels, **labelled("sandbox", privilege=way.name)}
    dockerfile = archive({"Dockerfile": f"FROM {image}\n".encode()})
    named = build(request.api, dockerfile, labels=labels, tag=_name(request))
    if replaces:
        remove_image(request.api, replaces.id)
    return SandboxImage(_name(request), named.id, way)


def _prove(request: Request, image: str) -> tuple[Way, str]:
    """Return the first way in which the image runs a container of its own, and the version of its Docker."""
    refused = []
    for way in privilege.WAYS:
        try:
            boot = Boot(containerd_store=request.profile.containerd_store)
            with machine.start(request.api, image, way, boot) as proof:
                proof.run(*machine.shell(PROOF))
                return way, str(proof.hello.info["ServerVersion"])
        except HostError as error:
            refused += [f"{way.text}: {error}", *error.detail]
    raise HostError(
        "this machine's Docker lets no container run a Docker of its own",
        hint="use a machine or a runner where `docker run --privileged` is allowed",
        detail=refused,
    )


def _name(request: Request) -> str:
    return f"livedeck/sandbox:{request.engine}"


def _files() -> dict[str, bytes]:
    folder = resources.files("generator.hosts") / "sandbox_image"
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def _inputs(request: Request, files: Mapping[str, bytes]) -> str:
    return content_hash(
        *(part for name in sorted(files) for part in (name.encode(), files[name])), encode(request.profile)
    )
