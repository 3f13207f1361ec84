"""The real thing: the layers deck of this repository, and small decks, captured on a real disposable Docker host."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.course import ROOT, Project
from tests.hosts.openssh import machine

SLUG = "02-docker-layers"
SEED = [
    "docker rmi --force $(docker images -aq)",
    "docker images",
    "docker info | grep -i storage",
    "ls -al /var/lib/docker/overlay2",
    "sudo ls -al /var/lib/docker/overlay2",
    "docker pull nginx",
    "docker images",
    "sudo ls -al /var/lib/docker/overlay2",
    'docker run --detach --label "color=red" nginx',
    "docker ps",
    "sudo ls -alt /var/lib/docker/overlay2",
    'docker run --detach --label "color=blue" nginx',
    "docker ps",
    "sudo ls -alt /var/lib/docker/overlay2",
    'docker rm --force $(docker ps --filter "label=color=blue" --quiet)',
    "docker ps",
    'docker commit $(docker ps --filter "label=color=red" --quiet) nginx:my-tag',
    "docker images",
    "sudo ls -alt /var/lib/docker/overlay2",
    'docker rm -f $(docker ps --filter "label=color=red" -q)',
    "sudo ls -alt /var/lib/docker/overlay2",
]
FENCE = re.compile(r"^(`{3,})terminal([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Live:
    """A copy of this project's decks after one `livedeck build --live`."""

    root: Path
    stderr: str

    @property
    def markdown(self) -> str:
        return (self.root / f"build/{SLUG}.ko.md").read_text(encoding="utf-8")

    @property
    def captures(self) -> list[dict[str, object]]:
        record = json.loads((self.root / f"build/records/{SLUG}/current.json").read_text(encoding="utf-8"))
        return [capture for step in record["steps"] for capture in step["captures"]]


def deck_of(commands: str, options: str = "") -> str:
    """A deck of one slide with one step."""
    return f"---\nmarp: true\ntheme: mspt2\n---\n\n```bash run {options}\n{commands}\n```\n"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Live:
    root = tmp_path_factory.mktemp("live")
    shutil.copytree(ROOT / "decks", root / "decks", ignore=shutil.ignore_patterns("records"))
    Project(root).furnish()
    done = subprocess.run(
        [sys.executable, "-m", "livedeck", "build", "--live"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Live(root, done.stderr)


def test_every_command_of_the_hands_on_ran_in_its_order(live: Live) -> None:
    typed = [capture["command"] for capture in live.captures]
    assert [command for command in typed if command in SEED] == SEED


def test_every_slide_shows_what_this_run_captured(live: Live) -> None:
    """Each terminal block is prompts, commands and output of this record, in order, and nothing else."""
    shown = [line for match in FENCE.finditer(live.markdown) for line in match[3].splitlines()]
    typed = set(re.findall(r"`?\n(ubuntu@ip-10-0-1-14:~\$ [^\n]*)", live.markdown))
    expected: list[str] = []
    for capture in live.captures:
        line = f"{capture['prompt']}{capture['command']}"
        if line in typed:
            expected += [line, *capture["output"]]  # type: ignore[misc]
    assert shown == expected
    assert len(shown) > 100


def test_nothing_is_written_next_to_the_build(live: Live) -> None:
    assert not (live.root / "decks" / SLUG / "records").exists()


def test_the_daemon_is_said_in_the_record_and_where_images_came_from(live: Live) -> None:
    record = json.loads((live.root / f"build/records/{SLUG}/current.json").read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", record["host"]["docker_version"])
    assert record["host"]["storage_driver"] == "overlay2"
    assert record["images"]["digests"]["nginx:latest"].startswith("sha256:")
    assert ("stand-in" in live.stderr) == (record["images"]["source"] == "stand-in")


def test_there_are_as_many_pages_as_slides(live: Live) -> None:
    outside = FENCE.sub("", live.markdown)
    slides = len(re.findall(r"^---$", outside, re.MULTILINE)) - 1
    html = (live.root / f"build/{SLUG}.ko.html").read_text(encoding="utf-8")
    assert len(PdfReader(live.root / f"build/{SLUG}.ko.pdf").pages) == slides
    assert html.count("<section ") == slides


def test_numbers_in_the_prose_are_those_of_this_run(live: Live) -> None:
    pulled = next(capture for capture in live.captures if capture["command"] == "docker pull nginx")
    layers = "\n".join(pulled["output"]).count("Pull complete")  # type: ignore[call-overload]
    assert layers >= 6
    assert f"| `docker pull` | +{layers} |" in live.markdown
    for row in (
        "| 첫 번째 `docker run` | +2 |",
        "| 두 번째 `docker run` | +2 |",
        "| `docker commit` | +1 |",
        "| 두 번째 `docker rm` | -2 |",
    ):
        assert row in live.markdown


@pytest.mark.soak
def test_over_ssh_the_same_docker_shows_nothing_that_counts(live: Live, tmp_path: Path) -> None:
    """The layers deck on a machine over SSH: against the sandbox's record only ids, names, times and sizes differ."""
    report, root, folder = (tmp_path / name for name in ("drift.json", "course", "ssh"))
    folder.mkdir()
    shutil.copytree(live.root / "decks", root / "decks")
    captured = live.root / f"build/records/{SLUG}/current.json"
    (root / f"decks/{SLUG}/records").mkdir()
    shutil.copy(captured, root / f"decks/{SLUG}/records")
    images = json.loads(captured.read_text(encoding="utf-8"))["images"]["source"]
    with machine(folder, images=images) as there:
        command = ["drift", SLUG, "--across", "--host", there.address(), "--disposable", "--output", str(report)]
        done = subprocess.run(
            [sys.executable, "-m", "livedeck", *command],
            cwd=root,
            env=there.environ(),
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(report.read_text(encoding="utf-8"))["decks"]
    verdicts = Counter(command["verdict"] for command in found["commands"])
    assert set(verdicts) == {"same", "volatile"}
    assert verdicts.total() == len(live.captures)


def test_a_deck_that_destroys_its_docker_does_not_meet_the_operators(
    project: Project, operators_things: Callable[[], str]
) -> None:
    deck = deck_of(
        "docker system prune --all --force --volumes\nsudo rm -rf /var/lib/docker\nsudo pkill dockerd", "exit=any"
    )
    project.deck.write_text(deck, encoding="utf-8")
    before = operators_things()
    done = project.livedeck("capture")
    assert done.returncode == 0, done.stderr
    assert operators_things() == before


def test_a_failing_step_leaves_the_record_and_says_where(project: Project) -> None:
    before = project.record.read_bytes()
    project.deck.write_text(deck_of("echo fine\nls /nope"), encoding="utf-8")
    done = project.livedeck("capture")
    assert done.returncode == 1
    assert "decks/one/deck.md:6: `ls /nope` ended with exit code 2, not 0" in done.stderr
    assert "    | ls: cannot access '/nope': No such file or directory" in done.stderr
    assert "exit=0,2" in done.stderr
    assert project.record.read_bytes() == before


def test_hostile_output_cannot_break_a_slide(project: Project) -> None:
    body = r"""---
marp: true
theme: mspt2
header: "{{ steps.nasty.lines[0] if false else "h" }}"
---

# One

> - ```bash run id=nasty
>   printf '```\n---\n<script>alert(1)</script>\n<!-- _class: x -->\n</foreignObject>\n'
>   printf '\033]0;title\007\033]52;c;aGk=\007\033[31mred\033[0m\000nul\342\200\256bidi\n'
>   printf '{{ 7*7 }} {%% raw %%} ![bg](x) `````` | a | b |\n'
>   ```

---

## {{ steps.nasty.lines[0] }} {{ steps.nasty.lines[1] }}

{{ steps.nasty.lines[2] }} `{{ steps.nasty.lines[3] }}` {{ steps.nasty.lines[6] }}

| a | {{ steps.nasty.lines[6] }} |
|---|---|
| `{{ steps.nasty.lines[6] }}` | [{{ steps.nasty.lines[4] }}](https://example.com/{{ steps.nasty.lines[6] }}) |
"""
    body = body.replace('header: "{{ steps.nasty.lines[0] if false else "h" }}"\n', "")
    project.deck.write_text(body, encoding="utf-8")
    done = project.livedeck("capture")
    assert done.returncode == 0, done.stderr
    done = project.livedeck("build")
    assert done.returncode == 0, done.stderr
    html = (project.root / "build/one.ko.html").read_text(encoding="utf-8")
    assert html.count("<section ") == 2
    assert "<script>alert" not in html
    assert 'class="x"' not in html
    assert "rednulbidi" in html
    assert "{{ 7*7 }} {% raw %} ![bg](x)" in html
    assert len(PdfReader(project.root / "build/one.ko.pdf").pages) == 2


def test_endless_output_is_stopped(project: Project) -> None:
    before = project.record.read_bytes()
    project.deck.write_text(deck_of("yes | head -c 100M", "timeout=110"), encoding="utf-8")
    done = project.livedeck("capture")
    assert done.returncode == 1
    assert "decks/one/deck.md:6: `yes | head -c 100M` wrote too much (output too long: more than 64 MiB)" in done.stderr
    assert project.record.read_bytes() == before
