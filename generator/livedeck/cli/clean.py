"""The command `livedeck clean`."""

from __future__ import annotations

import click

from livedeck import hosts
from livedeck.cli.app import App
from livedeck.errors import HostError
from livedeck.flow import before
from livedeck.flow import clean as flow


@click.command()
@click.option("--images", is_flag=True, help="Also remove the sandbox images; the next capture makes them again.")
@click.pass_obj
def clean(app: App, *, images: bool) -> None:
    """Remove what was built, and sandboxes that an earlier run left behind."""
    course = app.course()
    for path in flow.clean(course):
        app.console.line(f"removed {path.relative_to(course.root)}")
    if folder := before.kept(course):
        shown = folder.relative_to(course.root)
        app.console.line(f"kept {shown}: what was replaced before it was committed; remove it yourself: rm -r {shown}")
    try:
        hosts.clean(app.run, images=images)
    except HostError as error:
        if images:
            raise
        app.console.line(f"left the sandboxes alone: {error.message}")
