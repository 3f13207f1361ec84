"""Secrets in what is typed: in commands they are errors, and an input is compared as far as a record shows it."""

from __future__ import annotations

from typing import cast

import pytest
from livedeck import records
from livedeck.capture.reporting import Live, ReportingRunner
from livedeck.errors import StaleRecordError, TemplateError
from livedeck.model import Capture, Key, Location, Step
from livedeck.records.redaction import Operator, redactor, secrets_in
from livedeck.template import commands_of

from tests.course import recorded

TOKEN = "ghp_" + "Ab3dE6gH9kLm" * 3
KEY = Key(0, 0, 0)


def step(text: str, **options: object) -> Step:
    return Step(0, Location("decks/one/deck.md", 10), text, **options)  # type: ignore[arg-type]


def found(text: str, typed: str = "", allowed: tuple[str, ...] = ()) -> list[TemplateError]:
    who = Operator("alice", "/home/alice", "ubuntu")
    return secrets_in(redactor({}, allowed, who), step(text), typed or text)


def test_each_line_with_a_secret_is_an_error_without_it() -> None:
    text = f"docker run \\\n  -e X=1 \\\n  -e GH={TOKEN} app {TOKEN}\necho done\nexport MYSQL_PASSWORD=hunter2x"
    first, second = found(text)
    assert (str(first.at), str(second.at)) == ("decks/one/deck.md:13", "decks/one/deck.md:15")
    mark = "<redacted:github-token>"
    assert first.message == f"`  -e GH={mark} app {mark}` holds a secret (the rule github-token)"
    assert second.message == "`export MYSQL_PASSWORD=<redacted:password>` holds a secret (the rule password)"
    for error in (first, second):
        assert 'allowed = ["..."] under [redact] in decks/course.toml' in str(error.hint)
        assert TOKEN not in f"{error.message}{error.hint}{error.detail}"
        assert "hunter2x" not in f"{error.message}{error.hint}{error.detail}"


def test_of_a_secret_of_several_lines_none_is_shown() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IGtleQ\nZm9v-----END PRIVATE KEY-----"
    first, second = found(f"cat <<E\n{key} password=hunter2x\nE")
    assert (str(first.at), str(second.at)) == ("decks/one/deck.md:12", "decks/one/deck.md:14")
    assert first.message == "`<redacted:private-key>` holds a secret (the rule private-key)"
    assert second.message == "`<redacted:private-key> password=<redacted:password>` holds a secret (the rule password)"


def test_what_the_course_allows_is_none() -> None:
    assert not found("export MYSQL_PASSWORD=hunter2x; ls /home/alice", allowed=("hunter2x", "/home/alice"))


def test_the_operator_is_named() -> None:
    (error,) = found("ls /home/alice/x")
    assert error.message == "`ls <redacted:operator>/x` names you or your home folder (the rule operator)"
    assert str(error.hint).startswith("write ~ for the folder, or another name")


def test_a_long_line_is_cut_around_the_secret() -> None:
    (error,) = found("echo " + "x" * 300 + f" password={TOKEN}x " + "y" * 300)
    assert "password=<redacted:" in error.message
    assert len(error.message) < 200


def test_a_line_made_by_jinja_is_at_its_fence() -> None:
    (error,) = found("echo {{ x }}\nls", "echo password=hunter2x\nls")
    assert str(error.at) == "decks/one/deck.md:10"
    (error,) = found("echo {{ x }}\nexport PASSWORD=hunter2x", "echo 1\nexport PASSWORD=hunter2x")
    assert str(error.at) == "decks/one/deck.md:12"


def test_what_was_typed_unseen_is_removed_from_outputs_unless_it_is_a_word() -> None:
    made = redactor({}, ("Allowed1",), Operator())
    for value in ("Hunter-2x", "word", "password", "yes", "abc12", "Allowed1", "한국어비밀번호"):
        made.learn(value)
    text = "got Hunter-2x, -pHunter-2x; word password yes abc12 Allowed1 한국어비밀번호"
    assert made.text(text) == text.replace("Hunter-2x", "<redacted:input>")
    assert made.counts["input"] == 2
    assert not secrets_in(made, step("x"), "mysql Hunter-2x"), "the template has it anyway"


@pytest.mark.parametrize(
    ("asked", "recorded_as", "agrees"),
    [
        ("me\\nhunter2", "me\\nhunter2", True),
        ("me\\nhunter2", "me\\n<redacted:input>", True),
        ("me\\nother", "me\\n<redacted:input>", True),
        ("you\\nhunter2", "me\\n<redacted:input>", False),
        ("hunter2\\nyes", "<redacted:input>\\nyes", True),
        ("hunter2\\nno", "<redacted:input>\\nyes", False),
        ("a\\nx\\nb\\ny", "<redacted:input>\\nx\\n<redacted:input>\\ny", True),
        ("a\\nz\\nb\\ny", "<redacted:input>\\nx\\n<redacted:input>\\ny", False),
        ("PASSWORD=hunter2", "PASSWORD=<redacted:password>", True),
        ("<redacted:input>", "<redacted:input>", True),
        ("aba", "ab<redacted:input>ba", False),
        ("hunter2", "", False),
        ("", "<redacted:input>", False),
    ],
)
def test_an_input_agrees_with_what_a_record_shows_of_it(asked: str, recorded_as: str, agrees: bool) -> None:
    replay = records.Replay(recorded((Capture("$ ", "read x", (), 0, 0.1, input=recorded_as),)), commands_of)
    if agrees:
        assert replay.run(KEY, "read x", step("read x", input=asked)).input == recorded_as
    else:
        with pytest.raises(StaleRecordError, match="was captured with other input"):
            replay.run(KEY, "read x", step("read x", input=asked))


def test_a_replayed_command_with_a_secret_is_an_error_and_one_that_was_changed_is_stale() -> None:
    command = "echo password=hunter2x"
    with pytest.raises(TemplateError, match="holds a secret"):
        records.Replay(recorded((Capture("$ ", command, (), 0, 0.1),)), commands_of).run(KEY, command, step(command))
    changed = Capture("$ ", "echo password=<redacted:password>", (), 0, 0.1)
    allowing = redactor({}, ("hunter2x",), Operator())
    with pytest.raises(StaleRecordError, match="is not what was captured here") as caught:
        records.Replay(recorded((changed,)), commands_of, allowing).run(KEY, command, step(command))
    assert "livedeck capture" in str(caught.value.hint)


def test_the_steps_are_in_order_and_of_hundreds_only_the_first_are_named() -> None:
    def said(*lines: int) -> list[str]:
        made = redactor({}, (), Operator())
        runner = ReportingRunner(cast("Live", None), "one", 1, made, lambda _: None)
        runner.removed.update({("password", Location("decks/one/deck.md", line)): 2 for line in lines})
        return runner.redactions()

    assert not said()
    start = "by the rule password, in the output of decks/one/deck.md"
    assert said(30) == [f"redacted: 2 {start}:30"]
    assert said(30, 12) == [f"redacted: 4 {start}:12 and decks/one/deck.md:30"]
    assert said(*range(6, 0, -1))[0].endswith(", decks/one/deck.md:5 and decks/one/deck.md:6")
    (line,) = said(*range(300))
    assert line.startswith(f"redacted: 600 {start}:0, decks/one/deck.md:1, ")
    assert line.endswith("decks/one/deck.md:4 and 295 more steps")
