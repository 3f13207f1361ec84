"""Records: what a capture leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from livedeck.model.course import Engine
from livedeck.model.hosts import FOUND, DockerSource, HostFacts, Images
from livedeck.model.steps import Capture

RecordOrigin = Literal["captured", "imported"]


class RecordedStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The captures of one execution of one fence.

    `rows` is the height of the terminal where the fence has its own; `window` and `machine` name the shell and the host
    it was typed on where a deck has more than one.
    """

    fence: int
    execution: int
    captures: tuple[Capture, ...]
    rows: int | None = None
    window: str = ""
    machine: str = ""


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
    machine; a failed capture has a `failure`. `columns` and `rows` are the terminal's. `origin` says whether commands
    ran for it or it was imported. `profile` is the engine as the course file had it, `stand_ins` a digest of the folder
    that stand-ins were built from; both are unknown in records that were of format 1.
    """

    format: int
    deck: str
    engine: str
    captured: str
    columns: int
    rows: int
    host: HostFacts
    images: Images
    claims: tuple[RecordedClaim, ...]
    steps: tuple[RecordedStep, ...]
    docker: DockerSource | None = None
    files: str = ""
    redacted: Mapping[str, int] = msgspec.field(default_factory=dict)
    machine_lines: Mapping[str, int] = msgspec.field(default_factory=dict)
    failure: Failure | None = None
    origin: RecordOrigin = "captured"
    profile: Engine | None = None
    stand_ins: str = ""

    @property
    def docker_source(self) -> DockerSource:
        """Where Docker came from; sandboxes had Debian's before records said so."""
        return self.docker or (DockerSource("debian") if self.host.kind == "sandbox" else FOUND)
