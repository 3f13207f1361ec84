"""Judge each command by whether one map of things explains it together with all commands before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from livedeck.drift.compare.matching import Effort, Joint, UndecidedError, match
from livedeck.drift.compare.rows import HEAD, Reading, Row, Thing, groups
from livedeck.model import Capture, Verdict

_ANOTHER_THING = "an id or a name stands for another thing than before"
_SHOWN = 25
_TOO_MUCH = "too entangled to be compared; drift=ignore on its fence leaves it out"


@dataclass(frozen=True, slots=True)
class Pair:
    """A command then and now, as it was captured and as it was read."""

    old: Capture
    new: Capture
    before: Reading
    after: Reading
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, its reasons, and the map of things that was known at that point."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    mapping: Mapping[Thing, Thing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a command that one map must explain."""

    number: int
    old: tuple[Joint, ...]
    new: tuple[Joint, ...]


def judge(pairs: Sequence[Pair]) -> list[Judgement]:
    """Return a judgement for each pair; if an id stops being the same thing, the later command is to blame."""
    found: list[Judgement] = []
    rows: list[_Rows] = []
    for number, pair in enumerate(pairs):
        same = _comparable(pair.old) == _comparable(pair.new)
        reasons = () if same else tuple(_reasons(pair))
        found.append(Judgement("same" if same else "drift" if reasons else "volatile", reasons))
        if not reasons and not pair.ignored:
            rows.append(_rows(number, pair))
    for own, reason, mapping in _conflicts(rows):
        found[own.number] = Judgement("drift", (reason,), mapping)
    return found


def _comparable(capture: Capture) -> Capture:
    """Return a capture without what is no part of what it said."""
    return structs.replace(capture, seconds=0, styles={})


def _reasons(pair: Pair) -> Iterator[str]:
    """Yield what makes a command drift whatever the others show."""
    for what, before, after in zip(HEAD, pair.before.head, pair.after.head, strict=True):
        if before.shape != after.shape and not (pair.ignored and what == "length"):
            first = pair.old.command.partition("\n")[0]
            said = f", before: {first}" if what == "command" else ""
            yield f"{before.shape} -> {after.shape}" if what == "exit" else f"another {what}{said}"
    if not pair.ignored and groups(pair.before, pair.after) is None:
        yield "another output"


def _rows(number: int, pair: Pair) -> _Rows:
    pieces: list[tuple[Sequence[Row], Sequence[Row]]] = [
        ([before], [after]) for before, after in zip(pair.before.head, pair.after.head, strict=True)
    ]
    pieces += groups(pair.before, pair.after) or []
    old, new = (
        tuple(
            ((number, place, row.shape), row.things)
            for place, piece in enumerate(pieces)
            for row in piece[side]
            if row.things
        )
        for side in (0, 1)
    )
    return _Rows(number, old, new)


def _conflicts(rows: Sequence[_Rows]) -> Iterator[tuple[_Rows, str, Mapping[Thing, Thing]]]:
    """Yield commands that no map explains together with those before, with the map that explains the others.

    The first of them is found by halves; then it is left out, and the search goes on after it.
    """
    effort = Effort()
    agreed: list[_Rows] = []
    left = list(rows)
    while True:
        whole = _explain([*agreed, *left], effort)
        if not isinstance(whole, str):
            return
        low, high, mapping = 0, len(left), _explain(agreed, effort)
        reason = whole
        while high - low > 1:
            middle = (low + high) // 2
            found = _explain([*agreed, *left[:middle]], effort)
            if isinstance(found, str):
                high, reason = middle, found
            else:
                low, mapping = middle, found
        agreed += left[:low]
        known = {} if isinstance(mapping, str) else mapping
        yield left[low], _first_conflict(left[low], known) if reason == _ANOTHER_THING else reason, known
        left = left[low + 1 :]


def _first_conflict(own: _Rows, known: Mapping[Thing, Thing]) -> str:
    """Say that no map explains these rows, and name the first thing that shows it if the rows are in one order."""
    stood = {new: old for old, new in known.items()}
    for (_, mine), (_, other) in zip(own.old, own.new, strict=True):
        for old, new in zip(mine, other, strict=False):
            if stood.get(new, old) != old:
                above, here = stood[new][1][:_SHOWN], old[1][:_SHOWN]
                if stood[new] == new:
                    return f"{_ANOTHER_THING}: above, {above} is still itself, here it has come for {here}"
                return f"{_ANOTHER_THING}: above, {new[1][:_SHOWN]} has come for {above}, here for {here}"
            if known.get(old, new) != new:
                above, here = known[old][1][:_SHOWN], new[1][:_SHOWN]
                return f"{_ANOTHER_THING}: above, {above} has come for {old[1][:_SHOWN]}, here {here}"
    return _ANOTHER_THING


def _explain(rows: Sequence[_Rows], effort: Effort) -> Mapping[Thing, Thing] | str:
    """Return the map under which all these rows are the same, or the reason why there is none."""
    old = [joint for own in rows for joint in own.old]
    new = [joint for own in rows for joint in own.new]
    try:
        found = match(old, new, effort)
    except UndecidedError:
        return _TOO_MUCH
    return _ANOTHER_THING if found is None else found
