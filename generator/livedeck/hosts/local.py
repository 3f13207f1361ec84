"""The machine that Livedeck runs on as a host: nothing protects it from the commands of a deck."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, closing

from livedeck.errors import HostError
from livedeck.hosts import facts, process
from livedeck.model import FOUND, Course, HostFacts, Images, Run

MACHINE = "this machine"
ASKED = (facts.SHELL, "-s")
KEPT = (
    *("HOME", "USER", "LOGNAME", "SHELL", "PATH", "XDG_RUNTIME_DIR"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION"),
)
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Local(AbstractContextManager["Local"]):
    """The machine that Livedeck runs on: a `model.Host`. Exit ends the terminals; what the commands did stays."""

    def __init__(self, found: HostFacts, environ: Mapping[str, str]) -> None:
        self.facts = found
        self.docker = FOUND
        self._environ = environ
        self._open = ExitStack()
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
        return self._open.enter_context(closing(program))

    def images(self) -> Images:
        """Return the digest of each tagged image that has one now.

        Raises:
            HostError: the daemon is gone.
        """
        return facts.images(MACHINE, facts.run_script(MACHINE, ASKED, facts.LIST, self._environ))

    def __exit__(self, *_: object) -> None:
        self._left = True
        self._open.close()


def open_local(course: Course, run: Run) -> Local:
    """Return this machine as a host that uses the Docker daemon named in the environment.

    That of commands is small: home, user, PATH and Docker's variables of the whole one, a UTF-8 locale, UTC.

    Raises:
        HostError: there is no Docker here, or its daemon does not answer.
    """
    small = {
        **_account(),
        "PATH": SEARCHED,
        **{name: run.environ[name] for name in KEPT if run.environ.get(name)},
        **facts.TERMINAL,
    }
    answer = facts.run_script(MACHINE, ASKED, facts.ASK, small)
    return Local(facts.read("local", MACHINE, answer, course, run.report), small)


def _account() -> dict[str, str]:
    """Return what a login gives this user; one whom the system does not know, as in some containers, has no name."""
    try:
        account = pwd.getpwuid(os.getuid())
    except KeyError:
        return {"HOME": "/", "SHELL": facts.SHELL}
    name, shell = account.pw_name, account.pw_shell or facts.SHELL
    return {"HOME": account.pw_dir, "USER": name, "LOGNAME": name, "SHELL": shell}
