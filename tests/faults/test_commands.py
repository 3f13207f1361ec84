"""Hostile commands that end as data, all in one shell: what each shows, and that the shell is as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.commands import DATA, PROBE
from tests.faults.place import FRONT, Place, captures_of

pytestmark = pytest.mark.faults("hostile commands, as data")


@pytest.fixture(scope="module")
def captured(places: Callable[[], Place]) -> dict[str, list[dict[str, Any]]]:
    """By name: the capture of the command, and that of a probe after it."""
    place = places()
    slides = []
    for options, command, _, _ in DATA.values():
        slides.append(f"```bash run {options}\n{command}\n```\n\n```bash run\n{PROBE}\n```\n")
    place.write(FRONT + "\n---\n\n".join(slides))
    done = place.livedeck("capture")
    done.assert_clean(0)
    place.livedeck("build", "--format", "md").assert_clean(0)
    place.assert_nothing_left()
    captures = iter(captures_of(place.record()))
    return {name: _of(captures, command) for name, (_, command, _, _) in DATA.items()}


def _of(captures: Any, command: str) -> list[dict[str, Any]]:
    found = []
    for capture in captures:
        found.append(capture)
        if capture["command"] == PROBE:
            return found
    raise AssertionError(f"no probe after {command}")


@pytest.mark.parametrize("name", DATA)
@pytest.mark.hostile(
    "a command that ends as data", "its exit code and lines", "a shell that differs for the next command"
)
def test_it_is_data_and_the_shell_is_as_it_was(captured: dict[str, list[dict[str, Any]]], name: str) -> None:
    _, command, code, lines = DATA[name]
    *ran, probe = captured[name]
    assert "\n".join(capture["command"] for capture in ran) == command.replace("\r\n", "\n")
    assert code is None or ran[-1]["exit"] == code, ran
    assert lines is None or tuple(ran[-1]["output"]) == lines
    assert probe["exit"] == 0
    assert [line for line in probe["output"] if "Done" not in line] == ["still 42 himBHs"]
    assert "owned" not in "".join(line for capture in ran for line in capture["output"])
