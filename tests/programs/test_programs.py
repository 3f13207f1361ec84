"""Real programs: what is typed, and what the slide shows. With `pytest -s` the table is printed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.programs.table import FOLDER, Program, read

QUICK = {"ask", "bash", "psql", "python", "less", "vi"}
"""Those that stand for the others where there is little time."""
PROGRAMS = [
    pytest.param(program, id=program.name, marks=() if program.name in QUICK else pytest.mark.soak)
    for program in map(read, sorted(FOLDER.glob("*.md")))
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_slide_shows_what_a_student_sees(program: Program, slide: Callable[[Program], list[str]]) -> None:
    blocks = slide(program)
    print(program.told(blocks))  # noqa: T201
    assert len(blocks) == len(program.shown)
    assert program.misses(blocks) == []
