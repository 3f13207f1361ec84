"""Whole decks: what an author writes, what the commands answer, and what comes out of it."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from livedeck.errors import LivedeckError

from tests.template.stage import Answer, Table, parts, play

GOLDEN = Path(__file__).parent / "golden"
DECKS = sorted(path.parent.name for path in GOLDEN.glob("*/deck.md"))
NEWLINES = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


@pytest.mark.parametrize("name", DECKS)
def test_deck(name):
    folder = GOLDEN / name
    file = folder / "answers.toml"
    answers = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    source = (folder / "deck.md").read_text(encoding="utf-8")
    if not answers.get("last_newline", True):
        source = source.rstrip("\n")
    source = source.replace("\n", NEWLINES[answers.get("newline", "lf")])
    runner = Table({command: _answers(value) for command, value in answers.get("commands", {}).items()})
    try:
        shown, expected = play(source, runner, course=answers.get("course")).markdown, folder / "expected.md"
    except LivedeckError as error:
        shown, expected = _shown(error), folder / "errors.txt"
    if os.environ.get("LIVEDECK_UPDATE") == "1":
        for old in (folder / "expected.md", folder / "errors.txt"):
            old.unlink(missing_ok=True)
        expected.write_text(shown, encoding="utf-8")
    assert expected.exists(), shown
    assert shown == expected.read_text(encoding="utf-8")


def _answers(value: object) -> list[Answer]:
    values = value if isinstance(value, list) else [value]
    return [
        Answer(tuple(v["output"].splitlines()), v["exit"]) if isinstance(v, dict) else Answer(tuple(v.splitlines()))
        for v in values
    ]


def _shown(error: LivedeckError) -> str:
    lines = []
    for part in parts(error):
        lines += [f"deck.md:{part.at.line}: {part.message} | {part.hint}", *(f"    {line}" for line in part.detail)]
    return "\n".join(lines) + "\n"
