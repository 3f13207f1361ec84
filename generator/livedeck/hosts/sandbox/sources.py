"""The sources of a sandbox's Docker: Debian, Docker's own packages, another apt repository, or an archive."""

from __future__ import annotations

import hashlib
import re
import tarfile
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from io import BytesIO

from livedeck.errors import HostError, UsageError
from livedeck.hosts.daemon import endpoint
from livedeck.hosts.sandbox.building import Request
from livedeck.model import DockerSource, Engine
from livedeck.project import bounded

DOCKER_COM = "https://download.docker.com/linux/debian"
"""Docker's own apt repository for Debian (https://docs.docker.com/engine/install/debian/)."""
KEY = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88"
"""The fingerprint of the key that signs it, from the same page."""

ANYWHERE = ("docker.com", "debian")
"""Sources that need only their name."""

NEWEST_DEBIAN = "debian:sid"
STABLE_DEBIAN = "debian:trixie"
"""Docker's own packages are made for releases of Debian."""
SUITE = re.compile(r"debian:([a-z][a-z0-9]*)(?:-slim)?")
SAID = re.compile(r"^livedeck: (?P<word>\w+) (?P<rest>.*)$")
PROGRAMS = ("docker/docker", "docker/dockerd", "docker/containerd", "docker/runc")
"""What an archive must hold, as those that Docker publishes do."""
LIKE_DOCKERS = "an archive is one of the static binaries that Docker publishes, such as docker-29.0.1.tgz"
SECONDS_OF_SILENCE = 60
SECONDS_TO_CONNECT = 15


class OutOfReach(HostError):  # noqa: N818 (named for what is wrong)
    """A source cannot be reached."""


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A source of Docker and the Debian suite it is installed on. `kind` is its name in `install-docker`."""

    name: str
    kind: str
    suite: str
    address: str = ""
    key: str = ""

    @property
    def title(self) -> str:
        """Return its name in messages."""
        return {
            "debian": f"Debian {self.suite}",
            "docker.com": f"Docker's own apt repository ({DOCKER_COM})",
        }.get(self.name, f"the {'archive' if self.kind == 'archive' else 'apt repository'} {self.address}")

    @property
    def origin(self) -> str:
        """Return its name in records."""
        return {"debian": f"debian:{self.suite}", "apt": f"{self.address} {self.suite}"}.get(self.kind, self.address)


def of_engine(engine: str, profile: Engine) -> tuple[PackageSource, ...]:
    """Return the sources of an engine in the order in which they are tried.

    Raises:
        UsageError: its base is not a Debian suite.
    """
    debian = PackageSource("debian", "debian", _suite(engine, profile.base or NEWEST_DEBIAN))
    stable = _suite(engine, profile.base or STABLE_DEBIAN)
    docker_com = PackageSource("docker.com", "apt", stable, DOCKER_COM, KEY)
    match profile.docker_source:
        case "debian":
            return (debian,)
        case "docker.com":
            return (docker_com,)
        case "auto":
            return (docker_com, debian)
        case "archive":
            return (PackageSource("archive", "archive", stable, profile.archive or ""),)
        case address:
            return (PackageSource(address, "apt", stable, address, profile.key or ""),)


def _suite(engine: str, base: str) -> str:
    found = SUITE.fullmatch(base)
    if not found:
        raise UsageError(
            f"engine {engine}: {base!r} is not a base that Livedeck knows",
            hint='write base = "debian:SUITE", e.g. debian:sid, debian:trixie or debian:bookworm',
        )
    return found[1]


def installed(source: PackageSource, profile: Engine, said: Sequence[str]) -> DockerSource:
    """Return the source of an installed Docker for the record, with the packages that the installation printed."""
    packages = dict(rest.split(" ", 1) for word, rest in _said(said) if word == "package")
    return DockerSource(source.name, source.origin, profile.sha256 or "", packages)


def installation_error(source: PackageSource, engine: str, profile: Engine, error: HostError) -> HostError:
    """Return the error to raise for a failed installation: one that names the cause where the source is at fault."""
    word, rest = next(((word, rest) for word, rest in _said(error.detail) if word != "package"), ("", ""))
    if word == "unreachable":
        return _out_of_reach(source, engine, rest)
    if word == "key":
        hint = "nothing was installed from it; find out who signs that repository"
        return HostError(f"engine {engine}: {source.title} is signed with the wrong key: {rest}", hint=hint)
    if word == "version":
        hint = f"choose `docker` of that engine in decks/course.toml from the versions for {source.suite}: {rest}"
        return HostError(f"engine {engine}: {source.title} has no Docker {profile.docker}", hint=hint)
    return error


def need_reachable(request: Request, source: PackageSource) -> None:
    """Check before a build that an apt repository answers, if the daemon is on this machine's network.

    Raises:
        OutOfReach: the key of the repository cannot be downloaded.
    """
    here = endpoint.find(request.run.environ).address.startswith(endpoint.UNIX)
    if here and (why := unreachable(f"{source.address}/gpg")):
        raise _out_of_reach(source, request.engine, why)


def unreachable(address: str, seconds: float = SECONDS_TO_CONNECT) -> str:
    """Return why an http address cannot be reached from this machine; empty if it can."""
    try:
        with urllib.request.urlopen(address, timeout=seconds):  # noqa: S310 - checked when the course was read
            return ""
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return str(getattr(reason, "strerror", None) or reason)


def _out_of_reach(source: PackageSource, engine: str, why: str) -> OutOfReach:
    hint = f"connect to it, or take Debian's Docker: livedeck capture --engine {engine} --source debian"
    return OutOfReach(f"engine {engine}: {source.title} cannot be reached: {why}", hint=hint)


def _said(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if found := SAID.match(line.strip()):
            yield found["word"], found["rest"]


def read_archive(request: Request) -> bytes:
    """Return the archive of an engine after checking that it is the one that the course means.

    Raises:
        OutOfReach: it cannot be downloaded.
        UsageError: there is no such file.
        HostError: its checksum differs, or it is not an archive of Docker.
    """
    where, wanted = request.profile.archive or "", (request.profile.sha256 or "").lower()
    data = _downloaded(request, where) if "://" in where else _read(request, where)
    if (found := hashlib.sha256(data).hexdigest()) != wanted:
        hint = "get the archive again, or correct `sha256` of that engine in decks/course.toml if that one is meant"
        raise HostError(f"engine {request.engine}: {where} has the checksum {found}, not {wanted}", hint=hint)
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:gz") as tar:
            missing = [name for name in PROGRAMS if name not in tar.getnames()]
    except (tarfile.TarError, OSError, EOFError) as error:
        raise HostError(f"engine {request.engine}: {where} is not a .tgz: {error}", hint=LIKE_DOCKERS) from None
    if missing:
        raise HostError(f"engine {request.engine}: {where} does not contain {missing[0]}", hint=LIKE_DOCKERS)
    return data


def _read(request: Request, where: str) -> bytes:
    try:
        return bounded.read(request.root, request.root / where, bounded.ARCHIVE)
    except OSError as error:
        what = f"engine {request.engine}: cannot read the archive {where}: {error.strerror}"
        raise UsageError(what, hint="`archive` is a path below the project, or an address") from None


def _downloaded(request: Request, address: str) -> bytes:
    request.notify(f"downloading {address}")
    try:
        # The scheme was checked when the course was read, and the checksum says what may come.
        with urllib.request.urlopen(address, timeout=SECONDS_OF_SILENCE) as answer:  # noqa: S310
            data: bytes = answer.read(bounded.ARCHIVE.largest + 1)
    except (OSError, HTTPException, ValueError) as error:
        hint = "connect to it, or download it elsewhere and name the file: archive = PATH"
        raise OutOfReach(f"engine {request.engine}: {address} cannot be downloaded: {error}", hint=hint) from None
    return data
