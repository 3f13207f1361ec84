"""Secrets in commands and output: taken out before anything is written or said, and counted."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.place import FRONT, Ended, Place, captures_of
from tests.faults.secret_table import INSIDE, KEYS, NEAR, SECRETS

ALL = {name: (rule, "see {} there", secret) for name, (rule, secret) in SECRETS.items()} | INSIDE
OWN = ("account", "account {} of ours", "123456789012")
EVERY = ALL | {"the course's own rule": OWN}
PLAIN = NEAR | {"what the course allows": "password=taught-here"}
COURSE = "[redact]\nallowed = ['taught-here']\n[redact.rules]\naccount = '\\b\\d{12}\\b'\n"


@dataclass(frozen=True)
class Captured:
    """The same commands captured twice: once to the end, once up to a step that fails."""

    place: Place
    good: Ended
    failed: Ended
    built: Ended
    attempted: Ended
    captures: list[dict[str, Any]]

    def everything(self) -> dict[str, str]:
        """All that was written or said, by where."""
        build = self.place.root / "build"
        files: list[Path] = [self.place.record(), *build.rglob("*.md"), *build.rglob("*.json"), *build.rglob("*.html")]
        said = {"capture": self.good, "failure": self.failed, "build": self.built, "attempt": self.attempted}
        return {str(p): p.read_text(encoding="utf-8") for p in files} | {k: e.err + e.out for k, e in said.items()}


@pytest.fixture(scope="module")
def captured(places: Callable[[], Place]) -> Captured:
    place = places()
    place.course(COURSE)
    lines = [around.format(secret) for _, around, secret in EVERY.values()]
    steps = [f"echo {shlex.quote(line)}" for line in (*lines, *PLAIN.values())]
    steps += [f"cat <<'E'\nbefore\n{begin}\n{body}\n{body}\n{end}\nafter\nE" for begin, body, end in KEYS.values()]
    deck = FRONT + "\n".join(f"```bash run\n{step}\n```\n" for step in steps)
    place.write(deck)
    good = place.livedeck("capture")
    assert good.code == 0, good.err
    built = place.livedeck("build", "--format", "html", "--no-fit")
    captures = captures_of(place.record())
    every = "; ".join(f"echo {shlex.quote(line)}" for line in lines)
    place.write(f"{deck}\n```bash run\n{every}; false\n```\n")
    failed = place.livedeck("capture", GITHUB_ACTIONS="true")
    attempted = place.livedeck("build", "--attempt", "--format", "html")
    return Captured(place, good, failed, built, attempted, captures)


@pytest.mark.faults("secrets")
@pytest.mark.parametrize("name", EVERY)
def test_a_secret_is_nowhere(captured: Captured, name: str) -> None:
    rule, around, secret = EVERY[name]
    capture = captured.captures[list(EVERY).index(name)]
    shown = around.format(f"<redacted:{rule}>")
    assert capture["output"] == [shown]
    assert shown in shlex.split(capture["command"])[1:]
    for where, text in captured.everything().items():
        assert secret not in text, where


@pytest.mark.faults("secrets")
@pytest.mark.parametrize("name", KEYS)
def test_a_private_key_goes_from_its_first_to_its_last_line(captured: Captured, name: str) -> None:
    begin, body, end = KEYS[name]
    capture = captured.captures[len(EVERY) + len(PLAIN) + list(KEYS).index(name)]
    mark = "<redacted:private-key>"
    assert capture["output"] == ["before", mark, mark, mark, mark, "after"]
    for where, text in captured.everything().items():
        assert not any(part in text for part in (begin, body, end)), where


@pytest.mark.faults("near misses")
@pytest.mark.parametrize("name", PLAIN)
def test_what_is_not_a_secret_stays(captured: Captured, name: str) -> None:
    capture = captured.captures[len(EVERY) + list(PLAIN).index(name)]
    assert capture["output"] == [PLAIN[name]]
    assert shlex.split(capture["command"]) == ["echo", PLAIN[name]]
    assert "<redacted" not in json.dumps(capture)


@pytest.mark.faults("secrets")
def test_the_record_counts_them_by_rule(captured: Captured) -> None:
    counted = json.loads(captured.place.record().read_text(encoding="utf-8"))["redacted"]
    wanted = Counter(rule for rule, _, _ in EVERY.values()) + Counter({"private-key": len(KEYS)})
    assert counted == {rule: 2 * number for rule, number in sorted(wanted.items())}


@pytest.mark.faults("secrets")
def test_the_runs_ended_as_they_should(captured: Captured) -> None:
    captured.good.assert_clean(0)
    captured.built.assert_clean(0)
    captured.failed.assert_clean(1, "decks/one/deck.md:", "ended with exit code 1, not 0")
    captured.attempted.assert_clean(0)
    assert captured.place.attempt().is_file()
