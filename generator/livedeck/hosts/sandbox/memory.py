"""The number of sandboxes that fit into the memory of the daemon's machine."""

from __future__ import annotations

from contextlib import closing

from livedeck.hosts.daemon.daemon import connect
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.sandbox.machine import kilobytes
from livedeck.model import Notice, Run


def fitting(limit: str, wanted: int, run: Run) -> int:
    """Return how many sandboxes may run at a time: the wanted number, or fewer if memory is short.

    Args:
        limit: the memory of one sandbox, such as 4g; empty for no limit.
        wanted: the number that was asked for.
        run: names the daemon, and gets a notice where fewer fit.

    Raises:
        HostError: no daemon answers.
    """
    with closing(connect(run.environ)) as api, explained("the daemon does not report its machine's memory"):
        there = int(api.info()["MemTotal"]) // 1024
    fit = max(1, there // int(kilobytes(limit))) if limit else wanted
    if fit < wanted:
        run.report(
            Notice(
                f"{fit} at a time, not {wanted}: each sandbox may use {limit} of memory, "
                f"and the machine has {there / 1024 / 1024:.1f}g (lower `memory` under [sandbox] for more)"
            )
        )
    return min(fit, wanted)
