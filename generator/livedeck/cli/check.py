"""The commands that judge decks without running anything: `livedeck fit` and `livedeck check`."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from livedeck.cli.app import App, engine_of
from livedeck.cli.options import decks_argument, engine_option
from livedeck.errors import number, raise_all
from livedeck.model import AnyEvent, Report, Wrote


@click.command()
@decks_argument
@engine_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
@click.pass_obj
def fit(session: App, names: tuple[str, ...], engine: str | None, *, as_json: bool) -> None:
    """Measure every slide in a browser; say what does not fit, and the option that mends it. Nothing is executed."""
    from livedeck.flow import build as pipeline

    report = _without_files(session.console.report)
    course, decks = session.decks(names)
    languages = course.file.languages
    chosen = engine_of(course, engine)
    environ = session.environ
    built = pipeline.build(course, decks, chosen, source="committed", languages=languages, strict=False, report=report)
    exported = pipeline.export(course, built, ["html"], optional=False, environ=environ, report=report)
    findings = pipeline.fit(course, exported, optional=False, environ=environ, report=report)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    raise_all([finding.error() for finding in findings])
    slides = sum(len(deck.slides) for deck in built)
    session.console.line(f"{number(slides, 'slide')} {'fits' if slides == 1 else 'fit'}")


@click.command()
@decks_argument
@engine_option
@click.pass_obj
def check(session: App, names: tuple[str, ...], engine: str | None) -> None:
    """Say everything that is wrong with decks: templates, records, claims, catalogs, fit. Nothing is executed."""
    from livedeck.flow import build as pipeline

    course, decks = session.decks(names)
    report = _without_files(session.console.report)
    pipeline.check(course, decks, engine_of(course, engine), environ=session.environ, report=report)
    languages = number(len(course.file.languages), "language")
    session.console.line(f"nothing is wrong with {number(len(decks), 'deck')} in {languages}")


def _without_files(report: Report) -> Report:
    """The same report without the files that are made on the way: a check does not look like a build."""

    def told(event: AnyEvent) -> None:
        if not isinstance(event, Wrote):
            report(event)

    return told
