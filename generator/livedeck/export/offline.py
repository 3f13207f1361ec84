"""A browser without a network, for pages that strangers wrote: what it opens, it opens from this disk."""

from __future__ import annotations

import shlex
from pathlib import Path

from livedeck.project import disk

# Every request goes to a proxy, also those to this machine, and no name or address can be resolved: not the proxy's
# either. So nothing leaves, whichever part of the browser asks.
ARGUMENTS = (
    "--proxy-server=http://livedeck.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-quic",
    "--no-pings",
)
_NAME = "browser"


def program(browser: str, folder: Path) -> Path:
    """Write a program into `folder` that starts `browser` without a network, and return its path.

    Programs that start browsers by themselves, as Marp does, are given its path; of two equal options, the browser
    follows the later one, so these come last.
    """
    path = folder / _NAME
    options = " ".join(shlex.quote(option) for option in ARGUMENTS)
    disk.write(folder, path, f'#!/bin/sh\nexec {shlex.quote(browser)} "$@" {options}\n', mode=0o755)
    return path
