"""The facts of a machine and its Docker, asked for with scripts that any POSIX shell runs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from livedeck.errors import HostError
from livedeck.model import Course, HostFacts, Images, Notice, Report

SHELL = "/bin/sh"
SECONDS_TO_ANSWER = 60.0
# A line of its own, because a login may print something before the script runs.
HELLO = "livedeck"
ASK = f"""
LC_ALL=C; export LC_ALL
echo {HELLO}
echo "user $(id -un)"
echo "hostname $(uname -n)"
echo "kernel $(uname -r)"
echo "system $(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME")"
command -v docker >/dev/null || {{ echo "docker: command not found" >&2; exit 0; }}
echo "info $(docker info --format '{{{{json .}}}}')"
"""
LIST_IMAGES = "docker image ls --digests --no-trunc --format '{{json .}}'"
LIST = f"echo {HELLO}\n{LIST_IMAGES}\n"
# In the environment of every terminal, on whatever machine.
TERMINAL = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC", "PAGER": "cat"}
SNAPSHOTTER = "io.containerd.snapshotter.v1"
CONTAINERD = "/var/lib/containerd"
# The end of the address of a containerd that dockerd started for itself; its data lie below dockerd's own.
OWN_CONTAINERD = "docker/containerd/containerd.sock"


@dataclass(frozen=True, slots=True)
class ScriptOutput:
    """What a script or program wrote, and its exit code."""

    exit: int
    stdout: str
    stderr: str

    def lines(self) -> list[str]:
        """Return the lines of standard output that follow the script's `HELLO`."""
        return self.stdout.partition(f"{HELLO}\n")[2].splitlines()

    def last_words(self) -> Sequence[str]:
        """Return the last lines of standard error, to show when something went wrong."""
        return last_lines(self.stderr.splitlines())


def run_script(machine: str, shell: Sequence[str], script: str, environ: Mapping[str, str]) -> ScriptOutput:
    """Return what a script wrote; the command `shell` runs one from its standard input on `machine`.

    Raises:
        HostError: there is no answer.
    """
    try:
        ran = subprocess.run(  # noqa: S603 - fixed words and a checked address
            shell, input=script.encode(), capture_output=True, env=environ, timeout=SECONDS_TO_ANSWER, check=False
        )
    except subprocess.TimeoutExpired:
        raise HostError(f"{machine} did not answer within {SECONDS_TO_ANSWER:g} s") from None
    except OSError as error:
        raise HostError(f"{shell[0]} could not be started: {error.strerror}") from error
    return ScriptOutput(ran.returncode, ran.stdout.decode(errors="replace"), ran.stderr.decode(errors="replace"))


def last_lines(lines: Iterable[str], count: int = 12) -> list[str]:
    """Return the last lines that are not blank."""
    return [line.rstrip() for line in lines if line.strip()][-count:]


def read(kind: str, machine: str, answer: ScriptOutput, course: Course, report: Report) -> HostFacts:
    """Return the facts in an answer to `ASK`, and report what the machine is and which prompt slides will show.

    Raises:
        HostError: the machine runs no POSIX shell, has no Docker, or its daemon does not answer.
    """
    said = dict(line.split(" ", 1) for line in answer.lines() if " " in line)
    if not {"user", "hostname", "kernel"} <= said.keys():
        raise HostError(
            f"{machine} does not run commands", hint="Livedeck needs a POSIX shell there", detail=answer.last_words()
        )
    if "info" not in said:
        raise HostError(f"there is no Docker on {machine}", hint="install Docker there", detail=answer.last_words())
    info: dict[str, Any] = {}
    with suppress(ValueError):
        info = json.loads(said["info"])
    if not info.get("ServerVersion"):
        raise HostError(
            f"the Docker daemon of {machine} does not answer {said['user']}",
            hint=f"start it, or let {said['user']} use it (group docker); `docker info` there shows whether it answers",
            detail=answer.last_words() or [str(error) for error in info.get("ServerErrors") or ()],
        )
    system = said.get("system", "") or str(info.get("OperatingSystem", ""))
    user, hostname, terminal = said["user"], said["hostname"], course.file.terminal
    found = of_docker(kind, info, system=system, kernel=said["kernel"], hostname=hostname, user=user)
    report(Notice(f"{machine}: Docker {found.docker_version} on {system}, as {user} on {hostname}"))
    if (terminal.user, terminal.hostname) != (user, hostname):
        report(Notice(f"slides will show that machine's own prompt, not {terminal.user}@{terminal.hostname}"))
    return found


def of_docker(kind: str, info: Mapping[str, Any], *, system: str, kernel: str, hostname: str, user: str) -> HostFacts:
    """Return the facts of a host whose `docker info` is `info`."""
    return HostFacts(
        kind=kind,
        docker_version=str(info["ServerVersion"]),
        storage_driver=str(info["Driver"]),
        docker_root=str(info["DockerRootDir"]),
        layer_dir=_layer_dir(info),
        architecture=str(info["Architecture"]),
        operating_system=system,
        kernel=kernel,
        hostname=hostname,
        user=user,
    )


def images(machine: str, answer: ScriptOutput) -> Images:
    """Return the images in an answer to `LIST`. Those of a real machine count as Docker Hub's.

    Raises:
        HostError: the machine's daemon is gone.
    """
    if answer.exit:
        raise HostError(
            f"the Docker daemon of {machine} does not answer any more",
            hint="run the command again",
            detail=answer.last_words(),
        )
    return Images(source="hub", digests=digests(answer.lines()))


def uses_containerd(info: Mapping[str, Any]) -> bool:
    """Return whether the daemon of that `docker info` keeps its images in containerd's store."""
    return SNAPSHOTTER in str(info.get("DriverStatus"))


def _layer_dir(info: Mapping[str, Any]) -> str:
    """Return where the daemon of that `docker info` keeps the layers of images (seen with Docker 20.10 to 28.5).

    A containerd that dockerd did not start does not say where its data are: its usual folder is assumed.
    """
    driver, root = str(info["Driver"]), str(info["DockerRootDir"])
    if not uses_containerd(info):
        return f"{root}/{driver}"
    address = str((info.get("Containerd") or {}).get("Address"))
    data = f"{root}/containerd/daemon" if address.endswith(OWN_CONTAINERD) else CONTAINERD
    return f"{data}/{SNAPSHOTTER}.{driver}/snapshots"


def digests(lines: Iterable[str]) -> dict[str, str]:
    """Return the digest of each tagged image that has one, from what `LIST_IMAGES` prints."""
    rows = [json.loads(line) for line in lines]
    found = {
        f"{row['Repository']}:{row['Tag']}": row["Digest"]
        for row in rows
        if "<none>" not in (row["Repository"], row["Tag"], row["Digest"])
    }
    return dict(sorted(found.items()))
