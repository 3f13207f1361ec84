"""The machine that Livedeck runs on as a host: nothing protects it from the commands of a deck."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping
from typing import Self

from livedeck.errors import HostError
from livedeck.hosts import facts, process
from livedeck.model import FOUND, Course, HostFacts, Images, Notice, Report

MACHINE = "this machine"
SECONDS_TO_ANSWER = 60.0
KEPT = ("HOME", "USER", "LOGNAME", "SHELL", "PATH", "XDG_RUNTIME_DIR")
KEPT_OF_DOCKER = (
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
    "DOCKER_API_VERSION",
)
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Local:
    """The machine that Livedeck runs on: a `model.Host`. Exit ends the terminals; what the commands did stays."""

    def __init__(self, found: HostFacts, environ: Mapping[str, str]) -> None:
        self.facts = found
        self.docker = FOUND
        self._environ = environ
        self._programs: list[process.Program] = []
        self._left = False

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> process.Program:
        """Run `command` as the current user, in the home folder, in a pseudo-terminal of that size.

        Raises:
            HostError: this host was closed, or the machine has no terminal left.
        """
        if self._left:
            raise HostError("this host is closed", hint="run the command again")
        program = process.in_terminal(
            command, environ=self._environ, folder=self._environ["HOME"], columns=columns, rows=rows
        )
        self._programs.append(program)
        return program

    def images(self) -> Images:
        """Return the digest of each tagged image that has one now.

        Raises:
            HostError: the daemon is gone.
        """
        return facts.images(MACHINE, _run(facts.LIST, self._environ))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._left = True
        for program in self._programs:
            program.close()


def open_local(course: Course, *, environ: Mapping[str, str], report: Report) -> Local:
    """Return this machine as a host that uses the Docker daemon named in `environ`.

    The environment of commands is small: home, user, PATH and Docker's variables of `environ`, a UTF-8 locale, UTC.

    Raises:
        HostError: there is no Docker here, or its daemon does not answer.
    """
    small = _small_environment(environ)
    found = facts.read("local", MACHINE, _run(facts.ASK, small))
    for line in facts.introduction(MACHINE, found, course):
        report(Notice(line))
    return Local(found, small)


def _small_environment(environ: Mapping[str, str]) -> dict[str, str]:
    account = pwd.getpwuid(os.getuid())
    own = {
        "HOME": account.pw_dir,
        "USER": account.pw_name,
        "LOGNAME": account.pw_name,
        "SHELL": account.pw_shell or facts.SHELL,
        "PATH": SEARCHED,
    }
    kept = {name: environ[name] for name in (*KEPT, *KEPT_OF_DOCKER) if environ.get(name)}
    return {**own, **kept, **facts.TERMINAL}


def _run(script: str, environ: Mapping[str, str]) -> facts.ScriptOutput:
    try:
        ran = subprocess.run(  # noqa: S603 - a fixed script
            [facts.SHELL, "-s"],
            input=script.encode(),
            capture_output=True,
            env=dict(environ),
            timeout=SECONDS_TO_ANSWER,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise HostError(f"Docker on this machine did not answer within {SECONDS_TO_ANSWER:g} s") from None
    except OSError as error:
        raise HostError(f"{facts.SHELL} could not be started: {error.strerror}") from error
    return facts.ScriptOutput.of(ran)
