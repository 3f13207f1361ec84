"""Strange surroundings: each command works in them, or says in one message what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import hostile
from tests.course import COURSE, ROOT, Project, make_project

STRANGER = 12345
"""The number of a user whom no system knows."""
KIND = hostile("strange surroundings", "it works, or one clean message", "a traceback, `Livedeck broke`")
UNKNOWN = hostile("a user whom the system does not know", "it works, or one clean message", "`Livedeck broke`")
MARKDOWN = ["build", "--format", "md"]
VARIABLES = {
    "ASCII output": ({"PYTHONIOENCODING": "ascii"}, ["steps", "one"], 0, "echo hello"),
    "Latin output": ({"PYTHONIOENCODING": "latin-1"}, ["i18n", "stats"], 0, "percent"),
    "no locale": ({"LC_ALL": "C", "LANG": "C"}, MARKDOWN, 0, "wrote"),
    "unknown locale": ({"LC_ALL": "xx_YY.Z"}, MARKDOWN, 0, "wrote"),
    "no terminal type": ({"TERM": ""}, MARKDOWN, 0, "wrote"),
    "dumb terminal": ({"TERM": "dumb"}, MARKDOWN, 0, "wrote"),
    "no columns": ({"COLUMNS": "0", "LINES": "0"}, ["steps", "--help"], 0, "Usage"),
    "one column": ({"COLUMNS": "1"}, ["--help"], 0, "Usage"),
    "columns that are no number": ({"COLUMNS": "x", "LINES": "-7"}, ["steps", "one"], 0, "echo hello"),
    "no PATH": ({"PATH": ""}, ["build", "--format", "html"], 3, "error: Node.js is missing"),
    "no PATH, Markdown": ({"PATH": ""}, MARKDOWN, 0, "wrote"),
    "no PATH, git": ({"PATH": ""}, ["drift", "--from", "HEAD"], 3, "error: git is not installed"),
    "no PATH, doctor": ({"PATH": ""}, ["doctor"], 3, "there is no node on the PATH"),
    "no home": ({"HOME": "/nowhere"}, ["doctor"], 3, "docker"),
    "no home, clean": ({"HOME": "/nowhere"}, ["clean"], 0, "left the sandboxes alone"),
    "no home, slides": ({"HOME": "/nowhere"}, ["build", "--format", "html"], 0, "wrote"),
    "TMPDIR is nowhere": ({"TMPDIR": "/nowhere"}, ["build", "--format", "html"], 3, "error: no temporary files"),
    "TMPDIR is read-only": ({"TMPDIR": "/proc"}, ["fit"], 3, "error: no temporary files"),
    "TMPDIR and Markdown": ({"TMPDIR": "/nowhere"}, MARKDOWN, 0, "wrote"),
    "epoch that is no number": ({"SOURCE_DATE_EPOCH": "x"}, MARKDOWN, 2, "error: SOURCE_DATE_EPOCH is 'x'"),
    "epoch beyond all numbers": ({"SOURCE_DATE_EPOCH": "9" * 30}, MARKDOWN, 2, "error: SOURCE_DATE_EPOCH"),
    "epoch before 1970": ({"SOURCE_DATE_EPOCH": "-1"}, MARKDOWN, 2, "error: SOURCE_DATE_EPOCH"),
    "epoch 1970": ({"SOURCE_DATE_EPOCH": "0"}, ["build", "--format", "html,pptx"], 0, "wrote"),
    "proxy that is none": ({"HTTPS_PROXY": "\n", "http_proxy": ":::"}, MARKDOWN, 0, "wrote"),
    "hostile GITHUB_ACTIONS": ({"GITHUB_ACTIONS": "::error::"}, MARKDOWN, 0, "wrote"),
}
LIMITS = {
    "12 open files": ("ulimit -n 12", ["build", "--format", "html"], 3, "error: "),
    "64 open files": ("ulimit -n 64", MARKDOWN, 0, "wrote"),
    "no file may grow": ("ulimit -f 0", MARKDOWN, 3, "error: cannot write"),
    "files of 1 KiB": ("ulimit -f 1", ["build", "--format", "html"], 3, "error: cannot write"),
    "standard input is closed": ("exec <&-", MARKDOWN, 0, "wrote"),
    "shell without a keyboard": ("exec <&-", ["shell", "one"], 2, "error: a shell needs a terminal"),
    "shell without a screen": ("exec </dev/null >&-", ["shell", "one"], 2, "error: a shell needs a terminal"),
    "SIGPIPE is ignored": ("trap '' PIPE", MARKDOWN, 0, "wrote"),
    "no mask for new files": ("umask 0777; umask 0077", MARKDOWN, 0, "wrote"),
}
QUICK = ("ASCII output", "no home, clean", "epoch that is no number", "no file may grow", "shell without a keyboard")
ALONE = {
    "steps": (["steps", "one"], 0, "echo hello"),
    "i18n stats": (["i18n", "stats"], 0, "percent"),
    "i18n update": (["i18n", "update"], 0, "wrote"),
    "i18n add": (["i18n", "add", "ja"], 0, "wrote"),
    "build": (["build", "--format", "html,pdf"], 0, "wrote build/one.ko.pdf"),
    "check": (["check"], 0, "nothing is wrong"),
    "fit": (["fit"], 0, "slides fit"),
    "doctor": (["doctor"], 3, "no daemon answers"),
    "clean": (["clean"], 0, "left the sandboxes alone"),
    "drift --against": (["drift", "--against", "current"], 0, "2 same"),
    "drift --from": (["drift", "--from", "HEAD"], 2, "is not in a git repository"),
    "capture in a sandbox": (["capture"], 3, "no Docker daemon answers"),
    "capture on this machine": (["capture", "--host", "local", "--disposable"], 3, "error: the Docker daemon of"),
}


@pytest.fixture
def course(tmp_path: Path) -> Project:
    """A course with two languages, whose commands reach no Docker."""
    made = make_project(tmp_path / "course", COURSE.replace('["ko"]', '["ko", "en"]'))
    return replace(made, environ={**os.environ, "DOCKER_HOST": "unix:///nowhere.sock"})


@pytest.fixture
def open_course(course: Project) -> Iterator[Project]:
    """The same in a folder that everybody may enter; pytest's own are private."""
    with TemporaryDirectory(prefix="livedeck-tests-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield replace(course, root=course.root.rename(Path(folder, "course")))


def soaked(names: list[str]) -> list[object]:
    return [name if name in QUICK else pytest.param(name, marks=pytest.mark.soak) for name in names]


def assert_clean(done: subprocess.CompletedProcess[str], code: int, said: str) -> None:
    assert said in f"{done.stdout}\n{done.stderr}"
    assert done.returncode == code, done.stderr
    assert not any(word in done.stderr for word in ("Traceback", "broke", "ignored"))


@pytest.mark.hostile(*KIND)
@pytest.mark.parametrize("name", soaked([*VARIABLES]))
def test_variables(course: Project, name: str) -> None:
    variables, arguments, code, said = VARIABLES[name]
    assert_clean(course.livedeck(*arguments, **variables), code, said)


@pytest.mark.hostile(*KIND)
@pytest.mark.parametrize("name", soaked([*LIMITS]))
def test_limits_and_descriptors(course: Project, name: str) -> None:
    limit, arguments, code, said = LIMITS[name]
    assert_clean(in_shell(course, f'{limit}; exec "$0" -m livedeck "$@"', *arguments), code, said)


@pytest.mark.hostile(*KIND)
@pytest.mark.parametrize("name", ["folder that is gone", pytest.param("gone, with --root", marks=pytest.mark.soak)])
def test_a_working_folder_that_was_removed(course: Project, name: str) -> None:
    (course.root / "gone").mkdir()
    root = ["--root", str(course.root)] if "root" in name else []
    script = 'cd gone; rmdir ../gone; exec "$0" -m livedeck "$@"'
    assert_clean(in_shell(course, script, *root, "steps", "one"), 2, "error: the working directory no longer exists")


@pytest.mark.soak
@pytest.mark.hostile(*KIND)
@pytest.mark.parametrize("name", ["steps", "Markdown", "slides", "check", "doctor", "doctor as JSON", "clean", "drift"])
def test_a_path_that_is_not_utf8(tmp_path: Path, name: str) -> None:
    made = make_project(tmp_path / os.fsdecode(b"cour\xffse"))
    course = replace(made, environ={**os.environ, "DOCKER_HOST": "unix:///nowhere.sock"})
    arguments, code, said = {
        "steps": (["steps", "one"], 0, "echo hello"),
        "Markdown": (MARKDOWN, 0, "wrote build/one.ko.md"),
        "slides": (["build", "--format", "html"], 3, "error: Node.js cannot read the project"),
        "check": (["check"], 3, "error: Node.js cannot read the project"),
        "doctor": (["doctor"], 3, "cour\ufffdse"),
        "doctor as JSON": (["doctor", "--json"], 3, "cour\\udcffse"),
        "clean": (["clean"], 0, "left the sandboxes alone"),
        "drift": (["drift", "--against", "current"], 0, "2 same"),
    }[name]
    assert_clean(course.livedeck(*arguments), code, said)


@pytest.mark.soak
@pytest.mark.hostile(*UNKNOWN)
@pytest.mark.parametrize("name", ALONE)
def test_a_user_whom_the_system_does_not_know(open_course: Project, name: str) -> None:
    arguments, code, said = ALONE[name]
    assert_clean(as_stranger(open_course, *arguments), code, said)


@pytest.mark.soak
@pytest.mark.hostile(*UNKNOWN)
@pytest.mark.parametrize("name", ["repository of somebody else"])
def test_git_refuses_a_repository_of_somebody_else(open_course: Project, name: str) -> None:
    git = ["git", "-C", str(open_course.root), "-c", "user.name=a", "-c", "user.email=a@localhost"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "decks"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", name], check=True)
    done = as_stranger(open_course, "drift", "--from", "HEAD", owned=False)
    assert_clean(done, 3, "error: git does not read a repository of somebody else")
    assert "safe.directory" in done.stderr


def in_shell(course: Project, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in the project; `$0` is Python."""
    command = ["bash", "-c", script, sys.executable, *arguments]
    return subprocess.run(
        command, cwd=course.root, env=course.variables(), capture_output=True, text=True, timeout=120, check=False
    )


def as_stranger(course: Project, *arguments: str, owned: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Livedeck as a user without a name, a home or a group, who can read everything and write the course."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become somebody else")
    if owned:
        for path in (course.root, *course.root.rglob("*")):
            if not path.is_symlink():
                os.chown(path, STRANGER, STRANGER)
    reads = "+dac_read_search"
    become = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
    become += [f"--inh-caps={reads}", f"--ambient-caps={reads}", "env"]
    become += [f"--unset={name}" for name in ("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME")]
    return subprocess.run(
        [*become, *course.command(*arguments)],
        cwd=course.root,
        env=course.variables(PYTHONPATH=str(ROOT / "generator")),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
