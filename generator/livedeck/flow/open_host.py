"""Which machine a deck runs on: the choice of the command line made into something that opens a host."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from livedeck.errors import HostError, UsageError
from livedeck.flow import decks as project
from livedeck.model import Course, Deck, DockerSource, Host, ImagePolicy, Report, World
from livedeck.records.redaction import Operator

SANDBOX = "sandbox"
LOCAL = "local"
_COMMON_NAMES = frozenset(["root", "admin", "user", "docker", "test", "node", "git", "nginx", "debian", "ubuntu"])


@dataclass(frozen=True, slots=True)
class HostChoice:
    """What the command line says about the host; `images`, `source` (of Docker) and `fresh` are the sandbox's."""

    address: str = SANDBOX
    disposable: bool = False
    images: ImagePolicy | None = None
    source: str | None = None
    fresh: bool = False

    @property
    def given(self) -> bool:
        """Whether anything was said."""
        return self != HostChoice()

    @property
    def options(self) -> dict[str, str]:
        """The options that choose the same host again; the value of a flag is empty."""
        if self.address != SANDBOX:
            return {"--host": self.address, "--disposable": ""}
        given = {"--source": self.source, "--images": self.images}
        return {option: value for option, value in given.items() if value}


def opener(
    course: Course,
    decks: Sequence[Deck],
    engine: str,
    choice: HostChoice,
    *,
    environ: Mapping[str, str],
    now: Callable[[], datetime],
    report: Report,
) -> Callable[[], Host]:
    """What opens the chosen host, anew each time it is called; a fresh sandbox image is made only the first time.

    Raises:
        UsageError: a real machine that was not said to be disposable, with what the decks would destroy there; or
            options that do not go together.
    """
    if choice.address == SANDBOX:
        return _sandbox(course, engine, choice, environ, now, report)
    if choice.images or choice.source or choice.fresh:
        hint = f"leave them out with --host {choice.address}"
        raise UsageError("--images, --source and --fresh are for sandboxes", hint=hint)
    if not choice.disposable:
        raise _refusal(course, decks, choice.address)
    if choice.address == LOCAL:
        from livedeck.hosts.local import open_local  # noqa: PLC0415

        return lambda: _checked(open_local(course, environ=environ, report=report), course, engine)
    if choice.address.startswith("ssh://"):
        from livedeck.hosts.ssh.ssh import open_ssh  # noqa: PLC0415

        return lambda: _checked(open_ssh(choice.address, course, environ=environ, report=report), course, engine)
    raise UsageError(f"there is no host {choice.address}", hint="write sandbox, ssh://user@host or local")


def foreseen(course: Course, engine: str, choice: HostChoice) -> World:
    """The world of a capture on the chosen host, as far as it is known before that is there."""
    if choice.address != SANDBOX:
        return World()
    images = choice.images or course.file.images
    source = choice.source or course.engine(engine).docker_source
    return World(images=None if images == "auto" else images, docker=None if source == "auto" else DockerSource(source))


def operator(course: Course) -> Operator:
    """Whose name and home do not belong on slides; a name that any terminal may show cannot be told apart."""
    shown = course.file.terminal.user
    try:
        name, home = getpass.getuser(), str(Path.home())
    except (OSError, KeyError, RuntimeError):
        return Operator(shown_name=shown)
    if name in _COMMON_NAMES or name == shown:
        name = ""
    return Operator(name, "" if home in ("/", "/root", f"/home/{shown}") else home, shown)


def _sandbox(
    course: Course,
    engine: str,
    choice: HostChoice,
    environ: Mapping[str, str],
    now: Callable[[], datetime],
    report: Report,
) -> Callable[[], Host]:
    from livedeck.hosts import open_sandbox  # noqa: PLC0415 (the Docker SDK is slow to import)

    policy = choice.images or course.file.images
    pending = [choice.fresh]

    def start() -> Host:
        fresh, pending[0] = pending[0], False
        return open_sandbox(
            course,
            engine,
            images=policy,
            source=choice.source,
            fresh=fresh,
            environ=environ,
            now=now,
            report=report,
        )

    return start


def _refusal(course: Course, decks: Sequence[Deck], address: str) -> UsageError:
    from livedeck.hosts.hazards import destructive, refusal  # noqa: PLC0415

    templates = [project.read_template(course, deck) for deck in decks]
    commands = [
        (step.at, command)
        for template in templates
        for step, own in zip(template.steps, template.commands, strict=True)
        for command in ([step.text] if step.expand else own)
    ]
    return refusal(destructive(commands), "this machine" if address == LOCAL else address)


def _checked(host: Host, course: Course, engine: str) -> Host:
    """The host, if its Docker is of the version that the engine is named after; a sandbox sees to that itself."""
    wanted = course.engine(engine).docker
    found = host.facts.docker_version
    if wanted and found != wanted and not found.startswith(f"{wanted}."):
        host.__exit__(None, None, None)
        raise HostError(
            f"the engine {engine} is Docker {wanted}, this machine has {found}", hint="choose another engine"
        )
    return host
