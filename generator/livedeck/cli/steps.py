"""The command `livedeck steps`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
        app.console.json([_as_json(step) for step in found])
    else:
        app.console.result(_as_lines(found))


def _as_lines(found: Sequence[Step]) -> Iterator[str]:
    for step in found:
        marks = [f"id={step.id}"] if step.id else []
        marks += [f"show={step.show}"] if step.show != "both" else []
        yield f"{step.at}  {step.index + 1}/{len(found)}  {' '.join(marks)}".rstrip()
        yield from (f"    {line}" for line in step.text.split("\n"))


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
