"""What the documents say exists, and what exists is in the documents."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner
from livedeck.cli.console import Console
from livedeck.cli.main import cli
from livedeck.cli.streams import Stream
from livedeck.model import HostFacts
from livedeck.template.program.results import StepResult
from livedeck.template.reading.options import FILE_OPTIONS, FLAGS, OPTIONS

from tests.course import ROOT, Project, captured, recorded, write_record

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = Console(Stream(None, 1), Stream(None, 2), live=False, redact=str)
TEMPLATES = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")


def test_every_option_is_in_the_table_and_nothing_else() -> None:
    table = TEMPLATES.split("| option | meaning |")[1].split("\n\n")[0]
    assert {*re.findall(r"^\| `([a-z]+)", table, re.MULTILINE)} == {*OPTIONS, *FLAGS}


def test_every_option_of_a_file_fence_is_documented() -> None:
    part = TEMPLATES.split("## Files")[1].split("\n## ")[0]
    assert all(f"`{name}" in part for name in FILE_OPTIONS if name != "show")


def test_everything_a_template_may_ask_is_named() -> None:
    asked = [name for name in vars(StepResult) if not name.startswith("_")] + list(HostFacts.__struct_fields__)
    assert [name for name in asked if f".{name}" not in TEMPLATES and name != "kind"] == []


def test_every_livedeck_line_of_the_readme_is_a_command_that_parses() -> None:
    lines = re.findall(r"(?:^    |`)livedeck ([^`#\n&]+)", README, re.MULTILINE)
    assert len(lines) >= 8
    for line in lines:
        result = CliRunner().invoke(cli, [*shlex.split(line), "--help"], obj=CONSOLE)
        assert result.exit_code == 0, (line, result.output)


@pytest.mark.parametrize(
    ("page", "options"),
    [
        ("docker-29.md", ["--engine", "docker-29-overlay2", "--against", "docker-28.5", "--across"]),
        ("docker-29-containerd.md", ["--engine", "docker-29", "--against", "docker-29-overlay2"]),
    ],
)
def test_what_docker_29_changed_is_what_drift_says_of_the_records(page: str, options: list[str]) -> None:
    report = Project(ROOT).livedeck("drift", *options, "--format", "md").stdout
    assert report.startswith("## 01-docker-images: the record on ")
    assert (ROOT / "docs" / page).read_text(encoding="utf-8").endswith(report)


def test_the_deck_of_the_readme_builds(project: Project) -> None:
    text = README.split("with a file `deck.md`:\n\n")[1].split("\n\nand run")[0]
    deck = project.root / "decks" / "03-hello" / "deck.md"
    deck.parent.mkdir()
    deck.write_text("".join(line.removeprefix("    ") for line in text.splitlines(keepends=True)), encoding="utf-8")
    capture = captured("docker run --rm nginx echo hello", "hello")
    write_record(deck.parent / "records" / "current.json", recorded((capture,), deck="03-hello"))
    done = project.livedeck("build", "03-hello", "--format", "md")
    assert done.returncode == 0, done.stderr
    assert "The container says `hello`." in (project.root / "build/03-hello.ko.md").read_text(encoding="utf-8")


def test_the_flow_in_the_architecture_is_that_of_the_program() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^`flow/(\w+)\.py`:\n\n```python\n(.*?)```$", page, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in quoted] == ["build", "capture", "drift"]
    for name, body in quoted:
        assert body in (ROOT / "generator" / "livedeck" / "flow" / f"{name}.py").read_text(encoding="utf-8")
