"""The formats Marp writes: how each is asked for, and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from livedeck.errors import ExportError, UsageError
from livedeck.export import prints
from livedeck.export.prints import Size
from livedeck.model import BuiltDeck, Format, Notice


@dataclass(frozen=True, slots=True)
class Form:
    """One format. `patience` is how many seconds a slide may take, far beyond what it does take.

    `check` yields what is wrong with a file that a browser printed, given the size of a slide in pixels.
    """

    name: Format
    patience: float
    arguments: tuple[str, ...] = ()
    check: Callable[[BuiltDeck, Path, Size], Iterator[ExportError | Notice]] | None = None

    @property
    def browser(self) -> bool:
        """Whether a browser prints it."""
        return self.check is not None


HTML = Form("html", 0.5)
# Printing in two tabs at a time is faster, but a tab that is not in front never gets its pictures taken.
_FORMS = (
    HTML,
    Form("pdf", 4.0, ("--pdf", "--pdf-outlines", "--parallel", "2"), prints.pdf),
    Form("png", 4.0, ("--images", "png", "--parallel", "1"), prints.png),
    Form("pptx", 6.0, ("--pptx", "--parallel", "1"), prints.pptx),
)


def named(formats: Sequence[str]) -> tuple[Form, ...]:
    """Return the formats of these names, each once. Raises UsageError for an unknown one."""
    known = {form.name: form for form in _FORMS}
    for name in formats:
        if name not in known:
            raise UsageError(f"there is no format `{name}`", hint=f"the formats are {', '.join(known)}")
    return tuple(form for form in _FORMS if form.name in formats)
