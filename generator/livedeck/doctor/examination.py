"""The examination: every probe at the same time, none for longer than it takes to lose patience."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from livedeck.doctor import (
    content,
    sources,
)
from livedeck.doctor import (
    daemon_checks as docker,
)
from livedeck.doctor import (
    disk_space as room,
)
from livedeck.doctor import (
    marp_checks as marp,
)
from livedeck.doctor import (
    programs as machine,
)
from livedeck.doctor.finding import Case, Finding
from livedeck.doctor.system import System, detect

SECONDS = 10.0
Probe = Callable[[Case], Iterable[Finding]]

PROBES: Mapping[str, Probe] = {
    "python": machine.python,
    "python packages": machine.packages,
    "docker": docker.daemon,
    "sources": sources.reachable,
    "mmdebstrap": machine.mmdebstrap,
    "ssh": machine.ssh,
    "git": machine.git,
    "node": marp.node,
    "marp": marp.packages,
    "browser": marp.browser,
    "fonts": marp.fonts,
    "course": content.course,
    "decks": content.decks,
    "folders": room.folders,
    "disk": room.disk,
}


def examine(
    root: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    system: System | None = None,
    now: datetime | None = None,
) -> tuple[Finding, ...]:
    """What was found about the project at `root` and the machine it lies on. Nothing is changed, no step is run.

    `system` and `now` are this system and the present unless given. Nothing is raised: a probe that fails or does not
    come back is a finding.
    """
    root = root.resolve()
    case = Case(root, content.load(root), environ, system or detect(), now or datetime.now(UTC))
    found: dict[str, tuple[Finding, ...]] = {}
    # Threads that nobody waits for at the end of the process: one may hang in a call that cannot be ended.
    threads = [threading.Thread(target=_probe, args=(name, case, found), daemon=True) for name in PROBES]
    deadline = time.monotonic() + SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
    silence = f"no answer within {SECONDS:g} s"
    return tuple(
        finding for name in PROBES for finding in found.get(name, (Finding(name, "broken", silence, mend=_AGAIN),))
    )


_AGAIN = "try again; if it stays so, please report it with what this machine is"


def _probe(name: str, case: Case, found: dict[str, tuple[Finding, ...]]) -> None:
    try:
        found[name] = tuple(PROBES[name](case))
    except ImportError as error:
        found[name] = (
            Finding(name, "broken", f"a Python package does not load: {error}", mend=machine.reinstall(case)),
        )
    except Exception as error:  # noqa: BLE001 (one probe must not hide what the others found)
        found[name] = (Finding(name, "broken", f"the check failed: {type(error).__name__}: {error}", mend=_AGAIN),)
