"""The list of all hazards in the refusal; any text can be read."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st
from livedeck.errors import UsageError
from livedeck.hosts.hazards import Hazard, destructive, refusal
from livedeck.model import Location

from tests.hosts.hazards.listed import AT, MAY, found


def test_incomplete_command() -> None:
    assert f'{MAY}: echo "x' in found('echo "x')


def test_deep_nesting() -> None:
    assert "removes files: rm x" in found("echo " + "$(" * 2000 + "rm x" + ")" * 2000)


def test_words_keep_the_values_of_templates() -> None:
    assert found("docker rmi {{ image | upper }}") == ["removes Docker images: docker rmi {{ image | upper }}"]
    assert found("{% for c in names %}docker rm {{ c }}{% endfor %}") == [
        "removes Docker containers: docker rm {{ c }}"
    ]
    assert found("한=1; rm {{ a }} '{{ 한 }}'") == ["removes files: rm {{ a }} '{{ 한 }}'"]


def test_every_hazard_of_a_command_once_and_in_order() -> None:
    commands = [(AT, "rm b; rm a; rm b"), (Location("decks/a/deck.md", 7), "docker kill web"), (AT, "ls")]
    assert destructive(commands) == (
        Hazard(AT, "rm b; rm a; rm b", "removes files: rm b"),
        Hazard(AT, "rm b; rm a; rm b", "removes files: rm a"),
        Hazard(Location("decks/a/deck.md", 7), "docker kill web", "stops Docker containers: docker kill web"),
    )


def test_refusal() -> None:
    error = refusal(destructive([(AT, "rm b; rm a"), (AT, "cat <<END | sh\nreboot\nEND")]), "ssh://machine")
    assert isinstance(error, UsageError)
    assert error.exit_code == 2
    assert error.message.startswith("ssh://machine is a real machine")
    assert error.hint
    assert "--disposable" in error.hint
    assert error.detail == (
        f"{AT}: rm b; rm a",
        "    removes files: rm b",
        "    removes files: rm a",
        f"{AT}: cat <<END | sh…",
        "    may run anything: sh",
    )


def test_refusal_of_harmless_decks() -> None:
    assert refusal((), "this machine").detail == ("no command of these decks is known to destroy anything",)


@given(st.text())
def test_quoted_text_is_only_text(text: str) -> None:
    if "\x00" not in text and "{" not in text:
        assert found(f"echo {shlex.quote(text)}") == []


PIECES = (
    "rm",
    "x",
    "'",
    '"',
    "$(",
    ")",
    "`",
    "|",
    ";",
    "<<E",
    "E",
    "{",
    "}",
    "{{",
    "}}",
    "{%",
    "%}",
    "sh -c",
    ">",
    "\\",
)
WORDS = (
    "-",
    "=",
    "docker",
    "sudo",
    "xargs",
    "find . -exec",
    "eval",
    "<<<",
    "\n",
    "한",
    "$x",
    "$'",
    "&&",
    "env",
    "alias",
)


@given(st.lists(st.sampled_from((*PIECES, *WORDS, " ", " ", "\n")), max_size=30).map("".join))
def test_any_text_can_be_read(text: str) -> None:
    assert all(words.strip() == words and "\n" not in words for words in found(text))
