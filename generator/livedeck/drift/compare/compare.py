"""Two records of a deck compared: a pure function."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from livedeck.drift.compare import world
from livedeck.drift.compare.aligning import Couple, captures, couples
from livedeck.drift.compare.claims import TemplateClaim, compared_claims
from livedeck.drift.compare.judging import Judgement, Pair, judge
from livedeck.drift.compare.lines import far_sizes, line_pairs, one_sided
from livedeck.drift.compare.rows import Reading, screen
from livedeck.model import (
    ComparedClaim,
    ComparedCommand,
    Comparison,
    DriftRule,
    Failure,
    LinePair,
    Location,
    Record,
    Side,
    Slide,
)
from livedeck.records.volatile import Vocabulary, learn

_NEW, _GONE = "it was not run before", "it is no longer run"


@dataclass(frozen=True, slots=True)
class Places:
    """Where steps, claims and slides of the newer record are, and what its fences say of drift; all may be unknown.

    `before` is the same of the older record. Unless that is of `another` template, keys mean the same in both.
    """

    steps: Mapping[int, Location] = field(default_factory=dict)
    rules: Mapping[int, DriftRule] = field(default_factory=dict)
    claims: Sequence[TemplateClaim] = ()
    slides: tuple[Slide, ...] = ()
    before: Places | None = None
    another: bool = False


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
    found = list(couples(before, after, mine, other, same_steps=_is_of_one_template(places)))
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


def _known(record: Record, against: Record, masks: Mapping[str, re.Pattern[str]]) -> Vocabulary:
    learnt = learn([(capture.command, capture.output) for _, capture in captures(record)])
    return dataclasses.replace(learnt, masks=masks, facts=world.facts(record, against))


def _screens(
    couple: Couple, mine: Vocabulary, other: Vocabulary, places: Places
) -> tuple[Reading | None, Reading | None]:
    old, new = couple
    unordered = bool(new and places.rules.get(new[0].fence) == "unordered")
    return (
        screen(old[1], mine, unordered=unordered) if old else None,
        screen(new[1], other, unordered=unordered) if new else None,
    )


def _matched(screens: Sequence[tuple[Reading | None, Reading | None]]) -> set[str]:
    shown = [side for pair in screens for side in pair if side]
    return {part.kind[1:] for side in shown for line in side.parts for part in line if part.kind[:1] in ("~", "=")}


def _told(
    couple: Couple,
    screens: tuple[Reading | None, Reading | None],
    pair: Pair | None,
    judgement: Judgement | None,
    places: Places,
) -> ComparedCommand:
    if pair and judgement:
        told = _placed(couple, places, judgement, line_pairs(pair, judgement))
        return dataclasses.replace(told, leaps=far_sizes(pair)) if judgement.verdict == "volatile" else told
    if screens[1]:
        return _placed(couple, places, Judgement("drift", (_NEW,)), one_sided(screens[1], "added"))
    assert screens[0] is not None  # noqa: S101 (a couple has one of the two)
    gone = one_sided(screens[0], "removed")
    return _placed(couple, places.before or Places(), Judgement("drift", (_GONE,)), gone)


def _placed(couple: Couple, places: Places, judgement: Judgement, lines: tuple[LinePair, ...]) -> ComparedCommand:
    old, new = couple
    shown = new or old
    assert shown is not None  # noqa: S101 (a couple has one of the two)
    key, capture = shown
    slide = next((slide for slide in places.slides if key in slide.keys), None)
    at = places.steps.get(key.fence)
    captures = (old[1] if old else None, new[1] if new else None)
    return ComparedCommand(key, capture.command, judgement.verdict, judgement.reasons, lines, at, slide, *captures)


def _failed(commands: Sequence[ComparedCommand], failure: Failure) -> list[ComparedCommand]:
    """The commands, the last of which failed if its step is where the capture ended."""
    *earlier, last = commands
    if last.at is None or last.at.line != failure.line:
        return list(commands)
    return [*earlier, dataclasses.replace(last, verdict="failed", reasons=(failure.message,))]


def _is_of_one_template(places: Places) -> bool:
    return places.before is not None and not places.before.another


def _claims(old: Record, new: Record, places: Places) -> Iterator[ComparedClaim]:
    before = places.before or Places()
    one = _is_of_one_template(places)
    for claim in compared_claims(old.claims, new.claims, before.claims, places.claims, same_template=one):
        at = claim.new.at if claim.new and claim.new.at else claim.at
        known = [slide for slide in places.slides if at and slide.origin <= at.line]
        yield dataclasses.replace(claim, slide=known[-1] if known else None)
