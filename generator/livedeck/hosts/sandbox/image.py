"""The sandbox image of an engine: built once a week, and proved to run containers on this very daemon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from msgspec import structs
from msgspec.json import decode, encode

from livedeck.errors import HostError
from livedeck.hosts import facts
from livedeck.hosts.daemon.daemon import remove_image, sweep_images
from livedeck.hosts.sandbox import debian as base
from livedeck.hosts.sandbox import machine, privilege, sources
from livedeck.hosts.sandbox.building import (
    MAX_AGE,
    BuiltImage,
    FoundImage,
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
from livedeck.hosts.sandbox.machine import Machine, SandboxSpec
from livedeck.hosts.sandbox.privilege import PrivilegeMode
from livedeck.hosts.sandbox.sources import OutOfReach, PackageSource
from livedeck.model import DockerSource

PROOF = """
cp /bin/busybox /tmp/busybox
tar -C /tmp -c busybox | docker import - proof
docker run --rm proof /busybox true
"""


@dataclass(frozen=True, slots=True)
class SandboxImage:
    """A sandbox image that this daemon has.

    `way` is how its nested daemon was proved to work, `built` when it was made, `docker` where its Docker came from,
    and `suite` the Debian it stands on.
    """

    name: str
    way: PrivilegeMode
    built: str
    docker: DockerSource
    suite: str


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
            request.notify(
                f"the sandbox image is older than a week and could not be renewed ({error}): using it as it is"
            )
            return old
        finally:
            sweep_images(request.api)


def start(request: Request, image: SandboxImage, name: str, boot: SandboxSpec) -> Machine:
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
    if not found or not way or not built or label(found, "inputs") != inputs:
        return None
    if request.now - datetime.fromisoformat(built) > MAX_AGE and not any_age:
        return None
    return _labelled(request, way, found.labels)


def _labelled(request: Request, way: PrivilegeMode, labels: Mapping[str, str]) -> SandboxImage:
    docker = decode(labels["livedeck.docker"], type=DockerSource)
    return SandboxImage(_name(request), way, labels["livedeck.built"], docker, labels["livedeck.suite"])


def check_engine(request: Request, info: Mapping[str, Any], docker: DockerSource) -> None:
    """Raise HostError unless Docker is of the version and has the image store that the engine promises.

    Args:
        request: names the engine.
        info: what `docker info` says in the sandbox.
        docker: where that Docker came from.
    """
    version, wanted = str(info["ServerVersion"]), request.profile.docker
    if wanted and version != wanted and not version.startswith((f"{wanted}.", f"{wanted}+")):
        raise HostError(
            f"engine {request.engine} asks for Docker {wanted}, but {docker.origin} has {version}",
            hint="change `docker`, `source` or `base` of that engine in decks/course.toml",
        )
    store = request.profile.containerd_store
    if store is not None and store != facts.uses_containerd(info):
        asked = "containerd's" if store else "Docker's own"
        raise HostError(
            f"engine {request.engine} asks for {asked} image store, which Docker {version} of {docker.origin} "
            "does not offer",
            hint="change `containerd_store`, `source` or `base` of that engine in decks/course.toml",
        )


def _build(request: Request, files: Mapping[str, bytes], inputs: str, *, fresh: bool) -> SandboxImage:
    old = find(request.api, _name(request))
    source, new = _installed(request, files, inputs, fresh=fresh)
    docker = sources.installed(source, request.profile, new.said)
    try:
        way, info = _prove(request, new.id)
        check_engine(request, info, docker)
    except BaseException:
        remove_image(request.api, new.id)
        raise
    told = encode(docker).decode()
    labels = labelled("sandbox", inputs=inputs, built=request.now.isoformat(), docker=told, suite=source.suite)
    return _remember(request, new.id, way, labels=labels, replaces=old)


def _installed(
    request: Request, files: Mapping[str, bytes], inputs: str, *, fresh: bool
) -> tuple[PackageSource, BuiltImage]:
    """Return an image with Docker from the first source of the engine that can be reached, and that source."""
    first, *others = sources.of_engine(request.engine, request.profile)
    try:
        return first, _install(request, first, files, fresh=fresh)
    except OutOfReach as error:
        kept = _usable(request, inputs, any_age=True)
        if not others or (kept and kept.docker.name == first.name and not fresh):
            raise  # an older image of that source is better than another source
        request.notify(f"{error}: taking Docker from {others[0].title} instead")
        return others[0], _install(request, others[0], files, fresh=fresh)


def _install(request: Request, source: PackageSource, files: Mapping[str, bytes], *, fresh: bool) -> BuiltImage:
    if source.kind == "apt":
        sources.need_reachable(request, source)
    request.notify(f"building the sandbox image for engine {request.engine}: about a minute, once a week")
    given = {"install/docker.tgz": sources.read_archive(request)} if source.kind == "archive" else {}
    debian = base.equipped(request, source.suite, files["equipped.Dockerfile"], fresh=fresh)
    context = {("install/" if name == "install-docker" else "") + name: data for name, data in files.items()}
    arguments = {
        "BASE": debian,
        "SOURCE": source.kind,
        "VERSION": request.profile.docker or "",
        "SUITE": source.suite,
        "ADDRESS": source.address,
        "KEY": source.key,
    }
    try:
        return build(request.api, archive(context | given), arguments=arguments)
    except HostError as error:
        raise sources.installation_error(source, request.engine, request.profile, error) from error


def _remember(
    request: Request, image: str, way: PrivilegeMode, *, labels: Mapping[str, str], replaces: FoundImage | None
) -> SandboxImage:
    """Name the image, with what was found out about it as labels, and remove the one that had the name."""
    labels = {**labels, **labelled("sandbox", privilege=way.name)}
    dockerfile = archive({"Dockerfile": f"FROM {image}\n".encode()})
    build(request.api, dockerfile, labels=labels, tag=_name(request))
    if replaces:
        remove_image(request.api, replaces.id)
    return _labelled(request, way, labels)


def _prove(request: Request, image: str) -> tuple[PrivilegeMode, Mapping[str, Any]]:
    """Return the first way in which the image runs a container of its own, and what its `docker info` says."""
    refused = []
    for way in privilege.WAYS:
        try:
            boot = SandboxSpec(containerd_store=request.profile.containerd_store)
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
    folder = resources.files("livedeck.hosts.sandbox") / "sandbox_image"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def _inputs(request: Request, files: Mapping[str, bytes]) -> str:
    profile = structs.replace(request.profile, machine_lines={}, source=request.profile.docker_source)
    return content_hash(*in_order(files), encode(profile))
