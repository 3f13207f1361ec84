"""Findings for people and for programs, and the exit code they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from generator.doctor.finding import Finding
from generator.errors import HostError

_ESSENTIAL = ("build", "capture")
_STATE_WIDTH = len("missing")


def exit_code(findings: Sequence[Finding]) -> int:
    """0 when nothing that `build` or `capture` needs is missing or broken, else 3."""
    return HostError.exit_code if _hindered(findings) else 0


def as_json(findings: Sequence[Finding]) -> str:
    """One JSON list, a finding an object."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)


def as_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Lines for a terminal. What is well comes first, so that problems are where reading ends: above the verdict."""
    width = max((len(finding.name) for finding in findings), default=0)
    indent = " " * (_STATE_WIDTH + 2)
    for finding in sorted(findings, key=lambda finding: finding.state != "ok"):
        yield f"{finding.state:<{_STATE_WIDTH}}  {finding.name:<{width}}  {_plain(finding.found)}".rstrip()
        if finding.state != "ok" and finding.affects:
            yield f"{indent}affects: {', '.join(finding.affects)}"
        if finding.mend:
            yield f"{indent}mend:    {_plain(finding.mend)}"
    yield ""
    hindered = _hindered(findings)
    yield f"{' and '.join(hindered)} cannot work yet" if hindered else "all that build and capture need is here"


def _plain(text: str) -> str:
    """`text` on one line without what could steer a terminal: records and daemons have had their say in it."""
    return "".join(c if c.isprintable() else " " for c in text)


def _hindered(findings: Sequence[Finding]) -> list[str]:
    return [
        command
        for command in _ESSENTIAL
        if any(finding.state in ("missing", "broken") and command in finding.affects for finding in findings)
    ]
