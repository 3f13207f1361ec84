"""How many sandboxes fit into the memory of the daemon's machine at a time."""

from __future__ import annotations

from collections.abc import Mapping

from livedeck.hosts.daemon.daemon import connect
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.sandbox.machine import kilobytes
from livedeck.model import Notice, Report


def fitting(environ: Mapping[str, str], limit: str, wanted: int, report: Report) -> int:
    """Return how many sandboxes may run at a time: as many as wanted, or as fit with the memory each may use.

    Args:
        environ: says which daemon.
        limit: what one sandbox may use, such as 4g; empty for no limit.
        wanted: how many were asked for.
        report: gets a notice where fewer fit.

    Raises:
        HostError: no daemon answers.
    """
    api = connect(environ)
    try:
        with explained("the daemon does not say how much memory its machine has"):
            there = int(api.info()["MemTotal"]) // 1024
    finally:
        api.close()
    fit = max(1, there // int(kilobytes(limit))) if limit else wanted
    if fit < wanted:
        report(
            Notice(
                f"{fit} at a time, not {wanted}: each sandbox may use {limit} of memory, "
                f"and the machine has {there / 1024 / 1024:.1f}g (lower `memory` under [sandbox] for more)"
            )
        )
    return min(fit, wanted)
