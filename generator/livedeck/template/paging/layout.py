"""What is on which slide, and how large: long blocks split, terminals sized, headings and commands found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from markdown_it.token import Token

from livedeck.errors import TemplateError
from livedeck.model import Slide, SlideOrigin
from livedeck.template import markdown
from livedeck.template.markdown import is_terminal
from livedeck.template.paging import sizing, slides, splitting
from livedeck.template.paging.heights import Estimate
from livedeck.template.paging.measures import SMALLEST
from livedeck.template.paging.splitting import Change, SplitBlock, begin
from livedeck.template.placed import Placed
from livedeck.template.reading.options import NESTED_SPLIT
from livedeck.template.traced import Edit, Traced


def lay_out(
    written: Traced, tokens: Sequence[Token], placed: Sequence[Placed], estimate: Estimate
) -> tuple[Traced, tuple[Slide, ...]]:
    """Return the finished deck with long blocks split and terminals sized, and its slides.

    `tokens` are those of the text, and `placed` the blocks of the steps in it. All terminals of a slide are alike; what
    fits at no size is as small as terminals get, and its lines fold. Raises TemplateError where a block that is to be
    split cannot be.
    """
    blocks = list(_found(tokens, placed))
    wanted = {block.line: block.step.at for block in blocks if block.step.split and block.terminal is not None}
    dividing = slides.dividing(tokens)
    rows = written.text.split("\n")
    changes: list[Change] = []
    parts: dict[int, tuple[tuple[int, int], ...]] = {}
    for page in sizing.pages(tokens, estimate):
        own = [node for node in page.terminals if begin(node) in wanted]
        if any(node not in page.nodes for node in own):
            message, hint = NESTED_SPLIT
            raise TemplateError(message, at=wanted[begin(own[0])], hint=hint)
        size, cuts = page.best() if page.terminals else None, list[SplitBlock]()
        if own and size is None:
            size, cuts = splitting.split(page, own)
            changes += splitting.changes(rows, page, size, cuts, dividing)
            parts |= {begin(cut.node): cut.parts for cut in cuts}
        whole = [line for line in map(begin, page.terminals) if line not in parts]
        changes += [Change(line, line + 1, f"{rows[line].rstrip()} s{size or SMALLEST}") for line in whole]
    changes.sort()
    starts = list(accumulate((len(row) + 1 for row in rows), initial=0))
    done = written.edited(
        Edit(starts[first], starts[end] - 1, text, written.lines[first]) for first, end, text in changes
    )
    if parts:
        tokens = markdown.parse(done.text)
        blocks = list(_found(tokens, list(_parted(blocks, parts, changes))))
    return done, tuple(_slides(tokens, done, blocks))


def _parted(
    blocks: Sequence[Placed], parts: Mapping[int, Sequence[tuple[int, int]]], changes: Sequence[Change]
) -> Iterator[Placed]:
    """Yield a block for each part of those that were split; `_found` knows the lines of the parts."""
    for block in blocks:
        if block.line not in parts:
            above = [change for change in changes if change.first < block.line]
            moved = sum(text.count("\n") + 1 - (end - first) for first, end, text in above)
            yield replace(block, line=block.line + moved)
        for start, end in parts.get(block.line, ()):
            keys = tuple(block.keys[owner] for owner in dict.fromkeys(block.owners[start:end]))
            yield replace(block, keys=keys, owners=block.owners[start:end])


def _slides(tokens: Sequence[Token], deck: Traced, placed: Sequence[Placed]) -> Iterator[Slide]:
    rows = deck.text.split("\n")
    headings = list(_headings(tokens))
    terminals = [token.map[0] for token in tokens if is_terminal(token) and token.map]
    starts = slides.starts(tokens)
    ends = [*starts[1:], len(rows)]
    firsts = [
        next((line for line in range(start, end) if rows[line].strip()), min(start, len(rows) - 1))
        for start, end in zip(starts, ends, strict=True)
    ]
    origins = _origins(starts, firsts, tokens, deck, {block.step.at.line for block in placed})
    last = ""
    for number, (start, end, first, origin) in enumerate(zip(starts, ends, firsts, origins, strict=True), 1):
        own = [heading for line, heading in headings if start <= line < end]
        keys = [key for block in placed if start <= block.line < end for key in block.keys]
        shown = [line + 1 for line in terminals if start <= line < end]
        yield Slide(number, own[0] if own else last, first + 1, deck.lines[first], tuple(keys), tuple(shown), origin)
        last = own[-1] if own else last


def _origins(
    starts: Sequence[int], firsts: Sequence[int], tokens: Sequence[Token], deck: Traced, steps: set[int]
) -> Iterator[SlideOrigin]:
    """Yield what each slide holds of the template, from the lines where they start and where their content does.

    One whose ruler is of the line of a step is the next part of a slide that was split.
    """
    rulers = {token.map[1]: token.map[0] for token in tokens if token.type == "hr" and token.level == 0 and token.map}
    terminals = [(token.map[0], token.content.count("\n")) for token in tokens if is_terminal(token) and token.map]
    times: Counter[int] = Counter()
    whole = SlideOrigin()
    for start, first in zip(starts, firsts, strict=True):
        ruler, line = deck.lines[rulers.get(start, start)], deck.lines[first]
        above = sum(rows for row, rows in terminals if row < start)
        if ruler in steps and start != starts[0]:
            whole = replace(whole, part=whole.part + 1, above=above)
        else:
            times[line] += 1
            whole = SlideOrigin(line, ruler, times[line], 1, above)
        yield whole


def _found(tokens: Sequence[Token], placed: Sequence[Placed]) -> Iterator[Placed]:
    """Yield the blocks with the lines of their fences, above which a step template may have put words."""
    fences = (token.map[0] for token in tokens if is_terminal(token) and token.map)
    for block in placed:
        yield block if block.terminal is None else replace(block, line=next(fences))


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield the headings: the line of each, and its words without their marks."""
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open" and opening.map:
            children = [child for child in inside.children or () if child.type != "html_inline"]
            pieces = (" " if child.type in ("softbreak", "hardbreak") else child.content for child in children)
            yield opening.map[0], " ".join("".join(pieces).split())
