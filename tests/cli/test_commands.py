"""The table of commands: it is complete, `--help` is made of it alone, and each command's own help agrees with it."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module
from itertools import chain

import click
import pytest
from livedeck import cli as package
from livedeck.cli.main import _COMMANDS, cli

from tests.cli.test_command_line import HEAVY

MODULES = sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def commands_of(module: str) -> set[str]:
    """Return the commands that a module defines, without the subcommands of a group."""
    names = vars(import_module(f"livedeck.cli.{module}"))
    found = [value for value in names.values() if isinstance(value, click.Command)]
    below = set(chain.from_iterable(group.commands.values() for group in found if isinstance(group, click.Group)))
    return {str(command.name) for command in found if command not in below}


def test_every_command_is_in_the_table_with_its_module() -> None:
    defined = {(name, module) for module in MODULES if module != "main" for name in commands_of(module)}
    assert {(name, module) for name, (module, _) in _COMMANDS.items()} == defined


def test_help_lists_every_command_and_loads_none() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "livedeck", "--help"], capture_output=True, text=True, check=True
    )
    listed = done.stdout.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "] == list(_COMMANDS)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "livedeck.cli.main" in loaded
    unwanted = {*HEAVY, "livedeck.flow", *(f"livedeck.cli.{module}" for module, _ in _COMMANDS.values())}
    assert sorted(loaded & unwanted) == []


@pytest.mark.parametrize("name", _COMMANDS)
def test_the_help_of_a_command_begins_as_the_table_does(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert str(command.help).split()[0] == _COMMANDS[name][1].split()[0]
