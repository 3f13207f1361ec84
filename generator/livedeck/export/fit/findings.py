"""What does not fit, judged from what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from livedeck.errors import FitError, named
from livedeck.export.fit.advice import advise, narrower, tallest
from livedeck.export.fit.looks import PixelBox, SlideBlock, SlideLook
from livedeck.model import BuiltDeck, Location, Slide, Step

TOLERANCE = 3.0
"""Pixels too few to see."""
SMALLEST = 14.0
_ROUNDING = 0.5


@dataclass(frozen=True, slots=True)
class FitFinding:
    """What is wrong with one slide, by how many pixels, where in the template, and what to do about it.

    `picture` is the path of the slide's picture, from the project.
    """

    deck: str
    lang: str
    number: int
    heading: str
    at: Location
    what: str
    over: int
    advice: str
    picture: str

    def error(self) -> FitError:
        """Return it as the error that a build ends with."""
        name = f" ({self.heading})" if self.heading else ""
        message = f"{self.deck} ({self.lang}): slide {self.number}{name} is {self.what}"
        hint = f"{self.advice}\n{self.picture} shows it"
        return FitError(message, at=self.at, hint=hint)


def find(
    built: BuiltDeck, looks: Sequence[SlideLook], steps: Mapping[int, Step], course_language: str, pictures: str
) -> tuple[FitFinding, ...]:
    """Return what does not fit in a deck.

    `steps` are those of its template, by line; `pictures` is what the path of each slide's picture begins with.
    """
    found: list[FitFinding] = []
    for slide, look in zip(built.slides, looks, strict=True):
        picture = f"{pictures}.{slide.number}.png"
        found += _Slide(built, slide, look, steps, picture, translated=built.lang != course_language).findings()
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Slide:
    built: BuiltDeck
    slide: Slide
    look: SlideLook
    steps: Mapping[int, Step]
    picture: str
    translated: bool

    def findings(self) -> Iterator[FitFinding]:
        if not self.look.blocks:
            return
        yield from self._high()
        yield from self._wide()
        small = self.look.smallest
        if small.size < SMALLEST - _ROUNDING:
            what = f"too small: {small.size:.1f} px in {small.text!r}, {SMALLEST:.0f} are the least that can be read"
            hint = "write it larger, or with fewer words"
            yield self._finding(what, ceil(SMALLEST - small.size), hint, self.slide.origin)

    def _high(self) -> Iterator[FitFinding]:
        look = self.look
        top, _, bottom, _ = look.padding
        lowest = max(block.bottom for block in look.blocks)
        highest = min(block.top for block in look.blocks)
        over = max(lowest - (look.height - bottom), top - highest)
        if over <= TOLERANCE:
            return
        if lowest > look.height + TOLERANCE or highest < -TOLERANCE:
            what = "it is cut off"
        elif edge := self._touched():
            what = f"it touches the {edge}"
        else:
            what = "it is in the margin"
        culprit = tallest(look.blocks)
        line = self._line(culprit)
        step = self.steps.get(line)
        hint = advise(look, culprit, over, step, translated=self.translated)
        command = f", {named(step.text)}" if step and culprit.terminals else ""
        yield self._finding(f"{ceil(over)} px too high{command}: {what}", ceil(over), hint, line)

    def _wide(self) -> Iterator[FitFinding]:
        look = self.look
        _, right, _, left = look.padding
        widest = max(look.blocks, key=lambda block: max(block.right, look.width - block.left))
        over = max(widest.right - (look.width - right), left - widest.left)
        if over <= TOLERANCE:
            return
        cut = widest.right > look.width + TOLERANCE or widest.left < -TOLERANCE
        what = "it is cut off" if cut else "it is in the margin"
        hint = narrower(widest, over)
        yield self._finding(f"{ceil(over)} px too wide: {what}", ceil(over), hint, self._line(widest))

    def _touched(self) -> str | None:
        edges = {"header": self.look.header, "footer": self.look.footer, "page number": self.look.pagination}
        return next(
            (name for name, edge in edges.items() if edge and any(_overlap(edge, b) for b in self.look.blocks)), None
        )

    def _line(self, culprit: SlideBlock) -> int:
        """Return the line of the step whose terminal is the culprit, or the line on which the slide begins."""
        if not culprit.terminals:
            return self.slide.origin
        largest = max(culprit.terminals, key=lambda terminal: len(terminal.rows))
        shown = [terminal for block in self.look.blocks for terminal in block.terminals]
        index = next(number for number, terminal in enumerate(shown) if terminal is largest)
        if index >= len(self.slide.terminals):
            return self.slide.origin
        return self.built.at(self.slide.terminals[index]).line

    def _finding(self, what: str, over: int, advice: str, line: int) -> FitFinding:
        at = Location(self.built.deck.template, line)
        deck, slide = self.built.deck.slug, self.slide
        return FitFinding(deck, self.built.lang, slide.number, slide.heading, at, what, over, advice, self.picture)


def _overlap(one: PixelBox, other: PixelBox) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
