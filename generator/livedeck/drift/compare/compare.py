"""Compare two records of a deck: a pure function."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from livedeck.drift.compare import world
from livedeck.drift.compare.aligning import Couple, couples
from livedeck.drift.compare.claims import TemplateClaim, compared_claims
from livedeck.drift.compare.judging import Judgement, Pair, judge
from livedeck.drift.compare.lines import line_pairs, one_sided
from livedeck.drift.compare.rows import Reading, screen
from livedeck.model import (
    ComparedClaim,
    ComparedCommand,
    Comparison,
    DriftRule,
    Location,
    Record,
    Side,
    Slide,
)
from livedeck.project.patterns import Expression
from livedeck.records import keyed
from livedeck.records.volatile import Vocabulary, learn

_NEW, _GONE = "it was not run before", "it is no longer run"


@dataclass(frozen=True, slots=True)
class Places:
    """The places of steps, claims and slides of the newer record, and what its fences say about drift.

    All may be unknown. `before` is the same for the older record. Unless that is of `another` template, keys mean the
    same in both.
    """

    steps: Mapping[int, Location] = field(default_factory=dict)
    rules: Mapping[int, DriftRule] = field(default_factory=dict)
    claims: Sequence[TemplateClaim] = ()
    slides: tuple[Slide, ...] = ()
    before: Places | None = None
    another: bool = False

    @property
    def one_template(self) -> bool:
        """Whether both records are known to be of the same template."""
        return self.before is not None and not self.before.another


def compare(
    old: Record, new: Record, *, names: tuple[str, str], masks: Mapping[str, Expression], places: Places
) -> Comparison:
    """Return the changes from `old` to `new` that no volatile value explains.

    `names` is what the two are called in reports, `masks` are the course's own kinds of volatile values. `new` may be
    the record of a failed capture: the verdict on its last command says so, and the commands not reached are counted.
    """
    mine, other = _known(old, new, masks), _known(new, old, masks)
    before, after = keyed(old), keyed(new)
    unreached = max(len(before) - len(after), 0) if new.failure else 0
    before = before[: len(before) - unreached]
    found = list(couples(before, after, mine, other, same_steps=places.one_template))
    if None in (old.profile, new.profile):  # those of format 1 have none
        found = [_as_far_as_known(couple) for couple in found]
    screens = [_screens(couple, mine, other, places) for couple in found]
    pairs = {
        number: Pair(a[1], b[1], one, two, ignored=places.rules.get(b[0].fence) == "ignore")
        for number, ((a, b), (one, two)) in enumerate(zip(found, screens, strict=True))
        if a and b and one and two
    }
    judgements = dict(zip(pairs, judge(list(pairs.values())), strict=True))
    commands = [
        _compared(couple, shown, pairs.get(number), judgements.get(number), places)
        for number, (couple, shown) in enumerate(zip(found, screens, strict=True))
    ]
    if new.failure and commands:
        last = commands[-1]
        if last.at and last.at.line == new.failure.line:  # the capture ended at this step
            commands[-1] = dataclasses.replace(last, verdict="failed", reasons=(new.failure.message,))
    shown_parts = (part for pair in screens for side in pair if side for line in side.parts for part in line)
    matched = {part.kind[1:] for part in shown_parts if part.kind[:1] in ("~", "=")}
    return Comparison(
        old.deck,
        Side(names[0], old.engine, old.captured),
        Side(names[1], new.engine, new.captured),
        world.changes(old, new),
        tuple(commands),
        () if new.failure else tuple(_claims(old, new, places)),
        frozenset(matched & masks.keys()),
        unreached,
    )


def _known(record: Record, against: Record, masks: Mapping[str, Expression]) -> Vocabulary:
    learnt = learn([(capture.command, capture.output) for _, capture in keyed(record)])
    return dataclasses.replace(learnt, masks=masks, facts=world.facts(record, against))


def _as_far_as_known(couple: Couple) -> Couple:
    """Return a couple of which one record is of format 1 without what those do not say.

    There an exit code is 0 also where nobody knows it, and nothing has failed in a program.
    """
    before, after = couple
    if before is None or after is None:
        return couple
    (key, old), (other_key, new) = before, after
    unsure = {"failed": ""} | ({"exit": None} if {old.exit, new.exit} == {0, None} else {})
    return (key, structs.replace(old, **unsure)), (other_key, structs.replace(new, **unsure))


def _screens(
    couple: Couple, mine: Vocabulary, other: Vocabulary, places: Places
) -> tuple[Reading | None, Reading | None]:
    old, new = couple
    unordered = bool(new and places.rules.get(new[0].fence) == "unordered")
    return (
        screen(old[1], mine, unordered=unordered) if old else None,
        screen(new[1], other, unordered=unordered) if new else None,
    )


def _compared(
    couple: Couple,
    screens: tuple[Reading | None, Reading | None],
    pair: Pair | None,
    judgement: Judgement | None,
    places: Places,
) -> ComparedCommand:
    old, new = couple
    item, shown = new or old, screens[1] or screens[0]
    assert item is not None  # noqa: S101 (a couple has one of the two)
    assert shown is not None  # noqa: S101
    leaps: tuple[str, ...] = ()
    if pair and judgement:
        lines, leaps = line_pairs(pair, judgement)
    elif new:
        judgement, lines = Judgement("drift", (_NEW,)), one_sided(shown, "added")
    else:
        judgement, lines = Judgement("drift", (_GONE,)), one_sided(shown, "removed")
        places = places.before or Places()
    key, capture = item
    slide = next((slide for slide in places.slides if key in slide.keys), None)
    at, captures = places.steps.get(key.fence), (old and old[1], new and new[1])
    verdict, reasons = judgement.verdict, judgement.reasons
    return ComparedCommand(key, capture.command, verdict, reasons, lines, at, slide, *captures, leaps)


def _claims(old: Record, new: Record, places: Places) -> Iterator[ComparedClaim]:
    before = places.before or Places()
    one = places.one_template
    for claim in compared_claims(old.claims, new.claims, before.claims, places.claims, same_template=one):
        at = claim.new.at if claim.new and claim.new.at else claim.at
        known = [slide for slide in places.slides if at and slide.origin <= at.line]
        yield dataclasses.replace(claim, slide=known[-1] if known else None)
