"""Programs, fonts and Marp on arranged PATHs: state, affected commands, and what fixes it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from livedeck import doctor
from livedeck.doctor import docker_checks, examination
from livedeck.doctor.programs import first_line
from livedeck.doctor.system import System, detect
from livedeck.hosts.daemon.endpoint import DEFAULT, Endpoint

from tests.course import write_record
from tests.doctor.place import (
    DECK,
    FEDORA,
    MAC,
    MINT,
    NOWHERE,
    OLD_UBUNTU,
    PAGES,
    UBUNTU,
    Project,
    case,
    record_of,
    tree,
)


def test_everything_is_found_with_version_and_path(project: Project) -> None:
    """This repository is tested with these programs, so they must all be there."""
    environ = {"DOCKER_HOST": "", **os.environ, "HOME": project.environ["HOME"]}
    found = project.examine(system=detect(), **environ)
    wrong = {name: each for name, each in found.items() if each.state != "ok" and name != "leftovers"}
    assert wrong == {}
    assert found["python"].found == f"{sys.version.split()[0]} ({sys.executable})"
    assert found["node"].found.endswith(f" ({shutil.which('node')})")
    assert found["docker"].found.startswith("Docker ")
    assert found["docker"].affects == ("capture", "drift", "build --live", "shell", "clean --images")
    assert found["decks"].found == "1 template, 1 step"
    assert found["records on current"].found == "1 record, of the template as it is"
    assert found["sandbox image current"].affects == ("capture", "drift", "build --live", "shell")
    assert doctor.exit_code(tuple(found.values())) == 0


def test_nothing_is_changed_and_no_step_is_run(project: Project) -> None:
    canary = project.root / "canary"
    project.deck.write_text(DECK.replace("echo hello", f"touch {canary}"), encoding="utf-8")
    write_record(project.record, record_of(f"touch {canary}"))
    folders = (project.root / "decks", project.root, Path(project.environ["HOME"]))
    before = tree(*folders)
    found = project.examine(DOCKER_HOST=os.environ.get("DOCKER_HOST", ""))
    assert found["records on current"].state == "ok"
    assert tree(*folders) == before
    assert not canary.exists()


def test_everything_answers(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """In time on a usual machine; a slow one gets more."""
    monkeypatch.setattr(examination, "SECONDS", 10 * examination.SECONDS)
    found = project.examine(DOCKER_HOST=os.environ.get("DOCKER_HOST", ""))
    assert not [each for each in found.values() if "no answer" in each.found]


def test_an_empty_path_on_debian_lacks_all_with_the_line_that_installs_it(project: Project) -> None:
    project.with_programs()
    found = project.examine()
    lacking = {name: each.fix for name, each in found.items() if each.state == "missing"}
    assert lacking == {
        "docker": docker_checks.fix(case(project), Endpoint(NOWHERE), FileNotFoundError()),
        "mmdebstrap": "sudo apt-get install mmdebstrap debian-archive-keyring gpg uidmap",
        "ssh": "sudo apt-get install openssh-client",
        "git": "sudo apt-get install git",
        "node": "sudo apt-get install nodejs npm",
        "browser": "sudo apt-get install chromium",
    }
    assert found["node"].affects == PAGES
    assert "build --format md" in found["node"].works
    assert found["browser"].affects == ("build --format pdf,png,pptx", "fit"), "HTML is made without"
    assert found["browser"].works == ("build (without the PDF)", "check (without measuring)")
    assert found["git"].affects == ("drift --from",)
    assert found["mmdebstrap"].affects == ("capture, where Docker Hub cannot be reached",)
    assert found["ssh"].affects == ("capture --host ssh://",)
    assert doctor.exit_code(tuple(found.values())) == 3


@pytest.mark.parametrize("system", [MAC, FEDORA])
def test_other_systems_do_not_get_lines_for_apt(project: Project, system: System) -> None:
    project.with_programs()
    (project.root / "node_modules").unlink()
    project.environ.pop("DOCKER_HOST")
    fixes = [each.fix for each in project.examine(system=system).values()]
    fixes.append(docker_checks.fix(case(project, system), Endpoint(DEFAULT), FileNotFoundError()))
    assert len([fix for fix in fixes if fix]) >= 6
    assert not [fix for fix in fixes if "apt" in fix]


@pytest.mark.parametrize(
    ("likes", "line"),
    [
        ("fedora", "sudo dnf install chromium"),
        ("rocky rhel centos fedora", "sudo dnf install chromium"),
        ("debian", "sudo apt-get install chromium"),
        ("alpine", "install Chromium or Google Chrome in this system's own way"),
    ],
)
def test_the_browser_has_the_name_of_the_system(likes: str, line: str) -> None:
    assert System("linux", tuple(likes.split())).install("browser") == line
    assert MAC.install("browser") == "brew install --cask google-chrome"
    assert MAC.install("node") == "brew install node"


@pytest.mark.parametrize("system", [UBUNTU, OLD_UBUNTU, MINT])
def test_where_chromium_may_be_a_snap_another_browser_is_named(project: Project, system: System) -> None:
    project.with_programs()
    fix = project.examine(system=system)["browser"].fix
    assert fix.startswith("install Google Chrome, or point CHROME_PATH to a Chromium that is not a snap")


@pytest.mark.parametrize(
    ("system", "fix"),
    [
        (UBUNTU, "sudo apt-get install nodejs npm"),
        (System("linux", ("debian",), is_root=True), "apt-get install nodejs npm"),
        (OLD_UBUNTU, "install Node.js 18 or newer with npm, and see that it comes first on the PATH"),
        (MINT, "install Node.js 18 or newer with npm, and see that it comes first on the PATH"),
    ],
)
def test_a_package_is_named_only_where_it_is_new_enough(project: Project, system: System, fix: str) -> None:
    project.with_programs()
    assert project.examine(system=system)["node"].fix == fix


def test_an_old_node_does_not_count(project: Project) -> None:
    project.with_programs(node="echo v12.22.9")
    node = project.examine()["node"]
    assert (node.state, node.affects) == ("broken", PAGES)
    assert node.found == f"v12.22.9 ({project.environ['PATH']}/node) is too old: Livedeck needs 18 or newer"


def test_programs_that_fail_are_broken(project: Project) -> None:
    project.with_programs(node="exit 1", chromium="echo no >&2; exit 1", ssh="exit 2")
    found = project.examine()
    assert {name: found[name].state for name in ("node", "browser", "ssh")} == dict.fromkeys(
        ("node", "browser", "ssh"), "broken"
    )


def test_a_snap_is_reported(project: Project) -> None:
    project.with_programs(chromium='[ "$1" = --version ] && echo "Chromium 150.0 snap" || exec /snap/bin/chromium "$@"')
    browser = project.examine(system=UBUNTU)["browser"]
    assert (browser.state, browser.affects) == ("broken", ("build --format pdf,png,pptx", "fit"))
    assert browser.found.startswith("Chromium 150.0 snap (")
    assert "not a snap" in browser.fix


def test_chrome_path_that_leads_nowhere(project: Project) -> None:
    browser = project.examine(CHROME_PATH="/nowhere/chrome")["browser"]
    assert (browser.state, browser.fix) == ("missing", "unset CHROME_PATH, or correct it")
    assert browser.found == "CHROME_PATH is /nowhere/chrome, which is not a program"


def test_a_font_of_the_theme_that_is_not_there(project: Project) -> None:
    assert project.examine()["fonts"].state == "ok"
    (project.root / "node_modules").unlink()
    fonts = project.examine()["fonts"]
    assert (fonts.state, fonts.affects) == ("missing", PAGES)
    assert re.match(r"\d+ of \d+ fonts of the theme mspt2 are not there: Pretendard-Regular\.ttf$", fonts.found)
    assert fonts.fix == f"npm ci --ignore-scripts --prefix {project.root}"
    (project.root / "themes" / "mspt2.css").write_text("/* @theme mspt2 */")
    assert project.examine()["fonts"].state == "ok"


def test_a_program_that_hangs_is_given_up_with_all_it_started(tmp_path: Path) -> None:
    """All of its processes hold a pipe open, which ends with the last of them."""
    script, pipe = tmp_path / "hangs", tmp_path / "pipe"
    script.write_text(f"#!/bin/sh\nexec 3> {pipe}\nsleep 300 &\nsleep 300\n")
    script.chmod(0o755)
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    start = time.monotonic()
    assert first_line([str(script)], os.environ, seconds=0.5) == ""
    assert _ended(reading)
    assert time.monotonic() - start < 100
    os.close(reading)


def _ended(pipe: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            return os.read(pipe, 1) == b""
        time.sleep(0.05)
    return False


def test_no_node_modules(project: Project) -> None:
    (project.root / "node_modules").unlink()
    found = project.examine()
    for name in ("marp", "markdown-it-cjk-friendly"):
        assert (found[name].state, found[name].affects) == ("missing", PAGES)
        assert found[name].fix == f"npm ci --ignore-scripts --prefix {project.root}"
    project.with_programs("node")
    assert project.examine()["marp"].fix.startswith("sudo apt-get install npm, then npm ci ")


def test_another_marp_than_the_lock_file_has(project: Project) -> None:
    lock = project.root / "package-lock.json"
    data = json.loads(lock.read_text())
    have = data["packages"]["node_modules/@marp-team/marp-cli"]["version"]
    data["packages"]["node_modules/@marp-team/marp-cli"]["version"] = "99.0.0"
    lock.write_text(json.dumps(data))
    found = project.examine()
    assert (found["marp"].state, found["marp"].found) == (
        "old",
        f"{have} is installed, package-lock.json has 99.0.0",
    )
    assert found["markdown-it-cjk-friendly"].state == "ok"


def test_half_a_marp(project: Project) -> None:
    modules = project.root / "node_modules"
    modules.unlink()
    (modules / "@marp-team/marp-cli").mkdir(parents=True)
    (modules / "@marp-team/marp-cli/package.json").write_text("{")
    marp = project.examine()["marp"]
    assert (marp.state, marp.found) == ("broken", "node_modules/@marp-team/marp-cli is damaged")
