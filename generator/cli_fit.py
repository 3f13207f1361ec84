"""The commands that judge decks without running anything: `livedeck fit` and `livedeck check`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from generator.errors import raise_all
from generator.invocation import Invocation, engine_of

_decks = click.argument("names", nargs=-1, metavar="[DECK]...")
_engine = click.option("--engine", metavar="NAME", help="Whose records; those of the course's own engine without this.")


@click.command()
@_decks
@_engine
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
@click.pass_obj
def fit(session: Invocation, names: tuple[str, ...], engine: str | None, *, as_json: bool) -> None:
    """Measure every slide in a browser; say what does not fit, and the option that mends it. Nothing is executed."""
    from generator import pipeline  # noqa: PLC0415

    report = session.console.report
    course, decks = session.decks(names)
    languages = course.file.languages
    chosen = engine_of(course, engine)
    built = pipeline.build(course, decks, chosen, source="committed", languages=languages, strict=False, report=report)
    exported = pipeline.export(course, built, ["html"], optional=False, environ=os.environ, report=report)
    findings = pipeline.fit(course, exported, environ=os.environ, report=report)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    raise_all([finding.error() for finding in findings])


@click.command()
@_decks
@_engine
@click.pass_obj
def check(session: Invocation, names: tuple[str, ...], engine: str | None) -> None:
    """Say everything that is wrong with decks: templates, stale records, claims, fit. Nothing is executed."""
    from generator import pipeline  # noqa: PLC0415

    course, decks = session.decks(names)
    pipeline.check(course, decks, engine_of(course, engine), environ=os.environ, report=session.console.report)
