"""Secrets in output: taken out before anything is written or said, and counted. In commands they are errors."""

from __future__ import annotations

import json
import re
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
LINES = [*(around.format(secret) for _, around, secret in EVERY.values()), *PLAIN.values()]
UNSEEN = "Hunter-2unseen"
TYPED = f"""
```bash run input="me\\n{UNSEEN}\\n{UNSEEN}\\nsecret\\ntaught-here"
read -p "name: " n; read -sp "new: " p; echo; read -sp "again: " q; echo; read -sp "word: " w; read -sp "shown: " s
```

```bash run
echo "$n has $p, a $w is a secret, $s"
(until [[ -e go && $(ps -o stat= $$) == S*+ ]]; do sleep 0.05; done; echo "late: $p"; touch ready) & disown
```

```bash run retry=20
test -e ready || {{ touch go; false; }}
```
"""


def deck_of(*commands: str) -> str:
    """A step for each of the commands, the first on line 7, each further one four lines below."""
    return FRONT + "\n".join(f"```bash run\n{command}\n```\n" for command in commands)


def fence_of(number: int) -> str:
    """Where the fence of that step of `deck_of` is."""
    return f"decks/one/deck.md:{FRONT.count(chr(10)) + 1 + 4 * number}"


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
    files = place.deck().parent / "files"
    files.mkdir(parents=True)
    (files / "lines").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    for number, (begin, body, end) in enumerate(KEYS.values()):
        text = f"before\n{begin}\n{body}\n{body}\n{end}\nafter\n"
        (files / f"key-{number}").write_text(text, encoding="utf-8")
    steps = [f"sed -n {number}p lines" for number in range(1, len(LINES) + 1)]
    steps += [f"cat key-{number}" for number in range(len(KEYS))]
    deck = deck_of(*steps) + TYPED
    place.write(deck)
    good = place.livedeck("capture", LOGNAME="GNU")
    assert good.code == 0, good.err
    built = place.livedeck("build", "--format", "html", "--no-fit")
    captures = captures_of(place.record())
    place.write(f"{deck}\n```bash run\ncat lines; false\n```\n")
    failed = place.livedeck("capture", GITHUB_ACTIONS="true")
    attempted = place.livedeck("build", "--attempt", "--format", "html")
    return Captured(place, good, failed, built, attempted, captures)


@pytest.mark.faults("secrets")
@pytest.mark.parametrize("name", EVERY)
def test_a_secret_is_nowhere(captured: Captured, name: str) -> None:
    rule, around, secret = EVERY[name]
    capture = captured.captures[list(EVERY).index(name)]
    assert capture["output"] == [around.format(f"<redacted:{rule}>")]
    for where, text in captured.everything().items():
        assert secret not in text, where


@pytest.mark.faults("secrets")
@pytest.mark.parametrize("name", KEYS)
def test_a_private_key_goes_from_its_first_to_its_last_line(captured: Captured, name: str) -> None:
    begin, body, end = KEYS[name]
    capture = captured.captures[len(LINES) + list(KEYS).index(name)]
    mark = "<redacted:private-key>"
    assert capture["output"] == ["before", mark, mark, mark, mark, "after"]
    for where, text in captured.everything().items():
        assert not any(part in text for part in (begin, body, end)), where


@pytest.mark.faults("near misses")
@pytest.mark.parametrize("name", PLAIN)
def test_what_is_not_a_secret_stays(captured: Captured, name: str) -> None:
    capture = captured.captures[len(EVERY) + list(PLAIN).index(name)]
    assert capture["output"] == [PLAIN[name]]
    assert "<redacted" not in json.dumps(capture)


@pytest.mark.faults("secrets")
def test_what_was_typed_unseen_is_nowhere_but_words_and_what_is_allowed_are(captured: Captured) -> None:
    asked, shown, job, *_ = captured.captures[len(LINES) + len(KEYS) :]
    mark = "<redacted:input>"
    assert asked["input"] == f"me\\n{mark}\\n{mark}\\n{mark}\\ntaught-here"
    assert shown["output"][0] == f"me has {mark}, a secret is a secret, taught-here"
    assert f"late: {mark}" in job["output"]
    for where, text in captured.everything().items():
        assert UNSEEN not in text, where


@pytest.mark.faults("secrets")
def test_the_machine_is_not_called_after_the_operator(captured: Captured) -> None:
    host = json.loads(captured.place.record().read_text(encoding="utf-8"))["host"]
    assert host["operating_system"].startswith("Debian ubuntu/Linux"), "the operator was called GNU"


@pytest.mark.faults("secrets")
def test_they_are_counted_by_rule_in_the_record_and_by_place_at_the_end(captured: Captured) -> None:
    counted = json.loads(captured.place.record().read_text(encoding="utf-8"))["redacted"]
    wanted = Counter(rule for rule, _, _ in EVERY.values())
    wanted += Counter({"private-key": len(KEYS), "input": 2})
    assert counted == dict(sorted(wanted.items()))
    said = re.findall(r"^redacted: (\d+) by the rule (\S+), in the output of (.*)$", captured.good.err, re.MULTILINE)
    assert [(rule, int(count)) for count, rule, _ in said] == sorted(wanted.items())
    places = {rule: named for _, rule, named in said}
    rules = [rule for rule, _, _ in EVERY.values()]
    assert places["account"] == fence_of(rules.index("account"))
    assert places["input"] == fence_of(len(LINES) + len(KEYS) + 1), "late lines count for the step before"
    first, *_ = [number for number, rule in enumerate(rules) if rule == "password"]
    assert places["password"].startswith(f"{fence_of(first)}, {fence_of(first + 1)}, ")
    again = re.findall(r"^redacted: (\d+) by the rule account, .*$", captured.failed.err, re.MULTILINE)
    assert again == ["2"], "an attempt is counted as well"


@pytest.mark.faults("secrets")
def test_the_runs_ended_as_they_should(captured: Captured) -> None:
    captured.good.assert_clean(0)
    captured.built.assert_clean(0)
    captured.failed.assert_clean(1, "decks/one/deck.md:", "ended with exit code 1, not 0")
    captured.attempted.assert_clean(0)
    assert captured.place.attempt().is_file()


COMMANDS = (
    ("capture",),
    ("build", "--live", "--format", "md"),
    ("build", "--format", "md"),
    ("check",),
    ("fit",),
    ("drift",),
    ("shell", "one"),
    ("steps", "one"),
)


@pytest.mark.faults("secrets")
def test_in_a_command_each_is_an_error_before_a_host_is_opened(place: Place) -> None:
    place.course(COURSE)
    lines = [f"echo {shlex.quote(around.format(secret))}" for _, around, secret in EVERY.values()]
    place.write(deck_of(*lines, *(f"echo {shlex.quote(line)}" for line in PLAIN.values())))
    before = place.keep(*lines)
    for command in COMMANDS:
        done = place.livedeck(*command, DOCKER_HOST="tcp://127.0.0.1:1")
        done.assert_clean(1)
        found = re.findall(
            r"^(decks/one/deck.md:\d+): `echo .*<redacted:[\w-]+>.*` holds a secret", done.err, re.MULTILINE
        )
        assert found == [f"decks/one/deck.md:{7 + 4 * number}" for number in range(len(lines))], command
        for _, _, secret in EVERY.values():
            assert secret not in done.err + done.out, command
    place.assert_old(before)


@pytest.mark.faults("secrets")
def test_what_the_hint_says_works(place: Place) -> None:
    place.write(deck_of("docker run -e MYSQL_ROOT_PASSWORD=hunter2x mysql"))
    place.keep("docker run -e MYSQL_ROOT_PASSWORD=hunter2x mysql")
    done = place.livedeck("build", "--format", "md")
    done.assert_clean(
        1, '  if what is at the mark is no secret in this course, write it as allowed = ["..."] under [redact]'
    )
    place.course('[redact]\nallowed = ["hunter2x"]\n')
    done = place.livedeck("build", "--format", "md")
    done.assert_clean(0)
    assert "MYSQL_ROOT_PASSWORD=hunter2x" in place.markdown()


@pytest.mark.faults("secrets")
def test_a_command_is_not_called_after_the_operator_where_it_runs(place: Place) -> None:
    place.write(deck_of("adduser morgana"))
    place.keep("adduser morgana")
    done = place.livedeck("capture", LOGNAME="morgana", DOCKER_HOST="tcp://127.0.0.1:1")
    done.assert_clean(
        1, "deck.md:7: `adduser <redacted:operator>` names you", "write ~ for the folder, or another name"
    )
    place.livedeck("build", "--format", "md", LOGNAME="morgana").assert_clean(0)


@pytest.mark.faults("secrets")
def test_a_command_that_jinja_makes_is_not_typed_with_a_secret_nor_replayed(place: Place) -> None:
    first, made = "echo Hunter-2x | tee value", "echo token={{ steps.value.text }} | tee typed"
    rest = "```bash run expand\necho {{ steps.value.exit }}\n" + made + "\n```\n"
    place.write(f"{FRONT}```bash run id=value\n{first}\n```\n\n{rest}")
    done = place.livedeck("capture")
    at = "decks/one/deck.md:10"
    done.assert_clean(
        1, f"{at}: `echo token=<redacted:secret> | tee typed` holds a secret", "livedeck shell one --after 1"
    )
    assert [capture["command"] for capture in captures_of(place.attempt())] == [first, "echo 0"]
    assert "redacted:" not in done.err.replace("<redacted:", "")
    place.keep(first, "echo 0\n" + made)
    place.write(
        deck_of(first).replace("run", "run id=value")
        + "\n```bash run expand\necho token={{ steps.value.text }}4711Xyz\n```\n"
    )
    place.keep(first, "echo token=old4711Xyz")
    done = place.livedeck("build", "--format", "md")
    done.assert_clean(1, f"{at}: `echo token=<redacted:secret>` holds a secret")
