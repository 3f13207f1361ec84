"""Findings as lines and as values for JSON, and the exit code they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from livedeck.doctor.probe import MARKDOWN, PRINTS, Finding
from livedeck.errors import HostError

_ESSENTIAL = ("build", "capture")
_STATE_WIDTH = len("missing")


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 0 if nothing that `build` or `capture` needs is missing or broken, else 3."""
    return HostError.exit_code if any(_gaps(findings, command) for command in _ESSENTIAL) else 0


def as_values(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Return an object for each finding."""
    # Programs that read it know `fix` under its first name.
    return [{"mend" if key == "fix" else key: value for key, value in asdict(each).items()} for each in findings]


def as_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield lines for a terminal. Problems come last, where reading ends: above the verdict."""
    width = max((len(finding.name) for finding in findings), default=0)
    for finding in sorted(findings, key=lambda finding: finding.state != "ok"):
        yield f"{finding.state:<{_STATE_WIDTH}}  {finding.name:<{width}}  {finding.found}".rstrip()
        notes = {"affects:": ", ".join(finding.affects), "works:": ", ".join(finding.works), "fix:": finding.fix}
        for label, text in notes.items() if finding.state != "ok" else ():
            if text:
                yield f"{'':<{_STATE_WIDTH}}  {label:<8} {text}"
    yield ""
    yield _verdict(findings)


def _verdict(findings: Sequence[Finding]) -> str:
    stuck = [command for command in _ESSENTIAL if _gaps(findings, command)]
    if not stuck:
        lacks_browser = bool(_gaps(findings, PRINTS[0]))
        return "all that build and capture need is here" + (", but for PDF, PNG and PPTX" if lacks_browser else "")
    able = [command for command in _ESSENTIAL if command not in stuck]
    if "build" in stuck and all(MARKDOWN in finding.works for finding in _gaps(findings, "build")):
        able.insert(0, f"`livedeck {MARKDOWN}`")
    verdict = f"{' and '.join(stuck)} cannot work yet"
    return f"{verdict}; {' and '.join(able)} can" if able else verdict


def _gaps(findings: Sequence[Finding], command: str) -> list[Finding]:
    """Return what keeps a command from working."""
    return [each for each in findings if each.state in ("missing", "broken") and command in each.affects]
