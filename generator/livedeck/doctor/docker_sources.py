"""Where the engines' Docker comes from: whether it can be had from there, and what a sandbox with it gets here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from livedeck.doctor.findings import LIVE, Case, Finding, Probe
from livedeck.errors import UsageError
from livedeck.hosts.sandbox import self_test, sources
from livedeck.hosts.sandbox.sources import PackageSource
from livedeck.model import Course, CourseFile, Engine, Report

_SECONDS = 5.0


def reachable(probe: Probe, case: Case) -> Iterator[Finding]:
    """Ask each source that an engine tries first, from this machine. Debian comes with the sandbox's own base."""
    del probe
    by_address: dict[str, dict[str, Sequence[PackageSource]]] = {}
    for engine, profile in (case.course.file.engines if case.course else {}).items():
        with suppress(UsageError):  # a capture reports it
            tried = sources.of_engine(engine, profile)
            if tried[0].kind != "debian":
                by_address.setdefault(tried[0].address, {})[engine] = tried
    for engines in by_address.values():
        yield _ask(case, engines)


def _ask(case: Case, engines: Mapping[str, Sequence[PackageSource]]) -> Finding:
    source = next(iter(engines.values()))[0]
    if source.kind == "archive" and "://" not in source.address:
        why = "" if (case.root / source.address).is_file() else "there is no such file"
    else:
        why = sources.unreachable(f"{source.address}/gpg" if source.kind == "apt" else source.address, _SECONDS)
    name = f"source {source.address if source.name == 'archive' else source.name}"
    if not why:
        return Finding(name, "ok", f"{source.address} answers", tuple(f"capture --engine {each}" for each in engines))
    affects = tuple(f"capture --engine {engine}" for engine, (_, *others) in engines.items() if not others)
    works = tuple(f"{engine}, from {others[0].title}" for engine, (_, *others) in engines.items() if others)
    found = f"{source.address}: {why}"
    return Finding(name, "missing" if affects else "old", found, affects, "connect to it" if affects else "", works)


def boot(
    course: Course | None, *, environ: Mapping[str, str], now: Callable[[], datetime], report: Report
) -> tuple[Finding, ...]:
    """Return what a sandbox of the course's engine gets on this machine; without a course, one with all defaults.

    Raises:
        HostError: it does not start, or runs no container.
        UsageError: the engine has a base that is not Debian.
    """
    chosen = course or Course(Path.cwd(), CourseFile(title="", engines={"current": Engine()}), ())
    got = self_test.run(chosen, chosen.file.engine, environ=environ, now=now, report=report)
    store = "containerd's" if got.containerd else "Docker's own"
    found = {
        "sandbox": f"Docker {got.docker} from {got.source.origin} on {got.system}, engine {chosen.file.engine}",
        "privileges": got.privileges,
        "control groups": f"version {got.cgroup_version}, driver {got.cgroup_driver}",
        "image store": f"{store}, storage driver {got.store}",
        "container": "one ran in the sandbox",
    }
    return tuple(Finding(name, "ok", text, LIVE) for name, text in found.items())
