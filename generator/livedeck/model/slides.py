"""What templates see, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from livedeck.model.course import Deck
from livedeck.model.figures import Drawing
from livedeck.model.hosts import ImageSource
from livedeck.model.records import RecordedClaim
from livedeck.model.steps import Key, Location


@dataclass(frozen=True, slots=True)
class CourseView:
    """`course` in templates."""

    title: str
    author: str
    footer: str
    language: str


@dataclass(frozen=True, slots=True)
class DeckView:
    """`deck` in templates. `captured` is the day (UTC, ISO 8601) on which the commands ran.

    `docker` is where Docker came from: debian, docker.com, archive ...; `images` is where images came from.
    """

    slug: str
    engine: str
    captured: str
    images: ImageSource
    docker: str


# --- what is built -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlideOrigin:
    """What a slide holds of the template, whatever the language and wherever long blocks were split.

    `line` is the line of the template on which the content of its slide begins there, `ruler` the one that divides it
    from the slide before. `time` counts from 1 how often the deck has come there (a loop passes it several times), and
    `part` the slides that this one became. `above` is how many rows of terminals stand on the slides before.
    """

    line: int = 1
    ruler: int = 1
    time: int = 1
    part: int = 1
    above: int = 0


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide of a rendered deck.

    `heading` is the plain text of the first heading on it, or of the last one above it, and empty where there is
    neither. `line` is the line of the Markdown where its content begins, `origin` the line of the template that this
    one came from; all count from 1. `keys` are the commands that ran there, in order, also those of hidden steps;
    `terminals` the lines of the Markdown on which terminal blocks begin.
    """

    number: int
    heading: str
    line: int
    origin: int
    keys: tuple[Key, ...] = ()
    terminals: tuple[int, ...] = ()
    passage: SlideOrigin = SlideOrigin()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A deck in one language as Marp Markdown, with its slides and the claim branches shown.

    `origins` has the line of the template for each line of the Markdown; `drawings` are the figures in it; `values` are
    what its `{{ }}` held, each with its line of the template, in the order in which they were printed.
    `unpaged` is the Markdown before terminals got their size and long ones were split: in every language the same but
    for the words.
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
        """The place in the template that a line of the Markdown (from 1) came from."""
        return Location(self.deck.template, self.origins[min(line, len(self.origins)) - 1])
