"""The sandbox image of an engine: built once a week, and proved to run containers on this very daemon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from msgspec.json import encode

from generator.errors import HostError
from generator.hosts import base, facts, machine, privilege
from generator.hosts.building import (
    EXPIRED,
    MAX_AGE,
    Found,
    Request,
    archive,
    build,
    content_hash,
    find,
    in_order,
    label,
    labelled,
    one_at_a_time,
)
from generator.hosts.daemon import remove_image, sweep_images
from generator.hosts.machine import Boot, Machine
from generator.hosts.privilege import Way

SAID_EXPIRED = "livedeck: expired"
PROOF = """
cp /bin/busybox /tmp/busybox
tar -C /tmp -c busybox | docker import - proof
docker run --rm proof /busybox true
"""


@dataclass(frozen=True, slots=True)
class SandboxImage:
    """A sandbox image that this daemon has, the way its nested daemon was proved to work, and when it was built."""

    name: str
    way: Way
    built: str


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


def start(request: Request, image: SandboxImage, name: str, boot: Boot) -> Machine:
    """Start a machine of the sandbox image, or of `name`, which stands on it, the way it was proved to work.

    If it does not start, the way is found again and remembered first: the daemon may have changed.

    Raises:
        HostError: it does not start in any way.
    """
    try:
        return machine.start(request.api, name, image.way, boot)
    except HostError:
        old = find(request.api, image.name)
        if not old:
            raise
        way, _ = _prove(request, old.id)
        if way != image.way:
            _remember(request, old.id, way, labels=old.labels, replaces=old)
        return machine.start(request.api, name, way, boot)


def _usable(request: Request, inputs: str, *, any_age: bool = False) -> SandboxImage | None:
    found = find(request.api, _name(request))
    way = privilege.named(label(found, "privilege"))
    built = label(found, "built")
    if not way or not built or label(found, "inputs") != inputs:
        return None
    if request.now - datetime.fromisoformat(built) > MAX_AGE and not any_age:
        return None
    return SandboxImage(_name(request), way, built)


def check_engine(request: Request, info: Mapping[str, Any]) -> None:
    """Raise HostError unless Docker is of the version and has the image store that the engine promises.

    Args:
        request: names the engine.
        info: what `docker info` says in the sandbox.
    """
    docker, wanted, base = str(info["ServerVersion"]), request.profile.docker, request.profile.base
    if wanted and docker != wanted and not docker.startswith((f"{wanted}.", f"{wanted}+")):
        raise HostError(
            f"engine {request.engine} asks for Docker {wanted}, but {base} has {docker}",
            hint="change `docker` or `base` of that engine in decks/course.toml",
        )
    if request.profile.containerd_store != (facts.SNAPSHOTTER in str(info.get("DriverStatus"))):
        asked = "containerd's" if request.profile.containerd_store else "Docker's own"
        raise HostError(
            f"engine {request.engine} asks for {asked} image store, which Docker {docker} of {base} does not offer",
            hint="change `containerd_store` or `base` of that engine in decks/course.toml",
        )


def _build(request: Request, files: dict[str, bytes], inputs: str, *, fresh: bool) -> SandboxImage:
    request.tell(f"building the sandbox image for engine {request.engine}: about a minute, once a week")
    old = find(request.api, _name(request))
    debian = base.ensure(request, fresh=fresh)
    new = build(request.api, archive(files), arguments={"BASE": debian})
    if SAID_EXPIRED in new.said:
        request.tell(EXPIRED)
    try:
        way, info = _prove(request, new.id)
        check_engine(request, info)
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
    build(request.api, dockerfile, labels=labels, tag=_name(request))
    if replaces:
        remove_image(request.api, replaces.id)
    return SandboxImage(_name(request), way, labels["livedeck.built"])


def _prove(request: Request, image: str) -> tuple[Way, Mapping[str, Any]]:
    """Return the first way in which the image runs a container of its own, and what its `docker info` says."""
    refused = []
    for way in privilege.WAYS:
        try:
            boot = Boot(containerd_store=request.profile.containerd_store)
            with machine.start(request.api, image, way, boot) as proof:
                proof.run(*machine.shell(PROOF))
                return way, proof.hello.info
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
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def _inputs(request: Request, files: Mapping[str, bytes]) -> str:
    return content_hash(*in_order(files), encode(request.profile))
