"""Findings for people and for programs, and the exit code they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from livedeck.doctor.finding import MARKDOWN, PRINTS, Finding
from livedeck.errors import HostError

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
        if finding.state != "ok" and finding.works:
            yield f"{indent}works:   {', '.join(finding.works)}"
        if finding.mend:
            yield f"{indent}mend:    {_plain(finding.mend)}"
    yield ""
    yield _verdict(findings)


def _plain(text: str) -> str:
    """`text` on one line without what could steer a terminal: records and daemons have had their say in it."""
    return "".join(c if c.isprintable() else " " for c in text)


def _verdict(findings: Sequence[Finding]) -> str:
    hindered = _hindered(findings)
    if not hindered:
        lacks_browser = bool(_bad(findings, PRINTS[0]))
        return "all that build and capture need is here" + (", but for PDF, PNG and PPTX" if lacks_browser else "")
    able = [command for command in _ESSENTIAL if command not in hindered]
    if "build" in hindered and all(MARKDOWN in finding.works for finding in _bad(findings, "build")):
        able.insert(0, f"`livedeck {MARKDOWN}`")
    said = f"{' and '.join(hindered)} cannot work yet"
    return f"{said}; {' and '.join(able)} can" if able else said


def _hindered(findings: Sequence[Finding]) -> list[str]:
    return [command for command in _ESSENTIAL if _bad(findings, command)]


def _bad(findings: Sequence[Finding], command: str) -> list[Finding]:
    """What keeps a command from working."""
    return [each for each in findings if each.state in ("missing", "broken") and command in each.affects]
