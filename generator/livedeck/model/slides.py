"""What templates see, and what is made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from livedeck.model.course import Deck
from livedeck.model.figures import Drawing
from livedeck.model.hosts import ImageSource
from livedeck.model.records import RecordedClaim
from livedeck.model.steps import Key, Location


@dataclass(frozen=True, slots=True)
class DeckView:
    """`deck` in templates. `captured` is the day (UTC, ISO 8601) on which the commands ran.

    `docker` says where Docker came from (debian, docker.com, archive ...), `images` where images came from.
    """

    slug: str
    engine: str
    captured: str
    images: ImageSource
    docker: str


@dataclass(frozen=True, slots=True)
class SlideOrigin:
    """What part of the template a slide shows, whatever the language and wherever long blocks were split.

    `line` is the line of the template where the slide's content begins, `ruler` the one that divides it from the
    previous slide. `time` counts from 1 how often the deck has passed there (more than once in a loop), and `part` the
    slides that this one was split into. `above` is the number of terminal rows on the earlier ones of these.
    """

    line: int = 1
    ruler: int = 1
    time: int = 1
    part: int = 1
    above: int = 0


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide of a rendered deck.

    `heading` is the plain text of the first heading on it, or of the last one before it, or empty. `line` is the line
    of the Markdown where its content begins, `origin` the line of the template that it came from, both from 1. `keys`
    are the commands that ran there, in order, including those of hidden steps; `terminals` are the lines of the
    Markdown on which terminal blocks begin.
    """

    number: int
    heading: str
    line: int
    origin: int
    keys: tuple[Key, ...] = ()
    terminals: tuple[int, ...] = ()
    content_origin: SlideOrigin = SlideOrigin()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A deck in one language as Marp Markdown, with its slides and the claim branches shown.

    `origins` has the line of the template for each line of the Markdown; `drawings` are the figures in it; `values` are
    what its `{{ }}` printed, in that order, each with its line of the template. `unpaged` is the Markdown before
    terminals got their size and long ones were split: only its words depend on the language.
    """

    markdown: str
    slides: tuple[Slide, ...]
    claims: tuple[RecordedClaim, ...]
    origins: tuple[int, ...]
    drawings: tuple[Drawing, ...] = ()
    values: tuple[tuple[int, str], ...] = ()
    unpaged: str = ""


@dataclass(frozen=True, slots=True)
class BuiltDeck:
    """One rendered deck on disk; `slides` and `origins` are those of its `Rendered`."""

    deck: Deck
    lang: str
    markdown: Path
    slides: tuple[Slide, ...]
    origins: tuple[int, ...]
    files: tuple[Path, ...] = field(default=())

    def at(self, line: int) -> Location:
        """Return the place in the template that a line of the Markdown (from 1) came from."""
        return Location(self.deck.template, self.origins[min(line, len(self.origins)) - 1])
