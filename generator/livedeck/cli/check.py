"""The commands that judge decks without running anything: `livedeck check` and `livedeck fit`."""

from __future__ import annotations

from dataclasses import asdict

import click

from livedeck.cli.app import App
from livedeck.cli.options import decks_argument, engine_option
from livedeck.errors import number, raise_all
from livedeck.flow import check as flow
from livedeck.flow import locks


@click.command()
@decks_argument
@engine_option
@click.pass_obj
def check(app: App, names: tuple[str, ...], engine: str | None) -> None:
    """Say everything that is wrong with decks: templates, records, claims, catalogs, fit. Nothing is executed."""
    editions = app.editions(names, engine)
    with locks.building(editions[0].course, app.run):
        flow.check(editions, app.run)
    languages = number(len(editions[0].course.file.languages), "language")
    app.console.line(f"nothing is wrong with {number(len(editions), 'deck')} in {languages}")


@click.command()
@decks_argument
@engine_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
@click.pass_obj
def fit(app: App, names: tuple[str, ...], engine: str | None, *, as_json: bool) -> None:
    """Measure every slide in a browser; say what does not fit, and the option that fixes it. Nothing is executed."""
    editions = app.editions(names, engine)
    with locks.building(editions[0].course, app.run):
        slides, findings = flow.measure(editions, app.run)
    if as_json:
        app.console.json(app.console.clean([asdict(finding) for finding in findings]))
    raise_all([finding.error() for finding in findings])
    app.console.line(f"{number(slides, 'slide')} {'fits' if slides == 1 else 'fit'}")
