"""The examination: a table of probes, each with the commands it affects, all run at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from livedeck.doctor import course_checks, docker_checks, programs
from livedeck.doctor.probe import LIVE, MARKDOWN, PRINTS, Case, Finding, Probe
from livedeck.doctor.system import System, detect
from livedeck.errors import LivedeckError

SECONDS = 10.0

_PAGES = ("build", "build --live", "check", "fit")
_WITHOUT_PAGES = (MARKDOWN, "capture", "drift")
_WITHOUT_PRINTS = ("build (without the PDF)", "check (without measuring)")
_WITHOUT_LIVE = ("build", "check", "fit", "drift --against", "drift --from", "capture --host ssh://")
_WRITING = (*_PAGES, "capture", "drift")
_EVERYTHING = (*_WRITING, "shell", "steps", "i18n", "clean")
_MARP = partial(programs.npm_package, package="@marp-team/marp-cli")
_CJK = partial(programs.npm_package, package="markdown-it-cjk-friendly")
_AGAIN = "try again; if it happens again, please report it and describe this machine"

PROBES = (
    Probe("python", programs.python, _EVERYTHING),
    Probe("python packages", programs.python_packages, _EVERYTHING),
    Probe("docker", docker_checks.daemon, LIVE, _WITHOUT_LIVE),
    Probe("sources", docker_checks.reachable),
    Probe("mmdebstrap", programs.mmdebstrap, ("capture, where Docker Hub cannot be reached",)),
    Probe("ssh", partial(programs.program, option="-V"), ("capture --host ssh://",)),
    Probe("git", programs.program, ("drift --from",), ("drift",)),
    Probe("node", partial(programs.program, oldest=18), _PAGES, _WITHOUT_PAGES),
    Probe("marp", _MARP, _PAGES, _WITHOUT_PAGES),
    Probe("markdown-it-cjk-friendly", _CJK, _PAGES, _WITHOUT_PAGES),
    Probe("browser", programs.browser, PRINTS, _WITHOUT_PRINTS),
    Probe("fonts", programs.fonts, _PAGES, _WITHOUT_PAGES),
    Probe("course", course_checks.course, _EVERYTHING),
    Probe("decks", course_checks.decks, (*_PAGES, "capture", "drift", "shell", "steps", "i18n")),
    Probe("build/", course_checks.folders, _WRITING),
    Probe("disk", course_checks.disk, _WRITING),
)


def examine(
    root: Path, *, environ: Mapping[str, str], system: System | None = None, now: datetime | None = None
) -> tuple[Finding, ...]:
    """Return what was found about the project at `root` and its machine. Nothing is changed, no step is run.

    `system` and `now` default to this system and the present. Nothing is raised: a probe that fails or does not come
    back is a finding.
    """
    root = root.resolve()
    case = Case(root, course_checks.load(root), environ, system or detect(), now or datetime.now(UTC))
    silence = f"no answer within {SECONDS:g} s"
    found = {probe.name: [Finding(probe.name, "broken", silence, fix=_AGAIN)] for probe in PROBES}
    # Daemon threads, which do not delay the end of the process: one may hang in a call that cannot be ended.
    threads = [threading.Thread(target=_run, args=(probe, case, found), daemon=True) for probe in PROBES]
    deadline = time.monotonic() + SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
    return tuple(finding for probe in PROBES for finding in found[probe.name])


def _run(probe: Probe, case: Case, found: dict[str, list[Finding]]) -> None:
    findings: list[Finding] = []
    try:
        findings.extend(probe.look(probe, case))
    except LivedeckError as error:
        findings.extend(probe.wrong(error))
    except ImportError as error:
        findings.append(probe.gap("broken", f"a Python package is missing: {error}", programs.reinstall(case)))
    except Exception as error:  # noqa: BLE001 (one probe must not hide what the others found)
        what = f"the check failed: {type(error).__name__}: {error}"
        findings.append(Finding(probe.name, "broken", what, fix=_AGAIN))
    found[probe.name] = findings
