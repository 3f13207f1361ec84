"""The commands `livedeck i18n ...`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from livedeck.cli.app import App
from livedeck.cli.options import decks_argument
from livedeck.errors import CatalogError, raise_all
from livedeck.flow import i18n as flow
from livedeck.flow.i18n import Progress

_COLUMNS = ("deck", "language", "sentences", "translated", "fuzzy", "missing", "invalid", "percent")


@click.group()
def i18n() -> None:
    """Translate decks: catalogs, how complete they are, and whether they can be used. Needs no Docker."""


@i18n.command()
@decks_argument
@click.pass_obj
def update(app: App, names: tuple[str, ...]) -> None:
    """Bring the catalogs decks/*/locale/*.po up to date with their decks; no translation is lost."""
    if not flow.update(app.editions(names), app.run):
        app.console.line("all catalogs are up to date")


@i18n.command()
@decks_argument
@click.option("--format", "form", type=click.Choice(("text", "json", "md")), default="text", show_default=True)
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="N", help="Fail where less than N % is translated.")
@click.pass_obj
def stats(app: App, names: tuple[str, ...], form: str, fail_under: int | None) -> None:
    """Say how complete the translations are. What is fuzzy or invalid is not translated."""
    found = flow.progress(app.editions(names))
    if form == "json":
        app.console.json([_numbers(one) for one in found])
    else:
        app.console.result(_table(found, form))
    raise_all(
        [
            CatalogError(f"{one.deck}.{one.lang}: {one.tally.percent} % is less than {fail_under} %")
            for one in found
            if fail_under is not None and one.tally.percent < fail_under
        ]
    )


@i18n.command()
@decks_argument
@click.pass_obj
def check(app: App, names: tuple[str, ...]) -> None:
    """Find translations that would change more than words, with file and line. Gaps are not errors."""
    flow.check(app.editions(names))
    app.console.line("all translations can be used on slides")


@i18n.command()
@click.argument("lang")
@click.pass_obj
def add(app: App, lang: str) -> None:
    """Add a language to the course: LANG is en, ja, pt-BR ..."""
    flow.add(app.course, lang, app.run)


def _table(found: Sequence[Progress], form: str) -> list[str]:
    """Return the numbers as lines, or as a table in Markdown."""
    rows = [_COLUMNS, *(tuple(str(number) for number in _numbers(one).values())[: len(_COLUMNS)] for one in found)]
    if form == "md":
        head, *lines = (f"| {' | '.join(row)} |" for row in rows)
        table = [head, "|---|---|" + "---:|" * (len(_COLUMNS) - 2), *lines]
    else:
        widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
        table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    damages = [one.damage for one in found if one.damage]
    return [*table, *(["", *damages] if damages else [])]


def _numbers(one: Progress) -> dict[str, str | int]:
    tally = one.tally
    numbers = (tally.total, tally.translated, tally.fuzzy, tally.missing, tally.invalid, tally.percent)
    return dict(zip((*_COLUMNS, "damage"), (one.deck, one.lang, *numbers, one.damage), strict=True))
