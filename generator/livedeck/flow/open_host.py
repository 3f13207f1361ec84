"""Turn the command line's choice of a machine into something that opens a host."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from livedeck.errors import HostError, UsageError
from livedeck.flow import decks
from livedeck.model import Course, DockerSource, Edition, Host, ImagePolicy, Run, World
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


def opener(editions: Sequence[Edition], choice: HostChoice, run: Run) -> Callable[[], Host]:
    """Return what opens the chosen host for editions of one engine; only its first call makes a fresh sandbox image.

    Raises:
        UsageError: a real machine without `--disposable`, with what the decks would destroy there; or options that do
            not go together.
    """
    edition = editions[0]
    if choice.address == SANDBOX:
        return _sandbox(edition, choice, run)
    if choice.images or choice.source or choice.fresh:
        hint = f"leave them out with --host {choice.address}"
        raise UsageError("--images, --source and --fresh are for sandboxes", hint=hint)
    if not choice.disposable:
        raise _refusal(editions, choice.address)
    if choice.address == LOCAL:
        from livedeck.hosts.local import open_local  # noqa: PLC0415 (the others are for other hosts)

        return lambda: _checked(open_local(edition.course, run), edition)
    if choice.address.startswith("ssh://"):
        from livedeck.hosts.ssh.ssh import open_ssh  # noqa: PLC0415

        return lambda: _checked(open_ssh(choice.address, edition.course, run), edition)
    raise UsageError(f"there is no host {choice.address}", hint="write sandbox, ssh://user@host or local")


def foreseen(edition: Edition, choice: HostChoice) -> World:
    """Return the world of a capture on the chosen host, as far as it is known in advance."""
    if choice.address != SANDBOX:
        return World()
    images = choice.images or edition.course.file.images
    source = choice.source or edition.course.engine(edition.engine).docker_source
    return World(images=None if images == "auto" else images, docker=None if source == "auto" else DockerSource(source))


def operator(course: Course) -> Operator:
    """Return whose name and home must not be on slides; a name that any terminal may show is not one of them."""
    shown = course.file.terminal.user
    try:
        name, home = getpass.getuser(), str(Path.home())
    except (OSError, KeyError, RuntimeError):
        return Operator(shown_name=shown)
    if name in _COMMON_NAMES or name == shown:
        name = ""
    return Operator(name, "" if home in ("/", "/root", f"/home/{shown}") else home, shown)


def _sandbox(edition: Edition, choice: HostChoice, run: Run) -> Callable[[], Host]:
    from livedeck.hosts import open_sandbox  # noqa: PLC0415 (the Docker SDK is slow to import)

    pending = [choice.fresh]

    def start() -> Host:
        fresh, pending[0] = pending[0], False
        images = choice.images or edition.course.file.images
        return open_sandbox(edition.course, edition.engine, run, images=images, source=choice.source, fresh=fresh)

    return start


def _refusal(editions: Sequence[Edition], address: str) -> UsageError:
    from livedeck.hosts.hazards import destructive, refusal  # noqa: PLC0415 (nobody else needs a parser of shells)

    commands = [
        (step.at, command)
        for template in decks.read_templates(editions)
        for step, own in zip(template.steps, template.commands, strict=True)
        for command in ([step.text] if step.expand else own)
    ]
    return refusal(destructive(commands), "this machine" if address == LOCAL else address)


def _checked(host: Host, edition: Edition) -> Host:
    """Return the host if its Docker has the version that the engine asks for; a sandbox sees to that itself."""
    wanted = edition.course.engine(edition.engine).docker
    found = host.facts.docker_version
    if wanted and found != wanted and not found.startswith(f"{wanted}."):
        host.__exit__(None, None, None)
        raise HostError(
            f"the engine {edition.engine} is Docker {wanted}, this machine has {found}", hint="choose another engine"
        )
    return host
