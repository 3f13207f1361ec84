"""The number of sandboxes that fit into the memory of the daemon's machine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from livedeck.hosts.daemon.daemon import connect
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.sandbox.machine import kilobytes
from livedeck.model import Notice, Report


def fitting(environ: Mapping[str, str], limit: str, wanted: int, report: Report) -> int:
    """Return how many sandboxes may run at a time: the wanted number, or fewer if memory is short.

    Args:
        environ: names the daemon.
        limit: the memory of one sandbox, such as 4g; empty for no limit.
        wanted: the number that was asked for.
        report: gets a notice where fewer fit.

    Raises:
        HostError: no daemon answers.
    """
    with closing(connect(environ)) as api, explained("the daemon does not report its machine's memory"):
        there = int(api.info()["MemTotal"]) // 1024
    fit = max(1, there // int(kilobytes(limit))) if limit else wanted
    if fit < wanted:
        report(
            Notice(
                f"{fit} at a time, not {wanted}: each sandbox may use {limit} of memory, "
                f"and the machine has {there / 1024 / 1024:.1f}g (lower `memory` under [sandbox] for more)"
            )
        )
    return min(fit, wanted)
