"""Two records of a deck compared: a pure function."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.drift import world
from generator.drift.aligning import Couple, captures, couples
from generator.drift.judging import Judgement, Pair, judge
from generator.drift.lines import line_pairs, one_sided
from generator.drift.rows import Screen, screen
from generator.model import (
    ComparedClaim,
    ComparedCommand,
    Comparison,
    DriftRule,
    Failure,
    Key,
    LinePair,
    Location,
    Record,
    Side,
    Slide,
)
from generator.volatile import Known, learn

_NEW, _GONE = "it was not run before", "it is no longer run"


@dataclass(frozen=True, slots=True)
class Places:
    """Where steps, claims and slides of the newer record are, and what its fences say of drift; all may be unknown.

    `before` is the same of the older record, where that is of the same template; keys then mean the same in both.
    """

    steps: Mapping[int, Location] = field(default_factory=dict)
    rules: Mapping[int, DriftRule] = field(default_factory=dict)
    claims: Mapping[int, Location] = field(default_factory=dict)
    slides: tuple[Slide, ...] = ()
    before: Places | None = None


def compare(
    old: Record, new: Record, *, names: tuple[str, str], masks: Mapping[str, re.Pattern[str]], places: Places
) -> Comparison:
    """What changed from `old` to `new` that no volatile value explains.

    `names` is what the two are called in reports, `masks` are the course's own kinds of volatile values. `new` may be
    what a failed capture left: the command that failed is told so, and those behind it are counted.
    """
    mine, other = _known(old, new, masks), _known(new, old, masks)
    before, after = captures(old), captures(new)
    unreached = 0
    if new.failure and len(after) < len(before):
        unreached = len(before) - len(after)
        before = before[: len(after)]
    found = list(couples(before, after, mine, other, same_steps=places.before is not None))
    screens = [_screens(couple, mine, other, places) for couple in found]
    pairs = {
        number: Pair(a[1], b[1], one, two, ignored=places.rules.get(b[0].fence) == "ignore")
        for number, ((a, b), (one, two)) in enumerate(zip(found, screens, strict=True))
        if a and b and one and two
    }
    judgements = dict(zip(pairs, judge(list(pairs.values())), strict=True))
    commands = [
        _told(couple, shown, pairs.get(number), judgements.get(number), places)
        for number, (couple, shown) in enumerate(zip(found, screens, strict=True))
    ]
    if new.failure and commands:
        commands = _failed(commands, new.failure)
    return Comparison(
        old.deck,
        Side(names[0], old.engine, old.captured),
        Side(names[1], new.engine, new.captured),
        world.changes(old, new),
        tuple(commands),
        () if new.failure else tuple(_claims(old, new, places)),
        frozenset(_matched(screens) & masks.keys()),
        unreached,
    )


def _known(record: Record, against: Record, masks: Mapping[str, re.Pattern[str]]) -> Known:
    learnt = learn([(capture.command, capture.output) for _, capture in captures(record)])
    return dataclasses.replace(learnt, masks=masks, facts=world.facts(record, against))


def _screens(couple: Couple, mine: Known, other: Known, places: Places) -> tuple[Screen | None, Screen | None]:
    old, new = couple
    unordered = bool(new and places.rules.get(new[0].fence) == "unordered")
    return (
        screen(old[1], mine, unordered=unordered) if old else None,
        screen(new[1], other, unordered=unordered) if new else None,
    )


def _matched(screens: Sequence[tuple[Screen | None, Screen | None]]) -> set[str]:
    shown = [side for pair in screens for side in pair if side]
    return {part.kind[1:] for side in shown for line in side.parts for part in line if part.kind[:1] in ("~", "=")}


def _told(
    couple: Couple,
    screens: tuple[Screen | None, Screen | None],
    pair: Pair | None,
    judgement: Judgement | None,
    places: Places,
) -> ComparedCommand:
    old, new = couple
    if pair and judgement and new:
        return _placed(new[0], pair.new.command, places, judgement, line_pairs(pair, judgement))
    if new and screens[1]:
        return _placed(new[0], new[1].command, places, Judgement("drift", (_NEW,)), one_sided(screens[1], "added"))
    assert old is not None  # noqa: S101 (a couple has one of the two)
    assert screens[0] is not None  # noqa: S101
    gone = one_sided(screens[0], "removed")
    return _placed(old[0], old[1].command, places.before or Places(), Judgement("drift", (_GONE,)), gone)


def _placed(
    key: Key, command: str, places: Places, judgement: Judgement, lines: tuple[LinePair, ...]
) -> ComparedCommand:
    slide = next((slide for slide in places.slides if key in slide.keys), None)
    at = places.steps.get(key.fence)
    return ComparedCommand(key, command, judgement.verdict, judgement.reasons, lines, at, slide)


def _failed(commands: Sequence[ComparedCommand], failure: Failure) -> list[ComparedCommand]:
    """The commands, the last of which failed if its step is where the capture ended."""
    *earlier, last = commands
    if last.at is None or last.at.line != failure.line:
        return list(commands)
    return [*earlier, dataclasses.replace(last, verdict="failed", reasons=(failure.message,))]


def _claims(old: Record, new: Record, places: Places) -> Iterator[ComparedClaim]:
    before = {(claim.claim, claim.execution): claim.branch + 1 for claim in old.claims}
    after = {(claim.claim, claim.execution): claim.branch + 1 for claim in new.claims}
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield ComparedClaim(key[0] + 1, before.get(key), after.get(key), places.claims.get(key[0]))
