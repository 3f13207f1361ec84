"""Removing what Livedeck left on the operator's daemon."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from livedeck.errors import number
from livedeck.hosts.daemon.daemon import LABEL, connect, remove_image, sweep, sweep_images
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.sandbox.building import one_at_a_time
from livedeck.model import Notice, Run

if TYPE_CHECKING:
    from docker import APIClient


def clean(run: Run, *, images: bool) -> None:
    """Remove what earlier runs left on the daemon; with `images` also every image named `livedeck/*`.

    Running sandboxes within their lifetime are in use: they stay, with the images they run on.

    Raises:
        HostError: no daemon answers, or the connection broke.
    """
    with (
        closing(connect(run.environ)) as api,
        one_at_a_time(run),
        explained("Livedeck's leftovers could not be removed"),
    ):
        containers = sweep(api, run.now())
        before = _named(api) if images else []
        for name in before:
            remove_image(api, name)
        sweep_images(api)  # last: in containerd's store an image without a name may stay until its child is removed
        kept = [name for name in _named(api) if name in before]
    run.report(Notice(f"removed {number(containers, 'container')} and {number(len(before) - len(kept), 'image')}"))
    if kept:
        run.report(Notice(f"kept, because a running sandbox uses them: {', '.join(kept)}"))


def _named(api: APIClient) -> list[str]:
    """Return the names of Livedeck's images, each before the one it is built on."""
    tags = (tag for image in api.images(filters={"label": LABEL}) for tag in image.get("RepoTags") or [])
    return sorted((tag for tag in tags if tag.startswith("livedeck/")), reverse=True)
