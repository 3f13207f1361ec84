"""Running machines, and the terminals on them."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Protocol, Self

import msgspec

ImageSource = Literal["hub", "stand-in"]


class HostFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a template sees of the host as `host.<name>`, and what a record says about where it was made."""

    kind: str
    docker_version: str
    storage_driver: str
    docker_root: str
    layer_dir: str
    architecture: str
    operating_system: str
    kernel: str
    hostname: str
    user: str


class Images(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the images of a capture came from: Docker Hub or stand-ins; `digests` maps `name:tag` to its digest."""

    source: ImageSource
    digests: Mapping[str, str] = msgspec.field(default_factory=dict)


class DockerSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where the Docker of a host came from.

    `name` is debian, docker.com, the address of another apt repository, archive, or machine for a Docker that Livedeck
    did not install. `origin` says it in full: suite, address or file. An archive has the `sha256` of what was unpacked,
    the others have `packages`: the version of each.
    """

    name: str
    origin: str = ""
    sha256: str = ""
    packages: Mapping[str, str] = msgspec.field(default_factory=dict)


FOUND = DockerSource("machine")
"""The source of a Docker that Livedeck did not install."""


class World(msgspec.Struct, frozen=True):
    """What must be equal for two records to be compared; None for what is not known yet."""

    architecture: str | None = None
    images: ImageSource | None = None
    docker: DockerSource | None = None


class Channel(Protocol):
    """The two byte streams of one terminal."""

    def send(self, data: bytes) -> None:
        """Type `data`. Raises HostError when the other end is gone."""
        ...

    def receive(self, timeout: float) -> bytes | None:
        """Return the next bytes of the screen; None if none came within `timeout` seconds; b"" at the end."""
        ...

    def exit_code(self) -> int | None:
        """Return the exit code of the program in the terminal once it has ended, if the host knows it."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Host(Protocol):
    """A running machine on which commands are typed. A context manager: leaving it ends the machine."""

    facts: HostFacts
    docker: DockerSource

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> Channel:
        """Run `command` as the course's user, in that user's home folder, in a pseudo-terminal of that size."""
        ...

    def images(self) -> Images:
        """Return where images came from, with the digests of those that the host has now."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
