"""Find claims that hold by another branch than before, with what the slide said then and says now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from livedeck.model import ClaimBranch, ComparedClaim, Location, RecordedClaim

_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TemplateClaim:
    """A claim in a template: its place and its branches.

    `filled` are sentences with the values they showed, by execution (a loop has several) and branch, both from 0.
    """

    at: Location
    branches: tuple[ClaimBranch, ...]
    filled: Mapping[tuple[int, int], str] = field(default_factory=dict)


def compared_claims(
    old: Sequence[RecordedClaim],
    new: Sequence[RecordedClaim],
    before: Sequence[TemplateClaim],
    after: Sequence[TemplateClaim],
    *,
    same_template: bool,
) -> Iterator[ComparedClaim]:
    """Yield the claims of which another branch holds, in the order of the newer template.

    `before` and `after` are the claims as the templates have them, empty for an unknown template. If both are known,
    claims with the same sentences are one claim, and so are those between them if there are as many on both sides. What
    an author added, removed or reworded is no drift.
    """
    then = {(claim.claim, claim.execution): claim.branch for claim in old}
    now = {(claim.claim, claim.execution): claim.branch for claim in new}
    if same_template or not (before and after):
        number = max((key[0] for key in (*then, *now)), default=-1) + 1
        pairs = [(place, place) for place in range(number)]
    else:
        pairs = list(_pairs(before, after))
    for first, second in pairs:
        for execution in sorted({key[1] for key in then if key[0] == first} | {k[1] for k in now if k[0] == second}):
            was, is_ = _said(then, (first, execution), before), _said(now, (second, execution), after)
            reworded = was and is_ and not same_template and was.sentence and was.sentence == is_.sentence
            if (was and was.branch) != (is_ and is_.branch) and not reworded:
                at = after[second].at if second < len(after) else None
                yield ComparedClaim(second + 1, was, is_, at)


def _pairs(before: Sequence[TemplateClaim], after: Sequence[TemplateClaim]) -> Iterator[_Key]:
    """Yield the numbers of claims of two templates that are one claim."""
    mine, other = ([tuple(said.sentence for said in claim.branches) for claim in side] for side in (before, after))
    for kind, first, last, start, end in SequenceMatcher(None, mine, other, autojunk=False).get_opcodes():
        if kind == "equal" or last - first == end - start:
            yield from zip(range(first, last), range(start, end), strict=True)


def _said(shown: Mapping[_Key, int], key: _Key, claims: Sequence[TemplateClaim]) -> ClaimBranch | None:
    """Return what a claim said; None if it was not reached."""
    branch = shown.get(key)
    if branch is None:
        return None
    if key[0] >= len(claims) or branch >= len(claims[key[0]].branches):
        return ClaimBranch(branch + 1)
    claim = claims[key[0]]
    said = claim.branches[branch]
    return ClaimBranch(said.branch, claim.filled.get((key[1], branch), said.sentence), said.at)
