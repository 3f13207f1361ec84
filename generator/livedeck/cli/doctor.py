"""The command `livedeck doctor`."""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from livedeck import doctor as examination
from livedeck.cli.app import App
from livedeck.errors import LivedeckError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
@click.option("--self-test", is_flag=True, help="Boot a sandbox, run a container in it, and say what it gets here.")
@click.pass_obj
def doctor(app: App, *, as_json: bool, self_test: bool) -> None:
    """Say what is there, what is missing, which commands that affects, and what fixes it. Nothing is changed."""
    folder, run = app.folder(), app.run
    if self_test:
        course = app.course() if (folder / "decks" / "course.toml").is_file() else None
        findings = examination.boot(course, run)
    else:
        findings = examination.examine(folder, environ=run.environ)
        with suppress(LivedeckError):  # it is among the findings
            app.course()
    if as_json:
        app.console.json(app.console.clean(examination.as_values(findings)))
    else:
        app.console.result(map(app.console.redact, examination.as_lines(findings)))
    sys.exit(examination.exit_code(findings))
