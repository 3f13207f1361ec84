"""Records: what a capture leaves behind."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from livedeck.model.hosts import FOUND, DockerSource, HostFacts, Images
from livedeck.model.steps import Capture


class RecordedStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The captures of one execution of one fence."""

    fence: int
    execution: int
    captures: tuple[Capture, ...]


class RecordedClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch of a claim held: number of the claim in the template, number of its execution, branch (from 0)."""

    claim: int
    execution: int
    branch: int


class Failure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a capture failed: what was wrong, where in the template, and the last lines of the terminal."""

    message: str
    file: str
    line: int
    detail: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All captures of one deck on one engine, with provenance. `captured` is UTC, ISO 8601.

    `docker` says where Docker came from; records older than the choice of sources lack it. `files` is a digest of the
    deck's `files/`; `redacted` counts the secrets taken out by each rule, `machine_lines` the lines about the
    machine; a failed capture has a `failure`.
    """

    format: int
    deck: str
    engine: str
    captured: str
    columns: int
    host: HostFacts
    images: Images
    claims: tuple[RecordedClaim, ...]
    steps: tuple[RecordedStep, ...]
    docker: DockerSource | None = None
    files: str = ""
    redacted: Mapping[str, int] = msgspec.field(default_factory=dict)
    machine_lines: Mapping[str, int] = msgspec.field(default_factory=dict)
    failure: Failure | None = None

    @property
    def docker_source(self) -> DockerSource:
        """Where Docker came from; sandboxes had Debian's before records said so."""
        return self.docker or (DockerSource("debian") if self.host.kind == "sandbox" else FOUND)
