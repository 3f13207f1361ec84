"""Recall and precision on lines as programs and files have them; see corpus/README.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from livedeck.records.redaction import Operator, redactor

from tests.course import ROOT

CORPUS = Path(__file__).parent / "corpus"
MARKED = re.compile("⟦(.*?)⟧", re.DOTALL)


def secrets() -> list[tuple[str, list[str]]]:
    """Return each text with the secrets in it, line by line."""
    texts = (CORPUS / "secrets.txt").read_text(encoding="utf-8").replace("·", "").rstrip("\n").split("\n\n")
    return [
        (MARKED.sub(r"\1", text), [part for found in MARKED.findall(text) for part in found.split("\n")])
        for text in texts
    ]


def ordinary() -> list[str]:
    return (CORPUS / "ordinary.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")


def test_secrets_go() -> None:
    texts = secrets()
    left = []
    for text, parts in texts:
        done = redactor({}, (), Operator()).text(text)
        if any(part in done for part in parts):
            left.append(done)
    recall = 1 - len(left) / len(texts)
    print(f"recall {recall:.3f}: {len(left)} of {len(texts)} stay")  # noqa: T201 (what the numbers are is of interest, too)
    assert len(texts) >= 250
    assert recall >= 0.95, "\n\n".join(left)


def test_ordinary_lines_stay() -> None:
    lines = ordinary()
    damaged = [done for line in lines if (done := redactor({}, (), Operator()).text(line)) != line]
    precision = 1 - len(damaged) / len(lines)
    print(f"precision {precision:.3f}: {len(damaged)} of {len(lines)} are damaged")  # noqa: T201
    assert len(lines) >= 250
    assert precision >= 0.98, "\n".join(damaged)


def test_the_decks_of_this_repository_have_none() -> None:
    made = redactor({}, (), Operator())
    files = [path for path in (ROOT / "decks").rglob("*") if path.suffix in {".md", ".json", ".po", ".toml", ".yaml"}]
    assert len(files) > 10
    for path in files:
        assert [
            path.read_text(encoding="utf-8")[found.start : found.end]
            for found in made.found(path.read_text(encoding="utf-8"))
        ] == [], path


def test_all_at_once_is_what_each_line_is_alone() -> None:
    made = redactor({}, (), Operator())
    assert made.text("\n".join(ordinary())).split("\n") == [
        redactor({}, (), Operator()).text(line) for line in ordinary()
    ]


def test_a_text_that_is_cut_anywhere_is_read_and_done_once() -> None:
    made = redactor({}, (), Operator())
    for text in (*(text for text, _ in secrets()), *ordinary()):
        for end in (*range(0, min(len(text), 400), 9), len(text)):
            made.text(text[:end])
        done = made.text(text)
        assert made.text(done) == done


@pytest.mark.parametrize(
    "text",
    [
        "$ cat .env\nDB_HOST=db",
        "$ cat -\nabcde",
        "$ echo $-\nabcde",
        "<_>abcde</_>",
        "name: --\nvalue: abcd1",
        '{"_": {"value": "abcd"}}',
        "openssl rsa -passin pass:",
        "net -U a%",
        "smbclient -U %",
        "lftp -u a,",
        "\ud800",
    ],
)
def test_what_has_no_name_or_no_value_stays(text: str) -> None:
    assert redactor({}, (), Operator()).text(text) == text
