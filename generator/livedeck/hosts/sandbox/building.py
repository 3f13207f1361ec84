"""Building images with the daemon's builder, one at a time for a user, and finding those that are there."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from livedeck.errors import HostError
from livedeck.hosts.daemon.daemon import LABEL, connect, sweep
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.facts import last_lines
from livedeck.model import Course, Engine, Notice, Run

if TYPE_CHECKING:
    from docker import APIClient

MAX_AGE = timedelta(days=7)
SECONDS_OF_SILENCE = 600
"""A build that prints nothing for this long is considered stuck."""

SAID_EXPIRED = "livedeck: expired"
EXPIRED = "the Debian archive's Release file has expired: its dates are not checked, its signatures are"


@dataclass(frozen=True, slots=True)
class Request:
    """A need for images: of which engine of the project at `root`, and on which daemon.

    `runtime` is the one that the course names for its sandboxes; empty for the daemon's default.
    """

    api: APIClient
    engine: str
    profile: Engine
    run: Run
    root: Path = Path()
    runtime: str = ""

    def notify(self, text: str) -> None:
        """Report a notice."""
        self.run.report(Notice(text))


def begin(course: Course, engine: str, profile: Engine, run: Run) -> Request:
    """Connect to the daemon, remove the sandboxes that ended on it, and return a request for images of an engine.

    Raises:
        HostError: no daemon answers, or it has no runtime of the name that the course gives.
    """
    api, runtime = connect(run.environ), course.file.sandbox.runtime
    try:
        _need_runtime(api, runtime)
        sweep(api, run.now())
    except BaseException:
        api.close()
        raise
    return Request(api, engine, profile, run, course.root, runtime)


def _need_runtime(api: APIClient, runtime: str) -> None:
    if not runtime:
        return
    with explained("the daemon does not report its runtimes"):
        there = sorted(api.info().get("Runtimes") or {})
    if runtime not in there:
        hint = f"name one that it has under [sandbox] in decks/course.toml: {', '.join(there)}"
        raise HostError(f"the Docker daemon has no runtime {runtime}", hint=hint)


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image that the operator's daemon has, with Livedeck's labels on it."""

    id: str
    created: datetime
    labels: Mapping[str, str]


def find(api: APIClient, name: str) -> FoundImage | None:
    """Return the image of that name, or None."""
    from docker.errors import NotFound  # noqa: PLC0415

    with explained(f"{name} could not be inspected"):
        try:
            image = api.inspect_image(name)  # type: ignore[no-untyped-call] # the stubs lack it
        except NotFound:
            return None
    created = datetime.fromisoformat(image["Created"][:19]).replace(tzinfo=UTC)  # without its nanoseconds
    labels = image["Config"].get("Labels") if image.get("Config") else None
    return FoundImage(image["Id"], created, labels or {})


def build(
    api: APIClient,
    files: Mapping[str, bytes],
    *,
    arguments: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    tag: str | None = None,
) -> tuple[str, list[str]]:
    """Build an image from files, of which one is the Dockerfile; return its id and what the build printed.

    Raises:
        HostError: the build failed; its last lines are the detail.
    """
    said: list[str] = []
    image = ""
    with explained("the daemon could not build an image"):
        for event in api.build(
            fileobj=io.BytesIO(archive(files)),
            custom_context=True,
            tag=tag,
            labels=dict(labels or {}),
            buildargs=dict(arguments or {}),
            nocache=True,
            rm=True,
            forcerm=True,
            decode=True,
            timeout=SECONDS_OF_SILENCE,
        ):
            said += event.get("stream", "").splitlines()
            image = event.get("aux", {}).get("ID", image)
            if "error" in event:
                said += str(event["error"]).splitlines()
                hint = "the lines above say why; without a network only existing images can be used"
                raise HostError("an image for the sandbox could not be built", hint=hint, detail=last_lines(said))
    return image, said


def archive(files: Mapping[str, bytes], *, mtime: float = 0) -> bytes:
    """Return a tar archive of files with one date; scripts are executable whatever the files on disk are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mtime = int(mtime)
            entry.mode = 0o755 if data.startswith(b"#!") else 0o644
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def in_order(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield the name and the content of each file, for `content_hash`."""
    for name in sorted(files):
        yield from (name.encode(), files[name])


def content_hash(*parts: bytes) -> str:
    """Return a digest that changes when any part does."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()


@contextmanager
def one_at_a_time(run: Run) -> Iterator[None]:
    """Let one Livedeck of this user build at a time; the operating system drops the lock when its owner ends."""
    folder = Path(run.environ.get("XDG_RUNTIME_DIR") or run.environ.get("TMPDIR") or "/tmp")  # noqa: S108
    path = folder / f"livedeck-{os.getuid()}.lock"
    try:
        lock = os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "wb")
    except OSError as error:
        raise HostError(f"{path} cannot be opened: {error.strerror}", hint="set TMPDIR to a writable folder") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            run.report(Notice("waiting for another Livedeck that is building an image"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def labelled(kind: str, **more: str) -> dict[str, str]:
    """Return the labels of something that Livedeck makes: its kind, and `livedeck.<name>` for each further one."""
    return {LABEL: kind} | {f"{LABEL}.{name}": value for name, value in more.items()}


def changes(labels: Mapping[str, str]) -> list[str]:
    """Return the instructions that put labels on an image that is imported or committed."""
    return [f'LABEL {name}="{value}"' for name, value in labels.items()]


def label(found: FoundImage | None, name: str) -> str | None:
    """Return the label `livedeck.<name>` of an image, or None."""
    return found.labels.get(f"{LABEL}.{name}") if found else None
