"""`scripts/setup` on a machine made of stubs: what it installs, names and refuses, without installing anything."""

import json
import os
import shutil
import subprocess

import pytest

from tests.setup.stubs import ROOT


def pip(part):
    """The calls of pip that install the packages for decks or tests, and then Livedeck itself."""
    own = "pip --no-index --no-deps --no-build-isolation -e ."
    return [f"pip --require-hashes --only-binary :all: -r constraints/{part}.txt", own]


def is_done(done, *lines):
    assert (done.returncode, done.stdout.splitlines()) == (0, list(lines))


def test_fresh_machine_gets_everything_in_one_go_each_named(fresh):
    is_done(
        fresh.set_up("test"),
        "set-up: installing python3 python3-venv (to run Livedeck)",
        "set-up: installing nodejs npm (to run Marp)",
        "set-up: installing chromium (to print PDF)",
        "set-up: installing mmdebstrap debian-archive-keyring gpg (to make a sandbox's Debian without Docker Hub)",
        "set-up: installing make (to run the checks)",
        "set-up: installing git (to read earlier records)",
        "set-up: installing shellcheck (to check shell scripts)",
        "set-up: installing openssh-client (to capture on other hosts)",
        "set-up: installing procps (to test that no process is left)",
        "set-up: installing docker.io iptables (to capture decks)",
        "set-up: making .venv (Python 3.11.2)",
        "set-up: installing Python packages into .venv",
        "set-up: installing Node packages into node_modules (Marp CLI, fonts)",
    )
    assert [call.split()[0] for call in fresh.calls] == ["apt-get", "apt-get", "pip", "pip", "npm"]
    assert fresh.calls[2:4] == pip("test")


@pytest.mark.parametrize("part", ["test", "decks"])
def test_second_run_does_and_says_nothing(ready, part):
    is_done(ready.set_up(part))
    assert ready.calls == []


def test_decks_need_neither_linters_nor_test_packages(fresh):
    assert fresh.set_up("decks").returncode == 0
    assert "shellcheck" not in str(fresh.calls)
    assert fresh.calls[-3:-1] == pip("decks")
    assert "set-up: installing Python packages into .venv" in fresh.set_up("test").stdout


@pytest.mark.parametrize("name", ["constraints/decks.txt", "constraints/test.txt", "pyproject.toml"])
def test_stale_python_packages_are_noticed(ready, name):
    with (ready.root / name).open("a") as file:
        file.write("\n# changed\n")
    is_done(ready.set_up("test"), "set-up: installing Python packages into .venv")
    assert ready.calls == pip("test")


def test_stale_node_packages_are_noticed(ready):
    lock = json.loads((ready.root / "package-lock.json").read_text())
    (ready.root / "package-lock.json").write_text(json.dumps(lock | {"version": "9"}))
    is_done(ready.set_up("decks"), "set-up: installing Node packages into node_modules (Marp CLI, fonts)")


@pytest.mark.parametrize("gone", [".venv", ".venv/bin/python", ".venv/pyvenv.cfg"])
def test_broken_venv_is_made_again(ready, gone):
    path = ready.root / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = ready.set_up("test")
    is_done(done, "set-up: making .venv (Python 3.11.2)", "set-up: installing Python packages into .venv")


def test_venv_of_a_copied_folder_is_made_again(ready):
    copy = ready.box / "copy"
    shutil.copytree(ready.root, copy)
    assert "set-up: making .venv" in ready.set_up("test", root=copy).stdout


def test_failed_installation_shows_why_and_leaves_no_stamp(ready):
    ready.command("npm", "echo 'network is down'; exit 1")
    shutil.rmtree(ready.root / "node_modules")
    for _ in range(2):
        done = ready.set_up("decks")
        assert done.returncode == 1
        assert "    network is down" in done.stdout


def test_without_root_the_command_to_type_is_printed(fresh):
    fresh.command("id", "echo 1000")
    done = fresh.set_up("decks")
    assert done.returncode == 1
    assert "apt-get install python3 python3-venv nodejs npm chromium" in done.stdout
    assert "Livedeck needs Python 3.11 or newer with venv; found: none." in done.stdout


def test_sudo_that_would_ask_is_not_asked_in_ci(ready):
    ready.without("chromium")
    ready.command("id", "echo 1000")
    ready.command("sudo", '[[ $1 == -n ]] && exit 1; echo "sudo $*" >>"$BOX/calls"')
    done = ready.set_up("test")
    assert (done.returncode, ready.calls) == (1, [])
    assert "installing needs root, and sudo is not there or asks for a password" in done.stdout


def test_sudo_that_does_not_ask_is_used(fresh):
    fresh.command("id", "echo 1000")
    fresh.command("sudo", '[[ $1 == -n ]] && shift; [[ $1 == true ]] || echo "sudo" >>"$BOX/calls"; exec "$@"')
    done = fresh.set_up("decks")
    assert done.returncode == 0, done.stdout
    assert [call.split()[0] for call in fresh.calls] == ["sudo", "apt-get", "sudo", "apt-get", "pip", "pip", "npm"]
    assert "uidmap" in fresh.calls[3]


@pytest.mark.parametrize(("part", "code"), [("decks", 0), ("test", 1)])
def test_missing_browser_stops_only_the_tests(ready, part, code):
    ready.without("chromium")
    done = ready.set_up(part, BROKEN="chromium")
    assert done.returncode == code
    assert "E: cannot install chromium" in done.stdout
    assert "set-up: still missing: chromium (to print PDF)" in done.stdout


@pytest.mark.parametrize(("part", "code"), [("decks", 0), ("test", 1)])
def test_ubuntus_snap_is_not_a_browser_and_not_installed(ready, part, code):
    ready.command("chromium", "exec /snap/bin/chromium")
    done = ready.set_up(part, NOT_UBUNTU="0")
    assert (done.returncode, ready.calls) == (code, [])
    assert "Install Google Chrome, or point CHROME_PATH to a Chromium that is not a snap." in done.stdout
    ready.command("google-chrome", ":")
    is_done(ready.set_up(part, NOT_UBUNTU="0"))


def test_decks_go_on_where_docker_cannot_be_installed(fresh):
    done = fresh.set_up("decks", BROKEN="docker.io")
    assert done.returncode == 0, done.stdout
    assert "there is no Docker engine here" in done.stdout
    assert "set-up: Going on without Docker." in done.stdout
    assert (fresh.root / "node_modules/.bin/marp").exists()


def test_tests_stop_where_docker_cannot_be_installed(fresh):
    done = fresh.set_up("test", BROKEN="docker.io")
    assert done.returncode == 1
    assert "E: cannot install docker.io" in done.stdout


@pytest.mark.parametrize(("part", "code"), [("decks", 0), ("test", 1)])
def test_docker_that_refuses_this_user_is_explained(ready, part, code):
    ready.command("docker", "echo 'permission denied while trying to connect' >&2; exit 1")
    ready.command("dockerd", ":")
    ready.command("id", "[[ $1 == -un ]] && echo mina || echo 1000")
    ready.command("dpkg-query", "echo 'ii '")
    done = ready.set_up(part)
    assert done.returncode == code
    assert "Docker runs, but mina may not use it. Join its group: sudo usermod -aG docker mina" in done.stdout


@pytest.mark.parametrize(("part", "code"), [("decks", 0), ("test", 1)])
def test_stopped_docker_needs_root(ready, part, code):
    ready.command("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    ready.command("dockerd", ":")
    ready.command("id", "echo 1000")
    ready.command("dpkg-query", "echo 'ii '")
    done = ready.set_up(part)
    assert done.returncode == code
    assert "Start it: sudo systemctl start docker" in done.stdout


def test_docker_elsewhere_is_not_started_here(ready):
    ready.command("docker", "exit 1")
    done = ready.set_up("test", DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.returncode == 1
    assert "Docker does not answer at DOCKER_HOST=tcp://127.0.0.1:1" in done.stdout


def test_old_python_is_named(fresh):
    done = fresh.set_up("decks", VERSION="3.9.2")
    assert done.returncode == 1
    assert "Livedeck needs Python 3.11 or newer with venv; found: Python 3.9.2." in done.stdout
    assert "make decks PYTHON=/path/to/python3.12" in done.stdout


def test_wrong_choice_of_python_stops_before_anything_is_done(fresh):
    done = fresh.set_up("decks", PYTHON="/no/such/python")
    assert (done.returncode, fresh.calls) == (1, [])
    assert "PYTHON=/no/such/python is not a Python 3.11 or newer" in done.stdout


def test_old_node_is_named(ready):
    ready.command("node", "echo v16.3.0")
    (ready.box / "archive/nodejs/node").unlink()
    done = ready.set_up("decks")
    assert done.returncode == 1
    assert "Livedeck needs Node 18 or newer with npm, for Marp; found: v16.3.0." in done.stdout


def test_on_this_machine_nothing_is_left_to_do(tmp_path):
    """`make test` has set it up just now; nothing may be called, and nothing may change."""
    stamps = [ROOT / ".venv/livedeck-setup", ROOT / "node_modules/.livedeck-setup"]
    assert all(stamp.exists() for stamp in stamps), "run the tests with `make test`, or `make setup` before them"
    before = [stamp.stat().st_mtime_ns for stamp in stamps]
    for name in ("apt-get", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho must not be called\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [ROOT / "scripts/setup", "test"],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [stamp.stat().st_mtime_ns for stamp in stamps] == before
