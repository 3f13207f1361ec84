"""How much a template may do: the numbers, what counts towards them, and the error where one is reached.

Numbers that are the same on every machine come first; the clock is for what they let through.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import jinja2

from livedeck.errors import TemplateError

MOST_CHARACTERS = 1_000_000
"""Of one value: a text, or a list with all that is in it."""
MOST_BITS = 10_000
"""Of a whole number, which Python can still write out."""
MOST_WRITTEN = 8_000_000
"""Characters that loops, macros and values may write in one rendering."""
MOST_WORK = 200_000
"""Passes of loops, calls, filters, comparisons and tests in one rendering."""
MOST_VALUES = 10_000
"""`{{ }}` that are written in one rendering."""
MOST_STEPS = 1_000
"""Run fences of a template, and how many are run in one rendering."""
MOST_SECONDS = 60.0
"""In Jinja, without the time that commands take."""
DEEPEST = 50
"""How deep lists may be nested."""
_LIST = 10
"""What a list counts without what is in it."""


class Budget:
    """What one rendering may still do. Each method raises TemplateError, without a place, where it is used up."""

    def __init__(self) -> None:
        self._work = self._written = self._values = self._steps = 0
        self._until = time.monotonic() + MOST_SECONDS

    def work(self, amount: int = 1) -> None:
        """Count what has been done."""
        self._work += amount
        if self._work > MOST_WORK:
            raise TemplateError(f"this template makes more than {MOST_WORK:,} passes and calls", hint="loop over less")
        if time.monotonic() > self._until:
            raise TemplateError(f"this template takes more than {MOST_SECONDS:.0f} seconds", hint="let it do less")

    def write(self, length: int) -> None:
        """Count characters that will be written."""
        self._written += length
        if self._written > MOST_WRITTEN:
            raise TemplateError(f"this template writes more than {MOST_WRITTEN:,} characters", hint="loop over less")

    def value(self) -> None:
        """Count a value that is written."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise TemplateError(f"this template writes more than {MOST_VALUES:,} values", hint="loop over less")

    def step(self) -> None:
        """Count a step that is run."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TemplateError(f"this template runs more than {MOST_STEPS:,} steps", hint="loop over less")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave out the time that passes inside, in which commands run."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._until += time.monotonic() - began


def need(length: int) -> None:
    """Raise TemplateError if a text of that length, or a list of that size, would be too large."""
    if length > MOST_CHARACTERS:
        message = f"this makes a value of more than {MOST_CHARACTERS:,} characters"
        raise TemplateError(message, hint="make less of it")


def size(value: object, depth: int = 0) -> int:
    """Return about how many characters a value has if it is written, lists with all that is in them.

    Raises TemplateError for what is too large or nested too deeply: counting ends there.
    """
    if isinstance(value, str | bytes):
        return len(value) + 1
    if isinstance(value, int):
        return value.bit_length() // 3 + 1
    if not isinstance(value, list | tuple | dict):
        return 1
    if depth >= DEEPEST:
        raise TemplateError(f"lists here are nested more than {DEEPEST} deep", hint="make less of it")
    total = _LIST
    for item in _items(value):
        total += size(item, depth + 1)
        need(total)
    return total


def collected(values: Iterable[object]) -> list[object]:
    """Return values as a list. Raises TemplateError if it becomes too large."""
    found: list[object] = []
    total = _LIST
    for value in values:
        found.append(value)
        total += size(value, 1)
        need(total)
    return found


def admit(value: object) -> object:
    """Return a value that an expression has made; what comes one by one is made a list.

    Raises TemplateError for one that is too large, and for a set, whose order differs from build to build.
    """
    if isinstance(value, str | bytes):
        need(len(value))
    elif isinstance(value, int):
        need_bits(value.bit_length())
    elif isinstance(value, list | tuple | dict):
        need(size(value))
    elif isinstance(value, set | frozenset):
        raise TemplateError(
            "this makes a set, and the order of sets differs from build to build", hint="use reject or select"
        )
    elif isinstance(value, Iterator) and not isinstance(value, jinja2.runtime.LoopContext):
        return collected(value)
    return value


def need_bits(bits: int) -> None:
    """Raise TemplateError if a number of so many bits would be too large."""
    if bits > MOST_BITS:
        raise TemplateError("this makes a number of more than 3,000 digits", hint="calculate with smaller numbers")


def need_text(value: object) -> None:
    """Raise TemplateError unless a value has a text: Python's words for an object would differ from build to build.

    An undefined value has its own error, as soon as it is used.
    """
    if isinstance(value, list | tuple | dict):
        for item in _items(value):
            need_text(item)
    elif not isinstance(value, str | bytes | int | float | jinja2.Undefined | None):
        hint = "print a part of it, or use a filter such as join or length"
        raise TemplateError(f"a {type(value).__name__} has no text of its own", hint=hint)


def _items(value: list[object] | tuple[object, ...] | Mapping[object, object]) -> Iterable[object]:
    """Return what is in a list, or keys and values."""
    return (part for pair in value.items() for part in pair) if isinstance(value, Mapping) else value
