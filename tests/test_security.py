"""SECURITY.md names for each promise the tests that hold it: the tests exist, and no promise goes without."""

from __future__ import annotations

import ast
import re

import pytest

from tests.course import ROOT

TEXT, _, TABLE = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What holds these promises")
ROWS = re.findall(r"^\| (.+?) \| (`.+`) \|$", TABLE, re.MULTILINE)
PROMISES = TEXT.partition("## What Livedeck does not defend against")[0]
PARAGRAPHS = [" ".join(text.split()) for text in re.split(r"\n(?=- )|\n\n", PROMISES) if text.startswith("- ")]
PROMISE = re.compile(r"\b(?:cannot|never|nothing|no code|errors?|refuse[sd]?|stays?)\b", re.IGNORECASE)
UNTESTED = (
    "Nothing is filtered",  # no promise, but a warning
    "nothing there is recorded",  # `livedeck shell` has no code that records
    "A record cannot prove that it happened",  # the other way round: what is not promised
    "`scripts/setup` installs Node packages",  # it is tried by hand, on a fresh machine
)
"""Paragraphs without a test, and why."""


def test_there_are_rows() -> None:
    assert len(ROWS) > 30


@pytest.mark.parametrize(("promise", "tests"), ROWS)
def test_the_promise_is_made_above_and_its_tests_exist(promise: str, tests: str) -> None:
    assert any(promise in paragraph for paragraph in PARAGRAPHS), "no paragraph has these words"
    for path, name in re.findall(r"`([^`:]+)::(\w+)`", tests):
        tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
        assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)], f"{path}::{name}"
    assert len(re.findall("`[^`]+::[^`]+`", tests)) == tests.count("`") // 2


def test_every_paragraph_with_a_promise_has_a_test() -> None:
    promises = [paragraph for paragraph in PARAGRAPHS if PROMISE.search(paragraph)]
    held = [text for text in promises if any(promise in text for promise, _ in ROWS)]
    assert [text for text in promises if text not in held and not any(words in text for words in UNTESTED)] == []
