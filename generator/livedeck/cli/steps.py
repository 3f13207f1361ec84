"""The command `livedeck steps`."""

from __future__ import annotations

import json

import click

from livedeck.cli.app import App
from livedeck.flow.decks import read_template
from livedeck.model import Step
from livedeck.template import commands_of


@click.command()
@click.argument("name", metavar="DECK")
@click.option("--json", "as_json", is_flag=True, help="One JSON document for programs.")
@click.pass_obj
def steps(app: App, name: str, *, as_json: bool) -> None:
    """List the steps of a deck: what would run, in the template's order. Nothing is executed."""
    found = read_template(app.edition(name)).steps
    if as_json:
        click.echo(json.dumps([_as_json(step) for step in found], ensure_ascii=False, indent=1))
        return
    for step in found:
        marks = [f"id={step.id}"] if step.id else []
        marks += [f"show={step.show}"] if step.show != "both" else []
        click.echo(f"{step.at}  {step.index + 1}/{len(found)}  {' '.join(marks)}".rstrip())
        for line in step.text.split("\n"):
            click.echo(f"    {line}")


def _as_json(step: Step) -> dict[str, object]:
    return {
        "file": step.at.path,
        "line": step.at.line,
        "id": step.id,
        "commands": [step.text] if step.expand else list(commands_of(step, step.text, in_program=False)),
        "show": step.show,
        "exit": "any" if step.exits is None else list(step.exits),
        "timeout": step.timeout,
        "expand": step.expand,
        "shell": step.shell,
        "prompt": list(step.prompts),
    }
