"""The report as one JSON document for programs; docs/drift.md describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from livedeck.drift.report.words import COUNTING, VERDICTS
from livedeck.model import Capture, ClaimBranch, ComparedClaim, ComparedCommand, Comparison, Location, Missing

FORMAT = 2


def as_json(comparisons: Sequence[Comparison], missing: Sequence[Missing]) -> str:
    """Return the document. What a command printed is in it only if its verdict counts."""
    document = {
        "format": FORMAT,
        "drift": any(comparison.drifted for comparison in comparisons),
        "decks": [_deck(comparison) for comparison in comparisons],
        "missing": [{"deck": one.deck, "engine": one.engine, "message": one.message, **_at(one.at)} for one in missing],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _deck(comparison: Comparison) -> dict[str, Any]:
    return {
        "deck": comparison.deck,
        "drift": comparison.drifted,
        "old": asdict(comparison.old),
        "new": asdict(comparison.new),
        "world": [asdict(change) for change in comparison.world],
        "counts": {verdict: comparison.count(verdict) for verdict in VERDICTS},
        "unreached": comparison.unreached,
        "claims": [_claim(claim) for claim in comparison.claims],
        "commands": [_command(command) for command in comparison.commands],
    }


def _claim(claim: ComparedClaim) -> dict[str, Any]:
    return {
        "claim": claim.number,
        "old": claim.old and claim.old.branch,
        "new": claim.new and claim.new.branch,
        "old_says": _said(claim.old),
        "new_says": _said(claim.new),
        **_place(claim),
    }


def _said(said: ClaimBranch | None) -> dict[str, Any] | None:
    return {"sentence": said.sentence, **_at(said.at)} if said and said.at else None


def _command(command: ComparedCommand) -> dict[str, Any]:
    key, counts = command.key, command.verdict in COUNTING
    return {
        "step": key.fence + 1,
        "execution": key.execution + 1,
        "number": key.command + 1,
        "command": command.command,
        "verdict": command.verdict,
        "reasons": command.reasons,
        "leaps": command.leaps,
        **_place(command),
        "old": _capture(command.old) if counts else None,
        "new": _capture(command.new) if counts else None,
        "lines": [asdict(pair) for pair in command.lines] if counts else [],
    }


def _capture(capture: Capture | None) -> dict[str, Any] | None:
    if capture is None:
        return None
    return {
        "command": capture.command,
        "exit": capture.exit,
        "failed": capture.failed or None,
        "output": capture.output,
    }


def _place(part: ComparedClaim | ComparedCommand) -> dict[str, Any]:
    slide = part.slide
    return {**_at(part.at), "slide": slide and slide.number, "heading": slide and slide.heading}


def _at(at: Location | None) -> dict[str, Any]:
    return {"file": at.path if at else None, "line": at.line if at else None}
