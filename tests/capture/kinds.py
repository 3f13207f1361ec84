"""The kinds of host on which the suite of shells runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from livedeck.hosts import open_sandbox
from livedeck.model import Host
from livedeck.project import course

from tests.capture.proxy import Proxy
from tests.course import ROOT, make_run
from tests.hosts.inside import Inside
from tests.hosts.openssh import OverSsh


def sandbox(environ: dict[str, str]) -> Host:
    """A disposable Docker host with the stand-in images, so that no test needs Docker Hub."""
    return open_sandbox(
        course.load(ROOT),
        "current",
        make_run(environ),
        images="stand-in",
        fresh=False,
    )


@contextmanager
def sandbox_to_lose() -> Iterator[tuple[Host, str]]:
    with Proxy(cut_at=b"cut it now") as proxy, sandbox({**os.environ, "DOCKER_HOST": proxy.url}) as host:
        yield host, "echo cut 'it now'; sleep 1000"


@contextmanager
def machine_to_lose() -> Iterator[tuple[Host, str]]:
    with OverSsh(dict(os.environ)) as host:
        yield host, "sudo pkill -9 sshd-session; sleep 1000"


@dataclass(frozen=True)
class Kind:
    """A kind of host, and the little in which kinds may differ.

    `lose` gives a host and the command during which the road to it ends, where there is a road. `tells_signals` is
    false where the end of a shell by a signal is not told from other ends; `no_shell` is what is said where none can be
    started.
    """

    open: Callable[[dict[str, str]], Host]
    lose: Callable[[], AbstractContextManager[tuple[Host, str]]] | None
    tells_signals: bool
    no_shell: str


HOSTS = {
    "sandbox": Kind(sandbox, sandbox_to_lose, tells_signals=True, no_shell="shell does not answer"),
    "local": Kind(Inside, None, tells_signals=True, no_shell="shell does not answer"),
    "ssh": Kind(OverSsh, machine_to_lose, tells_signals=False, no_shell="opens no terminal"),
}
