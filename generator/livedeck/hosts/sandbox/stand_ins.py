"""Stand-ins for images of Docker Hub: built in a sandbox and kept in a registry inside an image of it."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime
from pathlib import Path

from livedeck.errors import HostError, UsageError
from livedeck.hosts.daemon.daemon import remove_image, sweep_images
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.sandbox import building, debian, machine
from livedeck.hosts.sandbox.building import Request
from livedeck.hosts.sandbox.image import SandboxImage, start
from livedeck.hosts.sandbox.machine import Machine, SandboxSpec
from livedeck.model import STAND_INS
from livedeck.project import bounded

NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
TAGGED = ".Dockerfile"
WORK = "/var/lib/livedeck/work"
SECONDS_TO_BUILD = 900.0

SYSTEM = "system"
DOCKERFILE = b"""FROM scratch
ADD files.tar /
CMD ["bash"]
"""
LOAD = """
export DOCKER_BUILDKIT=0
tar -C "$1" -c . | docker load
container=$(docker create "$3" true)
docker export "$container" > "$2/files.tar"
docker build --tag "$4" "$2"
"""
"""Only the files of Livedeck's own Debian are used, so that its labels and history are no part of a stand-in."""
BUILD = """
export DOCKER_BUILDKIT=0
docker build --build-arg "BASE=$4" --file "$2/$3" --tag "127.0.0.1:5000/library/$1" "$2" >&2
docker push --quiet "127.0.0.1:5000/library/$1"
"""


def names(root: Path) -> tuple[str, ...]:
    """Return the names of the stand-ins of the course.

    Raises:
        UsageError: the name of a folder is not a valid name of an image, or there is a link.
    """
    folders = [path.parent for path in _paths(root) if path.match(f"{STAND_INS}/*/Dockerfile")]
    for folder in folders:
        if not NAME.fullmatch(folder.name):
            raise UsageError(
                f"{STAND_INS}/{folder.name} is not a valid name of an image",
                hint="use lower-case letters, digits, dots and hyphens",
            )
    return tuple(folder.name for folder in folders)


def ensure(request: Request, image: SandboxImage, *, fresh: bool) -> str:
    """Return the name of the sandbox image with the course's stand-ins in it; make it unless it is there.

    Raises:
        HostError: a stand-in does not build.
        UsageError: the name of a folder is not a valid name of an image, or there is a link.
    """
    if not fresh and (ready := existing(request, image)):
        return ready
    with building.one_at_a_time(request.run):
        if not fresh and (ready := existing(request, image)):
            return ready
        try:
            return _build(request, image)
        finally:
            sweep_images(request.api)


def existing(request: Request, image: SandboxImage) -> str | None:
    """Return the name of that image if it is there and was made of the same recipe, folders and sandbox image."""
    found = building.find(request.api, _name(request))
    wanted = (image.built, _hash(request.root))
    return _name(request) if (building.label(found, "sandbox"), building.label(found, "stand-ins")) == wanted else None


def _build(request: Request, image: SandboxImage) -> str:
    request.notify(f"building the stand-ins for engine {request.engine}: under a minute, until they change")
    old, inputs = building.find(request.api, _name(request)), _hash(request.root)
    base = debian.ensure(request, image.suite, fresh=False)
    # Docker's own store for every engine: it pushes compressed layers, containerd's pushes a loaded layer as it was.
    spec = SandboxSpec(containerd_store=False, images="stand-in")
    with closing(start(request, image, image.name, spec)) as workshop:
        with explained(f"{base} could not be copied into the sandbox"):
            workshop.put(f"{WORK}/base", request.api.get_image(base))
        workshop.put(f"{WORK}/system", building.archive({"Dockerfile": DOCKERFILE}))
        load = machine.shell(LOAD, f"{WORK}/base", f"{WORK}/system", base, SYSTEM)
        workshop.run(*load, timeout=SECONDS_TO_BUILD)
        for name in names(request.root):
            _build_one(workshop, request.root, name, request.run.now())
        workshop.run("rm", "-rf", WORK)
        labels = building.labelled("stand-ins", sandbox=image.built) | {"livedeck.stand-ins": inputs}
        with explained("the stand-ins could not be kept as an image"):
            repository, tag = _name(request).split(":")
            request.api.commit(workshop.container, repository, tag, changes=building.changes(labels))
    if old:
        remove_image(request.api, old.id)
    return _name(request)


def _build_one(workshop: Machine, root: Path, name: str, now: datetime) -> None:
    """Build `name:latest` from the folder's Dockerfile, and on it `name:TAG` from each `TAG.Dockerfile`."""
    folder = f"{WORK}/{name}"
    workshop.put(folder, building.archive(_files(root, name), mtime=now.timestamp()))
    tagged = sorted(path.name for path in _paths(root, name) if path.match(f"{STAND_INS}/{name}/*{TAGGED}"))
    for file in ("Dockerfile", *tagged):
        tag = file.removesuffix(TAGGED) if file in tagged else "latest"
        base_image = f"127.0.0.1:5000/library/{name}:latest" if file in tagged else SYSTEM
        try:
            command = machine.shell(BUILD, f"{name}:{tag}", folder, file, base_image)
            workshop.run(*command, timeout=SECONDS_TO_BUILD)
        except HostError as error:
            hint = f"build {STAND_INS}/{name} by hand on any Docker to see all its output"
            raise HostError(f"{STAND_INS}/{name}/{file} could not be built", hint=hint, detail=error.detail) from error


def _name(request: Request) -> str:
    return f"livedeck/stand-ins:{request.engine}"


def _hash(root: Path) -> str:
    return building.content_hash(DOCKERFILE, LOAD.encode(), BUILD.encode(), *building.in_order(_files(root)))


def _files(root: Path, name: str = "") -> dict[str, bytes]:
    """Return the files of one stand-in or of all, by their path in its folder. Raises UsageError as `names` does."""
    folder = root / STAND_INS / name
    try:
        return {
            path.relative_to(folder).as_posix(): bounded.read(root, path, bounded.STAND_IN)
            for path in _paths(root, name)
            if path.is_file()
        }
    except OSError as error:
        raise UsageError(f"cannot read {error.filename or STAND_INS}: {error.strerror}") from None


def _paths(root: Path, name: str = "") -> list[Path]:
    """Return what is in the folder of one stand-in or of all; raise UsageError for a link: it may lead elsewhere."""
    folder = root / STAND_INS
    try:
        paths = bounded.tree(root, folder / name)
    except OSError as error:
        raise UsageError(f"cannot read {STAND_INS}/: {error.strerror}") from None
    for path in (folder, *paths):
        if path.is_symlink():
            shown = path.relative_to(root / "decks").as_posix()
            raise UsageError(f"decks/{shown} is a link", hint="links are not followed: copy the file or folder")
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise UsageError(f"{path.relative_to(root)} is neither a file nor a folder", hint="remove it")
    return paths
