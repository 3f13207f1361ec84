"""The formats Marp writes: how each is asked for, and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from livedeck.errors import ExportError, UsageError
from livedeck.export import prints, verify
from livedeck.model import BuiltDeck, Format, Notice

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """One format. `patience` is how many seconds a slide may take, far beyond what it does take."""

    name: Format
    arguments: tuple[str, ...]
    browser: bool
    patience: float
    check: Callable[[BuiltDeck, Path, str, Size], Iterator[ExportError | Notice]]
    """Yields what is wrong with a file, given the theme and the size of a slide in pixels."""


# Printing in two tabs at a time pays; pictures of a tab that is not in front never come.
_FORMS: tuple[Form, ...] = (
    Form("html", (), browser=False, patience=0.5, check=lambda built, path, theme, _: verify.html(built, path, theme)),
    Form(
        "pdf",
        ("--pdf", "--pdf-outlines", "--parallel", "2"),
        browser=True,
        patience=4.0,
        check=lambda built, path, _, size: prints.pdf(built, path, size),
    ),
    Form(
        "png",
        ("--images", "png", "--parallel", "1"),
        browser=True,
        patience=4.0,
        check=lambda built, path, _, size: prints.png(built, path, size),
    ),
    Form(
        "pptx",
        ("--pptx", "--parallel", "1"),
        browser=True,
        patience=6.0,
        check=lambda built, path, _, size: prints.pptx(built, path, size),
    ),
)
HTML = _FORMS[0]


def named(formats: Sequence[str]) -> tuple[Form, ...]:
    """The formats of these names, each once. Raises UsageError for one there is not."""
    known = {form.name: form for form in _FORMS}
    for name in formats:
        if name not in known:
            raise UsageError(f"there is no format `{name}`", hint=f"the formats are {', '.join(known)}")
    return tuple(form for form in _FORMS if form.name in formats)
