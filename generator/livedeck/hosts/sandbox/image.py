"""The sandbox image of an engine: built once a week, and proved to run containers on the daemon."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from msgspec import structs
from msgspec.json import decode, encode

from livedeck.errors import HostError
from livedeck.hosts import facts
from livedeck.hosts.daemon.daemon import remove_image, sweep_images
from livedeck.hosts.sandbox import building, debian, machine, privilege, sources
from livedeck.hosts.sandbox.building import Request
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

    `mode` is the privilege mode in which its nested daemon was proved to work, `built` the time of the build, `docker`
    the source of its Docker, and `suite` the Debian that it is built on.
    """

    name: str
    mode: PrivilegeMode
    built: str
    docker: DockerSource
    suite: str


def ensure(request: Request, *, fresh: bool) -> SandboxImage:
    """Return the engine's sandbox image; build it unless there is one of this week with the same inputs.

    Raises:
        HostError: it cannot be built, its Docker is not the one that the engine asks for, or it runs in no mode.
        UsageError: the engine's base is not a Debian suite.
    """
    files, inputs = _recipe(request)
    if not fresh and (usable := _usable(request, inputs)):
        return usable
    with building.one_at_a_time(request.run):
        if not fresh and (usable := _usable(request, inputs)):
            return usable  # another Livedeck has built it meanwhile
        if not fresh and (found := _current(request, inputs)):
            request.notify("finding out with which privileges this runtime runs a sandbox: once for each image")
            mode, _ = _prove(request, found.id)
            return _remember(request, found.id, mode, found.labels, replaces=found)
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


def start(request: Request, image: SandboxImage, name: str, spec: SandboxSpec) -> Machine:
    """Start a machine of `name`, which is the sandbox image or built on it, in the mode that was proved to work.

    If it does not start, the daemon may have changed: prove the modes again, and remember the one that works.

    Raises:
        HostError: it starts in no mode.
    """
    try:
        return machine.start(request.api, name, image.mode, spec, request.runtime)
    except HostError:
        old = building.find(request.api, image.name)
        if not old:
            raise
        mode, _ = _prove(request, old.id)
        if mode != image.mode:
            _remember(request, old.id, mode, old.labels, replaces=old)
        return machine.start(request.api, name, mode, spec, request.runtime)


def _usable(request: Request, inputs: str, *, any_age: bool = False) -> SandboxImage | None:
    found = _current(request, inputs, any_age=any_age)
    mode = privilege.named(building.label(found, _mode_label(request)))
    return _labelled(request, mode, found.labels) if found and mode else None


def _current(request: Request, inputs: str, *, any_age: bool = False) -> building.FoundImage | None:
    """Return the engine's sandbox image of these inputs and this week; the mode for the runtime may be unknown."""
    found = building.find(request.api, _name(request))
    built = building.label(found, "built")
    if not built or building.label(found, "inputs") != inputs:
        return None
    if request.run.now() - datetime.fromisoformat(built) > building.MAX_AGE and not any_age:
        return None
    return found


def _mode_label(request: Request) -> str:
    """Return the name of the label with the privilege mode in which the course's runtime runs the image."""
    return f"privilege.{request.runtime}" if request.runtime else "privilege"


def _labelled(request: Request, mode: PrivilegeMode, labels: Mapping[str, str]) -> SandboxImage:
    docker = decode(labels["livedeck.docker"], type=DockerSource)
    return SandboxImage(_name(request), mode, labels["livedeck.built"], docker, labels["livedeck.suite"])


def check_engine(request: Request, info: Mapping[str, Any], docker: DockerSource) -> None:
    """Check that Docker has the version and the image store that the engine promises.

    Args:
        request: names the engine.
        info: the `docker info` of the sandbox.
        docker: the source of that Docker.

    Raises:
        HostError: it has not.
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
    old = building.find(request.api, _name(request))
    source, new, said = _installed(request, files, inputs, fresh=fresh)
    docker = sources.installed(source, request.profile, said)
    try:
        mode, info = _prove(request, new)
        check_engine(request, info, docker)
    except BaseException:
        remove_image(request.api, new)
        raise
    built, origin = request.run.now().isoformat(), encode(docker).decode()
    labels = building.labelled("sandbox", inputs=inputs, built=built, docker=origin, suite=source.suite)
    return _remember(request, new, mode, labels, replaces=old)


def _installed(
    request: Request, files: Mapping[str, bytes], inputs: str, *, fresh: bool
) -> tuple[PackageSource, str, list[str]]:
    """Install Docker from the first source that can be reached; return the source, the image and what was printed."""
    first, *others = sources.of_engine(request.engine, request.profile)
    try:
        return first, *_install(request, first, files, fresh=fresh)
    except OutOfReach as error:
        kept = _usable(request, inputs, any_age=True)
        if not others or (kept and kept.docker.name == first.name and not fresh):
            raise  # an older image of that source is better than another source
        request.notify(f"{error}: taking Docker from {others[0].title} instead")
        return others[0], *_install(request, others[0], files, fresh=fresh)


def _install(
    request: Request, source: PackageSource, files: Mapping[str, bytes], *, fresh: bool
) -> tuple[str, list[str]]:
    if source.kind == "apt":
        sources.need_reachable(request, source)
    request.notify(f"building the sandbox image for engine {request.engine}: about a minute, once a week")
    given = {"install/docker.tgz": sources.read_archive(request)} if source.kind == "archive" else {}
    base = debian.equipped(request, source.suite, files["equipped.Dockerfile"], fresh=fresh)
    context = {("install/" if name == "install-docker" else "") + name: data for name, data in files.items()}
    arguments = {
        "BASE": base,
        "SOURCE": source.kind,
        "VERSION": request.profile.docker or "",
        "SUITE": source.suite,
        "ADDRESS": source.address,
        "KEY": source.key,
    }
    try:
        return building.build(request.api, context | given, arguments=arguments)
    except HostError as error:
        raise sources.installation_error(source, request.engine, request.profile, error) from error


def _remember(
    request: Request, image: str, mode: PrivilegeMode, labels: Mapping[str, str], replaces: building.FoundImage | None
) -> SandboxImage:
    """Name the image, add what was found out about it as labels, and remove the image that had the name."""
    labels = {**labels, **building.labelled("sandbox", **{_mode_label(request): mode.name})}
    building.build(request.api, {"Dockerfile": f"FROM {image}\n".encode()}, labels=labels, tag=_name(request))
    if replaces:
        remove_image(request.api, replaces.id)
    return _labelled(request, mode, labels)


def _prove(request: Request, image: str) -> tuple[PrivilegeMode, Mapping[str, Any]]:
    """Return the first mode in which the image runs a container of its own, and its `docker info`."""
    refused = []
    for mode in privilege.modes(request.runtime):
        try:
            spec = SandboxSpec(containerd_store=request.profile.containerd_store)
            with closing(machine.start(request.api, image, mode, spec, request.runtime)) as proof:
                proof.run(*machine.shell(PROOF))
                return mode, proof.report.info
        except HostError as error:
            refused += [f"{mode.text}: {error}", *error.detail]
    raise HostError(
        "this machine's Docker lets no container run a Docker of its own",
        hint="use a machine or a runner where `docker run --privileged` is allowed",
        detail=refused,
    )


def _recipe(request: Request) -> tuple[dict[str, bytes], str]:
    """Return the files of the image, and a digest of them and of what the engine asks for."""
    folder = resources.files("livedeck.hosts.sandbox") / "sandbox_image"
    files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    profile = structs.replace(request.profile, machine_lines={}, source=request.profile.docker_source)
    return files, building.content_hash(*building.in_order(files), encode(profile))


def _name(request: Request) -> str:
    return f"livedeck/sandbox:{request.engine}"
