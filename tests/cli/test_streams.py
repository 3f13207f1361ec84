"""Standard output and standard error: one writer for all, and an end that says whether the output has arrived."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import livedeck
import pytest

from tests.conftest import hostile
from tests.course import COURSE, Project, captured, make_project, recorded, write_record

PACKAGE = Path(livedeck.__file__).parent
DOOR = PACKAGE / "cli" / "streams.py"
MATCHING = PACKAGE / "project" / "matching.py"
"""A program of its own, which answers its parent."""
HIDING = "\x1b[1A\x1b[2K"
COMMANDS = {
    "help": ["--help"],
    "version": ["--version"],
    "help of a command": ["drift", "--help"],
    "steps": ["steps", "one"],
    "steps as JSON": ["steps", "one", "--json"],
    "i18n stats": ["i18n", "stats"],
    "i18n stats as JSON": ["i18n", "stats", "--format", "json"],
    "drift": ["drift", "--against", "current"],
    "drift as JSON": ["drift", "--against", "current", "--format", "json"],
    "drift as Markdown": ["drift", "--against", "current", "--format", "md"],
    "drift as HTML": ["drift", "--against", "current", "--format", "html"],
    "doctor": ["doctor"],
}
"""Commands whose result is on standard output."""
SILENT = {
    "build": ["build", "--format", "md"],
    "check of catalogs": ["i18n", "check"],
    "update of catalogs": ["i18n", "update"],
}
"""Commands that print messages alone."""
QUICK = ("steps", "build")
OUTPUT = hostile("standard output that is gone", "exit 3, said once; 141 if nobody reads", "a traceback, exit 0")
MESSAGES = hostile("standard error that is gone", "the same work, the same exit code", "a traceback, a lost file")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A course with two languages; its commands need no Docker."""
    made = make_project(tmp_path_factory.mktemp("streams") / "course", COURSE.replace('["ko"]', '["ko", "en"]'))
    assert made.livedeck("i18n", "update").returncode == 0
    return made


def run(project: Project, command: str, redirected: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell, with its standard streams redirected."""
    line = f'"$0" -m livedeck "$@" {redirected}; echo "exit $?" >&9'
    script = ["bash", "-c", f"exec 9>&1; {line}", sys.executable, *{**COMMANDS, **SILENT}[command]]
    return subprocess.run(
        script, cwd=project.root, env=project.variables(), capture_output=True, text=True, timeout=120, check=False
    )


def soaked(names: list[str]) -> list[object]:
    """Return a few names as they are, and the others for `make soak`."""
    return [name if name in QUICK else pytest.param(name, marks=pytest.mark.soak) for name in names]


def test_nothing_prints_but_the_writer() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path in (DOOR, MATCHING):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            written = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
            assert written not in ("print", "click.echo", "click.secho", "click.prompt", "click.confirm"), path
            assert written not in ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"), path
            assert written not in ("click.echo_via_pager", "click.progressbar", "click.style"), path


@pytest.mark.hostile(*OUTPUT)
@pytest.mark.parametrize("how", [">/dev/full", ">&-", ">&- <&-"])
@pytest.mark.parametrize("command", soaked([*COMMANDS]))
def test_a_result_that_does_not_arrive_is_an_error(two: Project, command: str, how: str) -> None:
    done = run(two, command, how)
    why = "No space left on device" if "full" in how else "it is closed"
    assert done.stdout == "exit 3\n"
    assert done.stderr.splitlines()[-1] == f"error: cannot write standard output: {why}"
    assert not any(word in done.stderr for word in ("Traceback", "broke", "ignored"))


@pytest.mark.hostile(*OUTPUT)
@pytest.mark.parametrize("command", soaked([*COMMANDS]))
def test_a_reader_that_has_gone_is_no_error_of_ours(two: Project, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        ended = subprocess.run(
            two.command(*COMMANDS[command]), cwd=two.root, env=two.variables(), stdout=gone, stderr=-1, check=False
        )
    assert ended.returncode == 141
    assert b"rror" not in ended.stderr


@pytest.mark.hostile(*MESSAGES)
@pytest.mark.parametrize(
    "how", ["2>/dev/full", *(pytest.param(how, marks=pytest.mark.soak) for how in ("2>&-", "2>&- <&-"))]
)
@pytest.mark.parametrize("command", soaked([*(command for command in COMMANDS if command != "doctor"), *SILENT]))
def test_messages_that_have_no_place_change_nothing(two: Project, command: str, how: str) -> None:
    well, done = run(two, command, ""), run(two, command, how)
    assert done.stdout == well.stdout
    assert done.stdout.endswith("exit 0\n")


@pytest.mark.hostile(*OUTPUT)
@pytest.mark.parametrize("how", [">/dev/full", ">&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize("command", soaked([*SILENT]))
def test_a_command_without_a_result_needs_no_output(two: Project, command: str, how: str) -> None:
    done = run(two, command, how)
    assert done.stdout == "exit 0\n"
    if command == "build":
        assert two.markdown.read_text(encoding="utf-8").startswith("---\n")


@pytest.mark.parametrize(
    "form", ["text", "json", *(pytest.param(form, marks=pytest.mark.soak) for form in ("md", "html"))]
)
def test_a_report_is_the_same_on_standard_output_as_in_a_file(tmp_path: Path, form: str) -> None:
    said = "\u200b@someone #1 ::error::a ##[error]b ::add-mask::c é 한 ☺\ufe0f"
    deck = "---\nmarp: true\ntheme: mspt2\n---\n\n```bash run\necho hello\n```\n"
    engines = f"{COURSE}[engines.current]\n[engines.other]\n"
    project = make_project(tmp_path / "course", engines, deck, [(captured("echo hello", "::error::a", said),)])
    other = recorded((captured("echo hello", "  ::error::b", f"{said}!", "##vso[a]b"),), engine="other")
    write_record(project.record.with_name("other.json"), other)
    command = project.command("drift", "--against", "other", "--format", form)
    ascii_only = project.variables(PYTHONIOENCODING="ascii", GITHUB_ACTIONS="true")
    shown = subprocess.run(command, cwd=project.root, env=ascii_only, capture_output=True, check=False)
    assert shown.returncode == 4, shown.stderr.decode()
    assert project.livedeck(*command[3:], "--output", "report.x").returncode == 4
    written = (project.root / "report.x").read_bytes()
    assert shown.stdout == written
    ours = ("::warning file=decks/one/deck.md,line=6,title=drift::", "::error::one drifted")
    for line in [*written.decode().splitlines(), *shown.stderr.decode().splitlines()]:
        assert not line.lstrip().startswith("::") or line.startswith(ours)
        assert "##[" not in line
        assert "##vso[" not in line
    if form == "json":
        assert said in json.dumps(json.loads(written), ensure_ascii=False)


@pytest.mark.hostile("a value that is printed", "one line that shows it", "a line of its own, an escape")
@pytest.mark.parametrize("name", ["title of the course", "name of a deck", "option of a fence", "argument", "engine"])
def test_what_the_project_says_begins_no_line(tmp_path: Path, name: str) -> None:
    evil = f"x\n::error::owned{HIDING}\n##[error]owned"
    project = make_project(tmp_path / "course")
    quoted = json.dumps(evil)
    arguments = ["check"]
    if name == "title of the course":
        project.write_course(COURSE.replace('"Course"', quoted))
        arguments = ["doctor"]
    elif name == "name of a deck":
        (project.root / "decks" / evil.replace("/", "")).mkdir()
        arguments = ["check", f"{evil}y"]
    elif name == "option of a fence":
        project.write_deck(
            project.deck.read_text(encoding="utf-8").replace("id=hello", f"id=hello {HIDING}::error::owned")
        )
    elif name == "argument":
        arguments = ["steps", f"--{evil}", evil]
    else:
        arguments = ["build", "--engine", evil]
    done = project.livedeck(*arguments, GITHUB_ACTIONS="true")
    assert done.returncode in (1, 2) or name == "title of the course"
    lines = f"{done.stdout}{done.stderr}".splitlines()
    assert any("owned" in line for line in lines)
    for line in lines:
        assert not line.lstrip().startswith(("::error::owned", "##"))
        assert "\x1b" not in line
        assert "##[" not in line
