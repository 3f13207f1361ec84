"""Real probes on this machine, on arranged PATHs, daemons and projects: state, affected commands, and what mends it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docker
import pytest
from docker.utils import kwargs_from_env

from generator import doctor, records
from generator.doctor import address, content
from generator.doctor import docker as daemons
from generator.doctor.examination import SECONDS
from generator.doctor.finding import Case, Finding
from generator.doctor.running import said
from generator.hosts.endpoint import DEFAULT, Endpoint
from generator.model import Capture, Images, Record, RecordedStep
from generator.system import System, detect, of_release
from tests.facts import FACTS

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65534
PAGES = ("build", "build --live", "check", "fit")
NOWHERE = "unix:///nowhere/docker.sock"
DEBIAN = of_release("linux", {"ID": "debian", "VERSION_ID": "12"}, user="ann")
UBUNTU = of_release("linux", {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "24.04"}, user="ann")
OLD_UBUNTU = of_release("linux", {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "22.04"}, user="ann")
MINT = of_release("linux", {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "VERSION_ID": "22"}, user="ann")
FEDORA = of_release("linux", {"ID": "fedora", "VERSION_ID": "44"}, user="ann")
MAC = of_release("darwin", {}, user="ann")
COURSE = 'title = "Course"\nlanguages = ["ko"]\n[engines.current]\n'
DECK = """\
---
marp: true
theme: mspt2
---

```bash run id=hello
echo hello
```

{% claim steps.hello.text == "hello" %}It says {{ steps.hello.text }}.{% endclaim %}
"""


@dataclass(frozen=True)
class Project:
    """A course with one deck and its record, and what a user of it has in the environment."""

    root: Path
    environ: dict[str, str]

    @property
    def deck(self) -> Path:
        return self.root / "decks/one/deck.md"

    @property
    def record(self) -> Path:
        return self.root / "decks/one/records/current.json"

    @property
    def course(self) -> Path:
        return self.root / "decks/course.toml"

    def with_programs(self, *names: str, **scripts: str) -> None:
        """A PATH with nothing but links to these programs of this machine, and these small scripts."""
        folder = self.root.parent / "programs" / "bin"
        folder.mkdir(parents=True)
        for name in names:
            found = shutil.which(name)
            assert found, f"{name} is needed here"
            (folder / name).symlink_to(found)
        for name, text in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        self.environ["PATH"] = str(folder)

    def examine(self, *, system: System = DEBIAN, now: datetime | None = None, **environ: str) -> dict[str, Finding]:
        """Findings by name."""
        found = doctor.examine(self.root, environ={**self.environ, **environ}, system=system, now=now)
        assert len({finding.name for finding in found}) == len(found)
        return {finding.name: finding for finding in found}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "course"
    home = tmp_path / "home"
    home.mkdir()
    made = Project(root, {"PATH": os.environ["PATH"], "HOME": str(home), "DOCKER_HOST": NOWHERE})
    made.deck.parent.mkdir(parents=True)
    made.course.write_text(COURSE, encoding="utf-8")
    made.deck.write_text(DECK, encoding="utf-8")
    records.write(made.record, _record("echo hello"))
    (root / "themes").symlink_to(ROOT / "themes")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(ROOT / "package-lock.json", root)
    return made


def _record(command: str) -> Record:
    capture = Capture("ubuntu@ip-10-0-1-14:~$ ", command, ("hello",), 0, 0.01)
    return Record(
        format=records.FORMAT,
        deck="one",
        engine="current",
        captured="2026-11-22T00:00:00Z",
        columns=120,
        host=FACTS,
        images=Images("hub"),
        claims=(),
        steps=(RecordedStep(0, 0, (capture,)),),
    )


def _tree(*folders: Path) -> dict[str, tuple[int, str]]:
    paths = [path for folder in folders for path in folder.rglob("*")]
    return {
        str(path): (
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in paths
    }


# --- a machine that has everything ---------------------------------------------------------------


def test_everything_is_found_with_version_and_path(project: Project) -> None:
    """The programs are those this repository is tested with, so they must all be there."""
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
    records.write(project.record, _record(f"touch {canary}"))
    folders = (project.root / "decks", project.root, Path(project.environ["HOME"]))
    before = _tree(*folders)
    found = project.examine(DOCKER_HOST=os.environ.get("DOCKER_HOST", ""))
    assert found["records on current"].state == "ok"
    assert _tree(*folders) == before
    assert not canary.exists()


def test_everything_answers_in_time(project: Project) -> None:
    start = time.monotonic()
    found = project.examine(DOCKER_HOST=os.environ.get("DOCKER_HOST", ""))
    assert time.monotonic() - start < SECONDS
    assert not [each for each in found.values() if "no answer" in each.found]


# --- programs ------------------------------------------------------------------------------------


def test_an_empty_path_on_debian_lacks_all_with_the_line_that_installs_it(project: Project) -> None:
    project.with_programs()
    found = project.examine()
    lacking = {name: each.mend for name, each in found.items() if each.state == "missing"}
    assert lacking == {
        "docker": address.mend(_case(project), Endpoint(NOWHERE), FileNotFoundError()),
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
def test_other_systems_are_not_told_to_use_apt(project: Project, system: System) -> None:
    project.with_programs()
    (project.root / "node_modules").unlink()
    project.environ.pop("DOCKER_HOST")
    mends = [each.mend for each in project.examine(system=system).values()]
    mends.append(address.mend(_case(project, system), Endpoint(DEFAULT), FileNotFoundError()))
    assert len([mend for mend in mends if mend]) >= 6
    assert not [mend for mend in mends if "apt" in mend]


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ({"ID": "fedora"}, "sudo dnf install chromium"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "sudo dnf install chromium"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "sudo zypper install chromium"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S chromium"),
        ({"ID": "alpine"}, "sudo apk add chromium"),
        ({"ID": "debian"}, "sudo apt-get install chromium"),
        ({"ID": "plan9"}, "install Chromium or Google Chrome in this system's own way"),
    ],
)
def test_the_browser_has_the_name_of_the_system(release: dict[str, str], line: str) -> None:
    assert of_release("linux", release).install_browser() == line
    assert of_release("darwin", {}).install_browser() == "brew install --cask google-chrome"
    assert of_release("darwin", {}).install_node() == "brew install node"


@pytest.mark.parametrize("system", [UBUNTU, OLD_UBUNTU, MINT])
def test_where_chromium_may_be_a_snap_another_browser_is_named(project: Project, system: System) -> None:
    project.with_programs()
    mend = project.examine(system=system)["browser"].mend
    assert mend.startswith("install Google Chrome, or point CHROME_PATH to a Chromium that is no snap")


@pytest.mark.parametrize(
    ("system", "mend"),
    [
        (UBUNTU, "sudo apt-get install nodejs npm"),
        (of_release("linux", {"ID": "debian"}, is_root=True), "apt-get install nodejs npm"),
        (OLD_UBUNTU, "install Node.js 18 or newer with npm, and see that it comes first on the PATH"),
        (MINT, "install Node.js 18 or newer with npm, and see that it comes first on the PATH"),
    ],
)
def test_a_package_is_named_only_where_it_is_new_enough(project: Project, system: System, mend: str) -> None:
    project.with_programs()
    assert project.examine(system=system)["node"].mend == mend


def test_an_old_node_is_no_node(project: Project) -> None:
    project.with_programs(node="echo v12.22.9")
    node = project.examine()["node"]
    assert (node.state, node.affects) == ("broken", PAGES)
    assert node.found == f"v12.22.9 ({project.environ['PATH']}/node) is too old: Marp needs 18 or newer"


def test_programs_that_fail_are_broken(project: Project) -> None:
    project.with_programs(node="exit 1", chromium="echo no >&2; exit 1", ssh="exit 2")
    found = project.examine()
    assert {name: found[name].state for name in ("node", "browser", "ssh")} == dict.fromkeys(
        ("node", "browser", "ssh"), "broken"
    )


def test_a_snap_is_warned_of(project: Project) -> None:
    project.with_programs(chromium='[ "$1" = --version ] && echo "Chromium 150.0 snap" || exec /snap/bin/chromium "$@"')
    browser = project.examine(system=UBUNTU)["browser"]
    assert (browser.state, browser.affects) == ("broken", ("build --format pdf,png,pptx", "fit"))
    assert browser.found.startswith("Chromium 150.0 snap (")
    assert "no snap" in browser.mend


def test_chrome_path_that_leads_nowhere(project: Project) -> None:
    browser = project.examine(CHROME_PATH="/nowhere/chrome")["browser"]
    assert (browser.state, browser.mend) == ("missing", "unset CHROME_PATH, or correct it")
    assert browser.found == "CHROME_PATH is /nowhere/chrome, which is no program"


def test_a_font_of_the_theme_that_is_not_there(project: Project) -> None:
    assert project.examine()["fonts"].state == "ok"
    (project.root / "themes").unlink()
    shutil.copytree(ROOT / "themes", project.root / "themes")
    (project.root / "node_modules").unlink()
    fonts = project.examine()["fonts"]
    assert (fonts.state, fonts.affects) == ("missing", PAGES)
    assert re.match(r"\d+ of \d+ fonts of the theme mspt2 are not there: Pretendard-Regular\.ttf$", fonts.found)
    assert fonts.mend == f"npm ci --ignore-scripts --prefix {project.root}"
    (project.root / "themes" / "mspt2.css").write_text("/* @theme mspt2 */")
    assert project.examine()["fonts"].state == "ok"


def test_a_program_that_hangs_is_given_up_with_all_it_started(tmp_path: Path) -> None:
    script = tmp_path / "hangs"
    script.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {tmp_path}/pid\nsleep 300\n")
    script.chmod(0o755)
    start = time.monotonic()
    assert said([str(script)], os.environ, seconds=0.5) is None
    assert time.monotonic() - start < 3
    assert _ends(int((tmp_path / "pid").read_text()))


def _ends(process: int) -> bool:
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 5)[0])
    finally:
        os.close(handle)


# --- Marp ----------------------------------------------------------------------------------------


def test_no_node_modules(project: Project) -> None:
    (project.root / "node_modules").unlink()
    found = project.examine()
    for name in ("marp", "markdown-it-cjk-friendly"):
        assert (found[name].state, found[name].affects) == ("missing", PAGES)
        assert found[name].mend == f"npm ci --ignore-scripts --prefix {project.root}"
    project.with_programs("node")
    assert project.examine()["marp"].mend.startswith("sudo apt-get install npm, then npm ci ")


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


# --- Docker --------------------------------------------------------------------------------------


def _case(project: Project, system: System = DEBIAN, **environ: str) -> Case:
    given = {**project.environ, **environ}
    return Case(project.root, content.load(project.root), given, system, datetime.now(UTC))


def test_a_daemon_that_is_not_there(project: Project) -> None:
    found = project.examine()
    assert (found["docker"].state, found["docker"].affects) == (
        "missing",
        ("capture", "drift", "build --live", "shell"),
    )
    assert {"build", "drift --from"} <= set(found["docker"].works)
    assert found["docker"].found == f"nobody answers at {NOWHERE}: No such file or directory"
    default_is_there = Path(DEFAULT.removeprefix("unix://")).exists()
    assert ("unset DOCKER_HOST" in found["docker"].mend) == default_is_there
    assert not [name for name in found if name.startswith("sandbox image")]


@pytest.mark.parametrize("host", ["tcp://127.0.0.1:1", "nonsense"])
def test_a_daemon_that_cannot_be_reached(project: Project, host: str) -> None:
    found = project.examine(DOCKER_HOST=host)["docker"]
    assert found.state == "broken"
    assert found.found.startswith(f"no Docker daemon answers at {host}: ")


def test_a_daemon_over_ssh_that_cannot_be_reached(project: Project) -> None:
    """What ssh itself said is told, and it asks nothing."""
    found = project.examine(DOCKER_HOST="ssh://ann@127.0.0.1:1")["docker"]
    assert found.state == "broken"
    assert found.found.startswith("cannot log in to ssh://ann@127.0.0.1:1: ssh: connect to host 127.0.0.1 port 1: ")
    assert found.mend == "try it by hand with ssh: Livedeck uses the same program, configuration and keys"
    assert project.examine(DOCKER_HOST="ssh://-oX")["docker"].found == "'ssh://-oX' is no address of a host"


def test_a_daemon_that_says_nothing(project: Project) -> None:
    """The kernel takes the call; nobody ever answers it."""
    path = project.root / "silent.sock"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen(8)
        start = time.monotonic()
        found = project.examine(DOCKER_HOST=f"unix://{path}")
    assert time.monotonic() - start < 11
    assert found["docker"].state == "broken"
    assert found["docker"].found == f"no Docker daemon answers at unix://{path}: it did not answer in time"
    assert found["node"].state == "ok", "what others found is not lost"


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A socket with somebody behind it and no right to use it; root becomes a user who is bound by that."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        path = Path(folder) / "docker.sock"
        listening.bind(str(path))
        listening.listen(8)
        path.chmod(0)
        path.parent.chmod(0o755)
        own = os.geteuid()
        if own == 0:
            os.chown(path, 0, 1)
            os.seteuid(NOBODY)
        try:
            yield path
        finally:
            os.seteuid(own)


def test_a_socket_that_is_not_for_this_user(project: Project, forbidden: Path) -> None:
    group = forbidden.group()
    (found,) = daemons.daemon(_case(project, DOCKER_HOST=f"unix://{forbidden}"))
    assert (found.state, found.found) == ("broken", f"nobody answers at unix://{forbidden}: Permission denied")
    assert found.mend == f"sudo usermod -aG {group} ann, then log in again"


def test_nothing_installed_and_not_started(project: Project) -> None:
    project.with_programs()
    project.environ.pop("DOCKER_HOST")
    gone = FileNotFoundError()
    assert address.mend(_case(project), Endpoint(DEFAULT), gone) == "sudo apt-get install docker.io"
    assert address.mend(_case(project, FEDORA), Endpoint(DEFAULT), gone).startswith("install Docker Engine in this")
    assert address.mend(_case(project, MAC), Endpoint(DEFAULT), gone).startswith("install Docker and start it, or set ")
    sbin = Path(project.environ["PATH"]).with_name("sbin")
    sbin.mkdir()
    (sbin / "dockerd").symlink_to(shutil.which("true") or "")
    for manager, mend in (
        ("systemd", "sudo systemctl start docker"),
        ("init", "sudo service docker start"),
        ("", "start the daemon: sudo dockerd"),
    ):
        system = of_release("linux", {"ID": "debian"}, manager=manager)
        assert address.mend(_case(project, system), Endpoint(DEFAULT), gone) == mend
        silent = address.mend(_case(project, system, DOCKER_HOST=DEFAULT), Endpoint(DEFAULT), None)
        assert silent == mend.replace("start", "restart"), "it runs, and nothing listens elsewhere"


def test_the_docker_commands_context_is_examined(project: Project) -> None:
    """Made by the real docker command, in a configuration of its own."""
    config = project.root.parent / "docker-config"
    project.environ.pop("DOCKER_HOST")
    project.environ["DOCKER_CONFIG"] = str(config)
    for arguments in (("create", "there", "--docker", "host=unix:///there/docker.sock"), ("use", "there")):
        subprocess.run(["docker", "context", *arguments], env=project.environ, capture_output=True, check=True)
    found = project.examine()["docker"]
    where = "unix:///there/docker.sock (the docker command's context there)"
    assert (found.state, found.found) == ("missing", f"nobody answers at {where}: No such file or directory")
    assert found.mend == "start the daemon of that context, or choose another one: docker context use default"
    unknown = project.examine(DOCKER_CONTEXT="nobodys")["docker"]
    assert (unknown.state, unknown.found) == ("broken", "the docker command has no context nobodys")
    assert "docker context ls" in unknown.mend
    assert project.examine(DOCKER_HOST=NOWHERE)["docker"].found.startswith(f"nobody answers at {NOWHERE}: ")


@pytest.fixture
def operator() -> Iterator[docker.APIClient]:
    api = docker.APIClient(version="auto", **kwargs_from_env())
    try:
        yield api
    finally:
        api.close()


@pytest.fixture
def labelled(operator: docker.APIClient) -> Iterator[Callable[[str, Mapping[str, str]], None]]:
    """Makes an image that holds one empty file, under a name and with labels."""
    made: list[str] = []

    def make(name: str, labels: Mapping[str, str]) -> None:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("file"))
        changes = [f'LABEL {key}="{value}"' for key, value in labels.items()]
        repository, tag = name.split(":")
        operator.import_image_from_data(archive.getvalue(), repository, tag, changes=changes)
        made.append(name)

    yield make
    for name in made:
        operator.remove_image(name, force=True)


def test_sandbox_images_are_of_this_week_or_renewed(
    project: Project, labelled: Callable[[str, Mapping[str, str]], None]
) -> None:
    engine = f"doctor-{uuid.uuid4().hex[:8]}"
    project.course.write_text(
        f'title = "Course"\nengine = "{engine}"\n[engines.{engine}]\n[engines.{engine}-none]\n', encoding="utf-8"
    )
    now = datetime.now(UTC)
    labels = {"livedeck.privilege": "privileged", "livedeck.built": (now - timedelta(hours=30)).isoformat()}
    labelled(f"livedeck/sandbox:{engine}", labels)
    host = os.environ.get("DOCKER_HOST", "")
    found = project.examine(DOCKER_HOST=host, now=now)
    image = found[f"sandbox image {engine}"]
    assert (image.state, image.found) == ("ok", "built 30 hours ago, proved to run with --privileged")
    absent = found[f"sandbox image {engine}-none"]
    assert (absent.state, absent.found) == ("ok", "not there yet: the first capture builds it, in about a minute")
    later = project.examine(DOCKER_HOST=host, now=now + timedelta(days=9))[f"sandbox image {engine}"]
    assert (later.state, later.found) == ("old", "built 10 days ago, proved to run with --privileged")
    assert later.mend == "the next `livedeck capture` builds it anew, in about a minute"


@pytest.mark.alone
def test_leftovers_are_counted_and_left_where_they_are(
    project: Project, operator: docker.APIClient, labelled: Callable[[str, Mapping[str, str]], None]
) -> None:
    name = f"doctor-{uuid.uuid4().hex[:8]}:latest"
    labelled(name, {})
    container = operator.create_container(name, ["/file"], labels={"livedeck": "machine"})["Id"]
    try:
        later = datetime.now(UTC) + timedelta(seconds=90)
        leftovers = project.examine(DOCKER_HOST=os.environ.get("DOCKER_HOST", ""), now=later)["leftovers"]
        assert (leftovers.state, leftovers.mend) == ("old", "livedeck clean")
        assert operator.inspect_container(container)["State"]["Status"] == "created"
    finally:
        operator.remove_container(container)


# --- the course ----------------------------------------------------------------------------------


def test_no_course(project: Project) -> None:
    project.course.unlink()
    course = project.examine()["course"]
    assert (course.state, course.mend) == ("missing", "write one; only `title` is required")
    assert "build" in course.affects
    assert "capture" in course.affects


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('title = "x', "decks/course.toml:1: the course file is no TOML"),
        ('title = "x"\ntilte = 1', "decks/course.toml:1: unknown key tilte"),
        ('title = "x"\n[redact.rules]\nbad = "("\n', "decks/course.toml:1: redact.bad is no regular expression"),
        ('title = "x"\n[step]\ntemplate = "none.md"\n', "decks/course.toml:1: cannot read the step template"),
    ],
)
def test_a_broken_course_file(project: Project, text: str, found: str) -> None:
    project.course.write_text(text, encoding="utf-8")
    findings = project.examine()
    assert findings["course"].state == "broken"
    assert findings["course"].found.startswith(found)
    assert findings["course"].mend
    assert findings["node"].state == "ok"


def test_no_theme(project: Project) -> None:
    (project.root / "themes").unlink()
    theme = project.examine()["theme"]
    assert (theme.state, theme.found) == ("missing", "there is no themes/mspt2.css")


def test_a_template_that_cannot_be_read(project: Project) -> None:
    project.deck.write_text(DECK.replace("id=hello", "id=hello tiemout=3"), encoding="utf-8")
    deck = project.examine()["deck one"]
    assert deck.state == "broken"
    assert deck.found.startswith("decks/one/deck.md:6: ")
    assert {"build", "capture"} <= set(deck.affects)


@pytest.mark.parametrize(
    ("change", "state", "found", "mend"),
    [
        (
            lambda p: p.deck.write_text(DECK.replace("echo hello", "echo bye"), encoding="utf-8"),
            "broken",
            "decks/one/deck.md:6: `echo bye` is not what was captured here: `echo hello`",
            "livedeck capture one",
        ),
        (
            lambda p: p.record.unlink(),
            "missing",
            "decks/one/records/current.json:1: there is no record of one on current",
            "livedeck capture one",
        ),
        (
            lambda p: p.record.write_text("{"),
            "broken",
            "decks/one/records/current.json:1: the record is damaged",
            "livedeck capture one",
        ),
        (
            lambda p: p.deck.write_text(DECK.replace('== "hello"', '== "bye"'), encoding="utf-8"),
            "broken",
            "decks/one/deck.md:10: this claim is not true of what happened",
            "change the sentence or its condition",
        ),
    ],
)
def test_a_record_that_no_build_can_use(
    project: Project, change: Callable[[Project], object], state: str, found: str, mend: str
) -> None:
    change(project)
    findings = project.examine()
    record = findings["record one"]
    assert (record.state, record.affects) == (state, ("build", "check", "fit"))
    assert record.works == ("build --live", "capture")
    assert record.found.startswith(found)
    assert record.mend.startswith(mend)
    assert doctor.exit_code([record]) == 3
    assert "records on current" not in findings


def test_a_build_folder_that_is_none(project: Project) -> None:
    (project.root / "build").write_text("")
    found = project.examine()["build/"]
    assert (found.state, found.found) == ("broken", f"{project.root / 'build'} is no folder")
    assert found.mend == f"move {project.root / 'build'} out of the way"


# --- the command line ----------------------------------------------------------------------------


def _livedeck(project: Project, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=project.root,
        env={**project.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_prints_and_its_exit_code_tells(project: Project) -> None:
    done = _livedeck(project, "doctor")
    assert done.returncode == 3
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "capture cannot work yet; build can"
    assert f"nobody answers at {NOWHERE}" in done.stdout
    well = _livedeck(project, "doctor", DOCKER_HOST=os.environ.get("DOCKER_HOST", ""))
    assert (well.returncode, well.stdout.splitlines()[-1]) == (0, "all that build and capture need is here")


def test_the_command_prints_json_outside_of_a_project_too(project: Project) -> None:
    project.course.unlink()
    done = _livedeck(project, "doctor", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 3
    assert rows["course"]["state"] == "missing"
    assert rows["python"]["state"] == "ok"
    assert set(rows["python"]) == {"name", "state", "found", "affects", "mend", "works"}


# --- what is said about it -----------------------------------------------------------------------


FINDINGS = (
    Finding("browser", "missing", "none", ("build",), "sudo apt-get install chromium"),
    Finding("node", "ok", "v20", ("build",)),
    Finding("leftovers", "old", "2 sandboxes", (), "livedeck clean"),
)


def test_problems_stand_last_above_the_verdict() -> None:
    assert list(doctor.as_lines(FINDINGS)) == [
        "ok       node       v20",
        "missing  browser    none",
        "         affects: build",
        "         mend:    sudo apt-get install chromium",
        "old      leftovers  2 sandboxes",
        "         mend:    livedeck clean",
        "",
        "build cannot work yet; capture can",
    ]
    assert list(doctor.as_lines(FINDINGS[1:]))[-1] == "all that build and capture need is here"


def test_nothing_found_can_steer_the_terminal(project: Project) -> None:
    records.write(project.record, _record("echo hello\x1b]0;owned\x07"))
    record = project.examine()["record one"]
    lines = list(doctor.as_lines([record]))
    assert "owned" in lines[0]
    assert all(line.isprintable() for line in lines)


def test_json_is_a_list_of_whole_findings() -> None:
    rows = json.loads(doctor.as_json(FINDINGS))
    assert rows[0] == {
        "name": "browser",
        "state": "missing",
        "found": "none",
        "affects": ["build"],
        "mend": "sudo apt-get install chromium",
        "works": [],
    }
    assert [row["name"] for row in rows] == ["browser", "node", "leftovers"]


def test_the_verdict_says_what_works_all_the_same() -> None:
    node = Finding("node", "missing", "", ("build", "fit"), works=("build --format md", "capture"))
    docker = Finding("docker", "missing", "", ("capture",), works=("build",))
    folder = Finding("build/", "broken", "", ("build", "capture"))
    browser = Finding("browser", "missing", "", ("build --format pdf,png,pptx",))
    said = {names: list(doctor.as_lines(names))[-1] for names in [(node,), (node, docker), (node, folder), (browser,)]}
    assert said == {
        (node,): "build cannot work yet; `livedeck build --format md` and capture can",
        (node, docker): "build and capture cannot work yet; `livedeck build --format md` can",
        (node, folder): "build and capture cannot work yet",
        (browser,): "all that build and capture need is here, but for PDF, PNG and PPTX",
    }
    assert "         works:   build --format md, capture" in doctor.as_lines([node])


def test_without_node_what_is_said_to_work_does(project: Project) -> None:
    project.with_programs()
    assert _livedeck(project, "build", "--format", "md").returncode == 0
    assert _livedeck(project, "build").returncode == 3


def test_a_browser_that_does_not_start_keeps_a_plain_build_from_working(project: Project) -> None:
    project.with_programs("node", chromium="exit 1")
    browser = project.examine()["browser"]
    assert "build" in browser.affects
    build = _livedeck(project, "build")
    assert build.returncode == 3
    assert build.stderr.splitlines()[-1] == "  the browser does not start: livedeck doctor looks at it"
    unmeasured = _livedeck(project, "build", "--format", "html").stderr.splitlines()[-1]
    assert unmeasured.endswith("livedeck doctor looks at it; `--no-fit` builds without measuring")
    assert "build --format html --no-fit" in browser.works
    assert _livedeck(project, "build", "--format", "html", "--no-fit").returncode == 0


def test_the_record_of_another_engine_keeps_no_plain_build_from_working(project: Project) -> None:
    project.course.write_text(f"{COURSE}[engines.next]\n", encoding="utf-8")
    path = project.record.with_name("next.json")
    path.write_text("{")
    found = project.examine()
    assert found["records on current"].state == "ok"
    assert found["record one --engine next"].affects[0] == "build --engine next"
    assert doctor.exit_code([found["record one --engine next"]]) == 0


@pytest.mark.parametrize(
    ("state", "affects", "code"),
    [
        ("missing", ("build",), 3),
        ("broken", ("capture", "shell"), 3),
        ("old", ("build", "capture"), 0),
        ("missing", ("build --format pdf", "capture, where Docker Hub cannot be reached"), 0),
        ("ok", ("build",), 0),
    ],
)
def test_only_what_build_or_capture_need_decides_the_exit_code(state: str, affects: tuple[str, ...], code: int) -> None:
    assert doctor.exit_code([Finding("x", state, "", affects)]) == code  # type: ignore[arg-type]
