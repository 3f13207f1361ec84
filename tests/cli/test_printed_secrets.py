"""What is printed passes the redactor of records, with the rules of the course."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course import COURSE, Project, captured, make_project, recorded, write_record

RULES = "[redact]\nallowed = ['taught-here']\n[redact.rules]\naccount = '\\b\\d{12}\\b'\n"
ACCOUNT = "123456789012"
SHOWN = f"password=taught-here of {ACCOUNT}"
HIDDEN = "password=taught-here of <redacted:account>"
DECK = """\
---
marp: true
theme: mspt2
---

```bash run id=shown
cat shown
```

{% claim steps.shown.text == "other" %}It is another one.{% endclaim %}
"""
BREAKING = """\
import sys, livedeck.cli.steps
said = sys.argv.pop()
def broken(edition):
    raise ValueError(said)
livedeck.cli.steps.read_template = broken
from livedeck.cli.main import main
main()
"""


@pytest.fixture
def older(tmp_path: Path) -> Project:
    """A course whose record is older than its rules."""
    return make_project(tmp_path / "course", COURSE + RULES, DECK, [(captured("cat shown", SHOWN),)])


def test_a_message_follows_the_rules_of_the_course(older: Project) -> None:
    for environ in ({}, {"GITHUB_ACTIONS": "true"}):
        done = older.livedeck("build", "--format", "md", **environ)
        assert done.returncode == 1
        assert HIDDEN in done.stderr
        assert ACCOUNT not in done.stderr
    older.write_course(COURSE)
    assert SHOWN.replace("taught-here", "<redacted:password>") in older.livedeck("build", "--format", "md").stderr


def test_a_wrong_rule_is_reported_and_the_others_hold(older: Project) -> None:
    older.write_course(f"{COURSE}[redact.rules]\nbad = '('\n")
    done = older.livedeck("build", "--format", "md")
    assert done.returncode == 2
    assert "redact.rules.bad is not a regular expression" in done.stderr


@pytest.mark.parametrize("form", ["text", "md", "json", "html"])
def test_a_report_on_records_that_are_older(older: Project, form: str) -> None:
    write_record(older.record.with_name("other.json"), recorded((captured("cat shown", f"{SHOWN}!"),), engine="other"))
    older.write_course(f"{COURSE}[engines.current]\n[engines.other]\n{RULES}")
    done = older.livedeck("drift", "--against", "other", "--format", form)
    assert done.returncode == 4, done.stderr
    assert ACCOUNT not in done.stdout + done.stderr
    assert "taught-here" in done.stdout
    assert "account" in done.stdout


def test_what_was_typed_unseen_is_no_drift_from_a_record_that_shows_it(older: Project) -> None:
    asked = captured("read -s p")
    plain, hidden = (
        type(asked)(asked.prompt, asked.command, (), 0, 0.1, input=each) for each in ("a\\nb", "a\\n<redacted:input>")
    )
    older.write_deck('---\nmarp: true\n---\n\n```bash run input="a\\nb"\nread -s p\n```\n', (hidden,))
    write_record(older.record.with_name("other.json"), recorded((plain,), engine="other"))
    older.write_course(f"{COURSE}[engines.current]\n[engines.other]\n{RULES}")
    for engines in (("other", "current"), ("current", "other")):
        done = older.livedeck("drift", "--engine", engines[0], "--against", engines[1])
        assert done.returncode == 0, done.stdout + done.stderr
    assert older.livedeck("build", "--format", "md").returncode == 0


def test_a_report_says_why_a_deck_is_missing_without_secrets(older: Project) -> None:
    done = older.livedeck("drift", "--from", "HEAD", "--format", "json")
    assert done.returncode != 0
    older.record.write_text(json.dumps({"password": 1}).replace("password", f"of {ACCOUNT}"), encoding="utf-8")
    done = older.livedeck("drift", "--against", "current", "--format", "json")
    assert "unknown field `of <redacted:account>`" in done.stdout
    assert ACCOUNT not in done.stdout + done.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_doctor(older: Project, as_json: bool) -> None:
    done = older.livedeck("doctor", *(["--json"] if as_json else []), DOCKER_HOST=f"tcp://127.0.0.1:1/{ACCOUNT}")
    assert "docker" in done.stdout
    assert ACCOUNT not in done.stdout + done.stderr
    if as_json:
        assert json.loads(done.stdout)


@pytest.mark.parametrize("debugging", ["", "1"])
def test_a_bug(older: Project, debugging: str) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IGtleQ\n-----END PRIVATE KEY-----"
    command = [sys.executable, "-c", BREAKING, "steps", "one", f"{SHOWN}\n{key}\nend"]
    done = subprocess.run(
        command,
        cwd=older.root,
        env=older.variables(LIVEDECK_DEBUG=debugging),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 70
    assert HIDDEN in done.stderr
    assert ("Traceback" in done.stderr) == bool(debugging)
    assert ACCOUNT not in done.stderr
    assert "c2VjcmV0IGtleQ" not in done.stderr


def test_what_only_the_template_says_is_the_authors(older: Project) -> None:
    older.write_deck(f"{DECK.partition('{% claim')[0]}\n{SHOWN} in prose\n", (captured("cat shown", "x"),))
    done = older.livedeck("build", "--format", "md")
    assert done.returncode == 0, done.stderr
    assert f"{SHOWN} in prose" in older.markdown.read_text(encoding="utf-8")
