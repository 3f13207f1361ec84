"""The report as one JSON document for programs; docs/drift.md describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from livedeck.drift.report.words import COUNTING, VERDICTS
from livedeck.model import (
    Capture,
    ClaimBranch,
    ComparedClaim,
    ComparedCommand,
    Comparison,
    LinePair,
    Location,
    Missing,
    Side,
    Span,
)

FORMAT = 1


def as_json(comparisons: Sequence[Comparison], missing: Sequence[Missing]) -> str:
    """The document; what a command did is given where its verdict counts."""
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
        "old": _side(comparison.old),
        "new": _side(comparison.new),
        "world": [{"what": change.what, "old": change.old, "new": change.new} for change in comparison.world],
        "counts": {verdict: comparison.count(verdict) for verdict in VERDICTS},
        "unreached": comparison.unreached,
        "claims": [_claim(claim) for claim in comparison.claims],
        "commands": [_command(command) for command in comparison.commands],
    }


def _side(side: Side) -> dict[str, str]:
    return {"name": side.name, "engine": side.engine, "captured": side.captured}


def _claim(claim: ComparedClaim) -> dict[str, Any]:
    slide, old, new = claim.slide, claim.old, claim.new
    return {
        "claim": claim.number,
        "old": old.branch if old else None,
        "new": new.branch if new else None,
        "old_says": _said(old),
        "new_says": _said(new),
        **_at(claim.at),
        "slide": slide.number if slide else None,
        "heading": slide.heading if slide else None,
    }


def _said(said: ClaimBranch | None) -> dict[str, Any] | None:
    return {"sentence": said.sentence, **_at(said.at)} if said and said.at else None


def _command(command: ComparedCommand) -> dict[str, Any]:
    key, slide, counts = command.key, command.slide, command.verdict in COUNTING
    return {
        "step": key.fence + 1,
        "execution": key.execution + 1,
        "number": key.command + 1,
        "command": command.command,
        "verdict": command.verdict,
        "reasons": list(command.reasons),
        "leaps": list(command.leaps),
        **_at(command.at),
        "slide": slide.number if slide else None,
        "heading": slide.heading if slide else None,
        "old": _capture(command.old) if counts else None,
        "new": _capture(command.new) if counts else None,
        "lines": [_line(pair) for pair in command.lines] if counts else [],
    }


def _capture(capture: Capture | None) -> dict[str, Any] | None:
    if capture is None:
        return None
    return {"command": capture.command, "exit": capture.exit, "output": list(capture.output)}


def _at(at: Location | None) -> dict[str, Any]:
    return {"file": at.path if at else None, "line": at.line if at else None}


def _line(pair: LinePair) -> dict[str, Any]:
    return {"kind": pair.kind, "old": _spans(pair.old), "new": _spans(pair.new)}


def _spans(spans: tuple[Span, ...] | None) -> list[dict[str, str]] | None:
    return None if spans is None else [{"text": span.text, "mark": span.mark} for span in spans]
