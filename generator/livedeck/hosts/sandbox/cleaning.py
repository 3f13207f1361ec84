"""Removing what Livedeck made on the operator's daemon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from livedeck.hosts.daemon.daemon import LABEL, connect, remove_image, sweep, sweep_images
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.sandbox.building import one_at_a_time
from livedeck.model import Notice, Report

if TYPE_CHECKING:
    from docker import APIClient


def clean(environ: Mapping[str, str], report: Report, *, now: datetime, images: bool = False) -> None:
    """Remove what ended Livedecks left on the daemon; with `images` also everything named `livedeck/*`.

    Running sandboxes within their lifetime belong to somebody: they stay, with the images they run on.

    Raises:
        HostError: no daemon answers, or it broke off.
    """
    api = connect(environ)
    try:
        with one_at_a_time(environ, report), explained("Livedeck's leftovers could not be removed"):
            containers = sweep(api, now)
            before = _named(api) if images else []
            for name in before:
                remove_image(api, name)
            sweep_images(api)  # last: in containerd's store an image without a name may stay when its child goes
            kept = [name for name in _named(api) if name in before]
    finally:
        api.close()
    report(Notice(f"removed {_count(containers, 'container')} and {_count(len(before) - len(kept), 'image')}"))
    if kept:
        report(Notice(f"kept, because a running sandbox uses them: {', '.join(kept)}"))


def _named(api: APIClient) -> list[str]:
    """Return the names of Livedeck's images, each before what it stands on."""
    tags = (tag for image in api.images(filters={"label": LABEL}) for tag in image.get("RepoTags") or [])
    return sorted((tag for tag in tags if tag.startswith("livedeck/")), reverse=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
