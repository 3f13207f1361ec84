"""The operator's Docker daemon: connecting to it, and removing what Livedeck left on it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from livedeck.hosts.daemon import endpoint
from livedeck.hosts.daemon.errors import NO_DAEMON, explained, failures

if TYPE_CHECKING:
    from docker import APIClient

LABEL = "livedeck"
"""The label of everything that Livedeck makes on the operator's daemon; its value is the kind of thing."""

LIFETIME = timedelta(hours=2)
"""After this a sandbox ends by itself."""

STARTING = timedelta(minutes=1)
"""A younger container that does not run may be one that another Livedeck is about to start."""

ALIVE = ("running", "paused")
"""The states of a container that may still be in use."""

PATIENCE = 60
"""Seconds until an answer."""


def connect(environ: Mapping[str, str], *, patience: int = PATIENCE) -> APIClient:
    """Return a client of the daemon that the docker command would use.

    Over ssh it may ask for a password, as `connection.Connection` does. `patience` is in seconds and holds for each
    answer.

    Raises:
        HostError: the address does not exist, or no daemon answers there.
        UsageError: an address over ssh is not valid.
    """
    from livedeck.hosts.daemon import client  # noqa: PLC0415 - the SDK takes 0.1 s, and only live hosts need it

    found = endpoint.find(environ)
    with explained(f"no Docker daemon answers at {found}", hint=NO_DAEMON):
        if found.address.startswith(endpoint.SSH):
            return client.OverSsh(found, environ, patience)
        return client.direct(found, patience)


def remove_container(api: APIClient, container: str) -> None:
    """Remove a container and its volumes, and return when it is gone. It may have ended by itself."""
    with suppress(*failures()):
        api.remove_container(container, v=True, force=True)
    with suppress(*failures()):
        api.wait(container, condition="removed")


def remove_image(api: APIClient, image: str) -> None:
    """Remove an image and its untagged parents, unless something still uses them."""
    with suppress(*failures()):
        api.remove_image(image)


def sweep(api: APIClient, now: datetime, filters: Mapping[str, str] | None = None) -> int:
    """Remove Livedeck's containers that are not alive or are past their lifetime; return their number.

    `filters` narrows the choice, in Docker's own terms.
    """
    removed = 0
    with explained("ended sandboxes could not be removed"):
        # The daemon's clock, which dates containers, may be ahead of this machine's.
        now += datetime.fromisoformat(api.info()["SystemTime"]) - datetime.now(UTC)
        for container in api.containers(all=True, filters={**(filters or {}), "label": LABEL}):
            age = now - datetime.fromtimestamp(container["Created"], UTC)
            if age > LIFETIME + STARTING or (container["State"] not in ALIVE and age > STARTING):
                remove_container(api, container["Id"])
                removed += 1
    return removed


def sweep_images(api: APIClient) -> None:
    """Remove Livedeck's images without a name: replaced by a newer one, or left by an interrupted build.

    In containerd's store an image can be removed only after its children, so this repeats until nothing changes.
    """
    before: set[str] = set()
    with explained("images without a name could not be removed"):
        while True:
            nameless = {image["Id"] for image in api.images(filters={"label": LABEL, "dangling": True})}
            if nameless == before:
                return
            for image in nameless:
                remove_image(api, image)
            before = nameless
