"""A container of a sandbox image, with its own Docker daemon. It lives as long as the process that started it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from livedeck.errors import HostError, UsageError
from livedeck.hosts import facts
from livedeck.hosts.daemon import channel
from livedeck.hosts.daemon.daemon import LABEL, LIFETIME, remove_container
from livedeck.hosts.daemon.errors import explained
from livedeck.hosts.daemon.stream import ProgramOutput, Stream
from livedeck.hosts.sandbox.privilege import PrivilegeMode
from livedeck.model import SandboxLimits

if TYPE_CHECKING:
    from docker import APIClient

SECONDS_TO_START = 90.0
HINT = "`livedeck doctor` shows what this machine lacks"
LOGS = ["tail", "-n", "12", "/run/livedeck/dockerd.log", "/run/livedeck/containerd.log"]
UNLIMITED = SandboxLimits(memory="", keep_free="1m")


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """How to start a machine. Without a user it is only for Livedeck's own commands.

    If `containerd_store` is None, the image store is the default of its Docker. `images` is what the start script does
    about Docker Hub: ask it for `probe` (`hub`, `auto`), serve the registry in the image (`stand-in`), or nothing
    (`none`).
    """

    hostname: str = "livedeck"
    user: str = ""
    containerd_store: bool | None = None
    images: str = "none"
    probe: str = ""
    limits: SandboxLimits = UNLIMITED


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """What the start script reported.

    The source of images, Docker Hub's answer, the system's name, `docker info`, and how the metadata addresses of
    clouds are kept out of reach: by `rules`, by `routes`, or not (`open` and the reason).
    """

    images: str
    hub: str
    system: str
    info: Mapping[str, Any]
    metadata: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A running container.

    Its start script reads a standard input that this process holds open. However the process ends, the input ends with
    it, and so does the machine.
    """

    api: APIClient
    container: str
    mode: PrivilegeMode
    attached: Stream
    report: SandboxReport

    def run(self, *command: str, timeout: float = 60) -> str:
        """Run one of Livedeck's own commands as root and return its standard output.

        Raises:
            HostError: it failed or hung, or the machine is gone.
        """
        output = channel.run(self.api, self.container, command, timeout=timeout)
        if output.exit:
            detail = facts.last_lines((output.stdout + output.stderr).splitlines())
            raise HostError(f"one of Livedeck's own commands failed in the sandbox (exit {output.exit})", detail=detail)
        return output.stdout

    def put(self, folder: str, tar: bytes | Iterable[bytes]) -> None:
        """Make `folder` and unpack a tar archive there. Raises HostError when the daemon refuses."""
        self.run("mkdir", "-p", folder)
        with explained("files could not be copied into the sandbox"):
            # The stubs know bytes only; requests sends any iterable, in chunks.
            self.api.put_archive(self.container, folder, tar)  # type: ignore[arg-type, unused-ignore]

    def close(self) -> None:
        """Hang up, and return when the container and its volumes are gone."""
        self.attached.close()
        remove_container(self.api, self.container)


def start(api: APIClient, image: str, mode: PrivilegeMode, spec: SandboxSpec, runtime: str) -> Machine:
    """Start a machine and return it as soon as its daemon answers.

    Without a `runtime` the daemon's own default runs it.

    Raises:
        HostError: the operator's daemon refuses the container, or the machine's own daemon does not come up.
        UsageError: Debian does not accept the name of the user.
    """
    with explained("the sandbox cannot be created"):
        container = _create(api, image, mode, spec, runtime)
    with ExitStack() as undo:  # after Ctrl-C as well: nothing may stay behind
        undo.callback(remove_container, api, container)
        with explained(f"the sandbox cannot be started with {mode.text}", hint=HINT):
            params = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            attached = undo.enter_context(closing(Stream(api.attach_socket(container, params=params))))
            api.start(container)
        machine = Machine(api, container, mode, attached, _listen(api, container, attached))
        undo.pop_all()
        return machine


def _create(api: APIClient, image: str, mode: PrivilegeMode, spec: SandboxSpec, runtime: str) -> str:
    from docker.types import LogConfig  # noqa: PLC0415

    store = {True: "true", False: "false", None: "new"}[spec.containerd_store]
    lifetime = str(int(LIFETIME.total_seconds()))
    cgroup_version = str(api.info().get("CgroupVersion", "1"))
    host_config = api.create_host_config(
        auto_remove=True,
        tmpfs={"/run": "exec,mode=755"},  # pid files and sockets must not get into an image made of it
        log_config=LogConfig(type="none"),
        pids_limit=spec.limits.processes,
        mem_limit=spec.limits.memory or None,
        memswap_limit=spec.limits.memory or None,
        runtime=runtime or None,
    )
    created = api.create_container(
        image,
        command=[spec.user, store, spec.images, spec.probe, lifetime, kilobytes(spec.limits.keep_free)],
        hostname=spec.hostname,
        name=f"livedeck-{secrets.token_hex(6)}",
        labels={LABEL: "machine"},
        stdin_open=True,
        volumes=["/var/lib/docker", "/var/lib/containerd"],
        use_config_proxy=False,  # it would put the operator's proxy, and its password, into the class's environment
        host_config={**host_config, **mode.options(cgroup_version)},
    )
    return str(created["Id"])


def kilobytes(size: str) -> str:
    """Return a size such as 512m in units of 1,024 bytes."""
    return str(int(size[:-1]) * {"k": 1, "m": 1024, "g": 1024 * 1024}[size[-1]])


def _listen(api: APIClient, container: str, attached: Stream) -> SandboxReport:
    """Read the report of the start script until its last line, `ready`."""
    output = ProgramOutput(attached)
    try:
        ready = output.read(SECONDS_TO_START, b"ready")
    except TimeoutError:
        detail = channel.run(api, container, LOGS, timeout=5).stdout.splitlines()
        message = f"the sandbox's Docker daemon did not answer within {SECONDS_TO_START:g} s"
        raise HostError(message, hint=HINT, detail=detail) from None
    found = {word: value for word, _, value in (line.partition(" ") for line in output.stdout.splitlines())}
    if ready:
        info = msgspec.json.decode(found["info"], type=dict[str, Any])
        return SandboxReport(found["images"], found.get("hub", ""), found["system"], info, found["metadata"])
    if refused := found.get("refused"):
        hint = "choose another `user` under [terminal] in decks/course.toml"
        raise UsageError(f"the sandbox cannot have the user of the course: {refused}", hint=hint)
    why, *detail = output.stderr.splitlines() or ["it printed nothing"]
    raise HostError(f"the sandbox did not start: {why}", hint=HINT, detail=detail)


def shell(script: str, *arguments: str) -> Sequence[str]:
    """Return the command that runs a shell script with arguments $1, $2..."""
    return ("/bin/sh", "-euc", script, "livedeck", *arguments)
