"""What builds leave in `build/`, so that it can be found again and removed."""

from __future__ import annotations

import shlex
from pathlib import Path

from livedeck.errors import HostError
from livedeck.model import FORMATS, Course, Edition, output_path
from livedeck.model.course import ATTEMPTS, BEFORE, ENGINES, LOCKS, RECORDS
from livedeck.project import bounded
from livedeck.project.disk import MADE
from livedeck.project.validation import folded, is_deck, is_language

MARP, FIT = ".marp", "fit"
LICENCES = "licences"
"""The folder of `build/` with the licences of embedded fonts."""
_REMOVED = (ENGINES, RECORDS, ATTEMPTS, LICENCES, MADE, MARP, FIT)
OWN = (*_REMOVED, BEFORE, LOCKS)
"""Every name in `build/` that is Livedeck's own, and so no deck's. `livedeck clean` leaves `before` alone."""


def built_outputs(course: Course) -> tuple[Path, ...]:
    """Return where builds put decks in `build/`, in every language and format, former ones too; existing or not.

    Raises HostError as `former_decks` does.
    """
    own = [
        Edition(course, deck, course.file.engine).markdown(lang)
        for deck in course.decks
        for lang in course.file.languages
    ]
    return tuple(output_path(markdown, form) for markdown in (*own, *former_decks(course)) for form in FORMATS)


def former_decks(course: Course) -> tuple[Path, ...]:
    """Return the Markdown, existing or not, built of decks and languages that the course no longer has.

    Raises HostError where the folder that lists them cannot be read.
    """
    build = course.root / "build"
    own = {f"{deck.slug}.{lang}" for deck in course.decks for lang in course.file.languages}
    made = build / MADE
    try:
        names = [path.name for path in bounded.entries(course.root, made)]
    except OSError as error:
        hint = f"remove it: rm -r {shlex.quote(str(made))}"
        raise HostError(f"cannot read build/{MADE}: {error.strerror}", hint=hint) from None
    return tuple(build / f"{name}.md" for name in names if name not in own and _is_built(name))


def built_folders(course: Course) -> tuple[Path, ...]:
    """Return the folders in `build/` that belong to Livedeck with everything in them, existing or not."""
    decks = [*(deck.slug for deck in course.decks), *(path.with_suffix("").stem for path in former_decks(course))]
    return tuple(course.root / "build" / name for name in dict.fromkeys((*decks, *_REMOVED)))


def is_own(name: str) -> bool:
    """Return whether a name in `build/` is Livedeck's own, on every disk."""
    return folded(name) in OWN


def _is_built(name: str) -> bool:
    """Return whether this can be the name of a deck and a language; others in the list are not Livedeck's."""
    deck, _, lang = name.rpartition(".")
    return is_deck(deck) and is_language(lang) and not is_own(deck)
