"""The commands `livedeck i18n ...`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from livedeck.cli.app import App
from livedeck.cli.options import decks_argument
from livedeck.errors import CatalogError, raise_all

if TYPE_CHECKING:
    from livedeck.flow.i18n import Stand

_COLUMNS = ("deck", "language", "sentences", "translated", "fuzzy", "missing", "invalid", "percent")


@click.group()
def i18n() -> None:
    """Translate decks: catalogs, how complete they are, and whether they may stand on slides. Needs no Docker."""


@i18n.command()
@decks_argument
@click.pass_obj
def update(session: App, names: tuple[str, ...]) -> None:
    """Bring the catalogs decks/*/locale/*.po up to date with their decks; no translation is lost."""
    from livedeck.flow import i18n as languages

    course, decks = session.decks(names)
    if not languages.update(course, decks, session.console.report):
        session.console.line("all catalogs are up to date")


@i18n.command()
@decks_argument
@click.option("--format", "form", type=click.Choice(("text", "json", "md")), default="text", show_default=True)
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="N", help="Fail where less than N % is translated.")
@click.pass_obj
def stats(session: App, names: tuple[str, ...], form: str, fail_under: int | None) -> None:
    """Say how complete the translations are. What is fuzzy or invalid is not translated."""
    from livedeck.flow import i18n as languages

    course, decks = session.decks(names)
    found = languages.stands(course, decks)
    click.echo(_table(found, form))
    raise_all(
        [
            CatalogError(f"{stand.deck}.{stand.lang}: {stand.tally.percent} % is less than {fail_under} %")
            for stand in found
            if fail_under is not None and stand.tally.percent < fail_under
        ]
    )


@i18n.command()
@decks_argument
@click.pass_obj
def check(session: App, names: tuple[str, ...]) -> None:
    """Find translations that would change more than words, with file and line. Gaps are no error."""
    from livedeck.flow import translate as translation

    course, decks = session.decks(names)
    raise_all(list(translation.wrong(course, decks)))
    session.console.line("all translations can stand on slides")


@i18n.command()
@click.argument("lang")
@click.pass_obj
def add(session: App, lang: str) -> None:
    """Add a language to the course: LANG is en, ja, pt-BR ..."""
    from livedeck.flow import i18n as languages

    languages.add(session.course(), lang, session.console.report)
    course = session.course()
    languages.update(course, course.decks, session.console.report)


def _table(stands: Sequence[Stand], form: str) -> str:
    """The numbers as lines, a table in Markdown, or JSON."""
    if form == "json":
        return json.dumps([_numbers(stand) for stand in stands], ensure_ascii=False, indent=1)
    rows = [_COLUMNS, *(tuple(str(number) for number in _numbers(stand).values())[: len(_COLUMNS)] for stand in stands)]
    if form == "md":
        head, *lines = (f"| {' | '.join(row)} |" for row in rows)
        table = [head, "|---|---|" + "---:|" * (len(_COLUMNS) - 2), *lines]
    else:
        widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
        table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    damages = [stand.damage for stand in stands if stand.damage]
    return "\n".join([*table, *(["", *damages] if damages else [])])


def _numbers(stand: Stand) -> dict[str, str | int]:
    tally = stand.tally
    numbers = (tally.total, tally.translated, tally.fuzzy, tally.missing, tally.invalid, tally.percent)
    return dict(zip((*_COLUMNS, "damage"), (stand.deck, stand.lang, *numbers, stand.damage), strict=True))
