"""What builds leave in `build/`, so that it can be found again and removed."""

from __future__ import annotations

from pathlib import Path

from livedeck.model import FORMATS, Course, Edition, output_path
from livedeck.model.course import ATTEMPTS, ENGINES, LOCKS, RECORDS

_FOLDERS = (ENGINES, RECORDS, ATTEMPTS, LOCKS, ".made", ".marp", "fit")


def built_outputs(course: Course) -> tuple[Path, ...]:
    """Return where builds put decks in `build/`, in every language and format, former ones too; existing or not."""
    own = [
        Edition(course, deck, course.file.engine).markdown(lang)
        for deck in course.decks
        for lang in course.file.languages
    ]
    return tuple(output_path(markdown, form) for markdown in (*own, *former_decks(course)) for form in FORMATS)


def former_decks(course: Course) -> tuple[Path, ...]:
    """Return the Markdown, existing or not, built of decks and languages that the course no longer has."""
    build = course.root / "build"
    own = {f"{deck.slug}.{lang}" for deck in course.decks for lang in course.file.languages}
    made = build / ".made"
    names = sorted(path.name for path in made.iterdir() if not path.name.startswith(".")) if made.is_dir() else []
    return tuple(build / f"{name}.md" for name in names if name not in own)


def built_folders(course: Course) -> tuple[Path, ...]:
    """Return the folders in `build/` that belong to Livedeck with everything in them, existing or not."""
    decks = [*(deck.slug for deck in course.decks), *(path.with_suffix("").stem for path in former_decks(course))]
    return tuple(course.root / "build" / name for name in dict.fromkeys((*decks, *_FOLDERS)))
