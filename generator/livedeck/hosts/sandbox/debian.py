"""The Debian images that sandbox images are built on.

The base comes from Docker Hub where that can be reached, else from the Debian archive. The equipped image adds what
every sandbox has besides Docker; the engines of one suite share it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from typing import IO, TYPE_CHECKING, cast

from livedeck.errors import HostError
from livedeck.hosts.daemon.daemon import remove_image
from livedeck.hosts.daemon.errors import explained, reason
from livedeck.hosts.sandbox import building
from livedeck.hosts.sandbox.building import Request

if TYPE_CHECKING:
    from docker import APIClient

RELEASE_EXPIRED = re.compile(r"Release file .* (is expired|is not valid)")
ARCHITECTURES = {"arm": "armhf", "386": "i386", "ppc64le": "ppc64el"}
"""Debian's names of processors that Docker calls something else. The daemon's machine may not be this one."""

RELAXED = '--aptopt=Acquire::Check-Valid-Until "false"'


def ensure(request: Request, suite: str, *, fresh: bool) -> str:
    """Return the name of the base image of a Debian suite; make it unless there is one of this week.

    Raises:
        HostError: it can be had neither from a registry nor from the Debian archive.
    """
    name = f"livedeck/base:{suite}"
    old = building.find(request.api, name)
    if old and building.label(old, "source") and not fresh and request.run.now() - old.created <= building.MAX_AGE:
        return name
    wanted = f"debian:{suite}-slim"
    digest, why = _digest(request.api, wanted)
    if digest:
        from_registry(request.api, f"debian@{digest}", name)
    else:
        request.notify(f"Docker Hub does not give {wanted} ({why}): making a Debian with mmdebstrap")
        from_archive(request, suite, name)
    if old:
        remove_image(request.api, old.id)  # the daemon keeps it as long as sandbox images are built on it
    return name


def equipped(request: Request, suite: str, dockerfile: bytes, *, fresh: bool) -> str:
    """Return the name of the equipped image of a Debian suite; make it unless it is there.

    Raises:
        HostError: there is no base image, or the build fails.
    """
    debian = building.find(request.api, ensure(request, suite, fresh=fresh))
    name = f"livedeck/equipped:{suite}"
    old = building.find(request.api, name)
    inputs = building.content_hash(dockerfile, debian.id.encode() if debian else b"")
    if building.label(old, "inputs") == inputs:
        return name
    request.notify(f"equipping Debian {suite} for sandboxes: half a minute, once a week")
    arguments = {"BASE": f"livedeck/base:{suite}"}
    labels = building.labelled("equipped", inputs=inputs)
    _, said = building.build(request.api, {"Dockerfile": dockerfile}, arguments=arguments, labels=labels, tag=name)
    if building.SAID_EXPIRED in said:
        request.notify(building.EXPIRED)
    if old:
        remove_image(request.api, old.id)
    return name


def from_registry(api: APIClient, pinned: str, name: str) -> None:
    """Make the image `name` from an image of a registry, pinned by its digest.

    No tag of the operator's is made or moved. The reference by digest is removed again unless it was there before.

    Raises:
        HostError: it could not be pulled.
    """
    before = building.find(api, pinned)
    labels = building.labelled("base", source=pinned)
    try:
        building.build(api, {"Dockerfile": f"FROM {pinned}\n".encode()}, labels=labels, tag=name)
    finally:
        if not before:
            remove_image(api, pinned)


def from_archive(request: Request, suite: str, name: str) -> None:
    """Make the image `name` of a suite with mmdebstrap.

    Raises:
        HostError: mmdebstrap is missing or fails.
    """
    program = shutil.which("mmdebstrap", path=request.run.environ.get("PATH"))
    if not program:
        raise HostError(
            "Docker Hub cannot be reached and mmdebstrap is not installed, so there is no Debian to build on",
            hint="connect to Docker Hub, or install Debian's mmdebstrap and debian-archive-keyring",
        )
    with explained("the daemon does not report its processor"):
        processor = request.api.version()["Arch"]
    architecture = f"--architectures={ARCHITECTURES.get(processor, processor)}"
    with tempfile.TemporaryFile() as tar:
        problem = _mmdebstrap(program, request, suite, tar, architecture)
        if any(RELEASE_EXPIRED.search(line) for line in problem):
            request.notify(building.EXPIRED)
            problem = _mmdebstrap(program, request, suite, tar, architecture, RELAXED)
        if problem:
            hint = "the lines above say why; check whether the Debian archive can be reached"
            raise HostError("mmdebstrap could not make a Debian", hint=hint, detail=problem[-12:])
        tar.seek(0)
        repository, tag = name.split(":")
        labels = building.changes(building.labelled("base", source=f"mmdebstrap {suite}"))
        with explained("the Debian made by mmdebstrap could not be imported"):
            request.api.import_image_from_data(cast("bytes", tar), repository, tag, changes=labels)


def _mmdebstrap(program: str, request: Request, suite: str, tar: IO[bytes], *options: str) -> list[str]:
    """Write a Debian to a tar archive; return the complaints of mmdebstrap if it failed."""
    tar.seek(0)
    tar.truncate()
    command = [program, "--variant=minbase", "--format=tar", *options, suite, "-"]
    ran = subprocess.run(  # noqa: S603 - a fixed command; the suite is a checked word
        command,
        stdin=subprocess.DEVNULL,
        stdout=tar,
        stderr=subprocess.PIPE,
        env=request.run.environ,
        check=False,
    )
    said = ran.stderr.decode(errors="replace").splitlines()
    return (said or [f"exit {ran.returncode}"]) if ran.returncode else []


def _digest(api: APIClient, reference: str) -> tuple[str | None, str]:
    """Return the digest of a reference in its registry, or None and the reason."""
    from docker.errors import APIError  # noqa: PLC0415

    with explained("Docker Hub could not be asked"):
        try:
            answer = api.inspect_distribution(reference)  # type: ignore[no-untyped-call] # the stubs lack it
            return answer["Descriptor"]["digest"], ""
        except APIError as error:
            return None, reason(error)
