"""What a real machine tells about itself, asked with one script that any POSIX shell runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livedeck.errors import HostError
from livedeck.model import Course, HostFacts, Images

SHELL = "/bin/sh"
HELLO = "livedeck"
"""A line of its own, after whatever a login says before the script runs."""
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
LIST = f"""
echo {HELLO}
{LIST_IMAGES}
"""
TERMINAL = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC", "PAGER": "cat"}
"""What every terminal's environment says, whoever's machine it is."""
SNAPSHOTTER = "io.containerd.snapshotter.v1"
CONTAINERD = "/var/lib/containerd"
OWN_CONTAINERD = "docker/containerd/containerd.sock"
"""How the address of a containerd ends that dockerd started for itself; its data lie below dockerd's own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script wrote, and its exit code."""

    exit: int
    stdout: str
    stderr: str

    def lines(self) -> list[str]:
        """Return the lines of its standard output, from the script's own first line on."""
        return self.stdout.partition(f"{HELLO}\n")[2].splitlines()

    def last_words(self) -> Sequence[str]:
        """Return what to show when something went wrong."""
        return [line.rstrip() for line in self.stderr.splitlines() if line.strip()][-12:]


def read(kind: str, machine: str, answer: Answer) -> HostFacts:
    """Return the facts in an answer to `ASK`.

    Raises:
        HostError: there is no Docker, its daemon does not answer, or the machine is no Unix to speak of.
    """
    told = dict(line.split(" ", 1) for line in answer.lines() if " " in line)
    if not {"user", "hostname", "kernel"} <= told.keys():
        raise HostError(
            f"{machine} does not run commands", hint="Livedeck needs a POSIX shell there", detail=answer.last_words()
        )
    if "info" not in told:
        raise HostError(f"there is no Docker on {machine}", hint="install Docker there", detail=answer.last_words())
    info = _info(told["info"])
    if not info.get("ServerVersion"):
        raise HostError(
            f"the Docker daemon of {machine} does not answer {told['user']}",
            hint=f"start it, or let {told['user']} use it (group docker); `docker info` there shows whether it answers",
            detail=answer.last_words() or [str(error) for error in info.get("ServerErrors") or ()],
        )
    return HostFacts(
        kind=kind,
        docker_version=str(info["ServerVersion"]),
        storage_driver=str(info["Driver"]),
        docker_root=str(info["DockerRootDir"]),
        layer_dir=layer_dir(info),
        architecture=str(info["Architecture"]),
        operating_system=told.get("system", "") or str(info.get("OperatingSystem", "")),
        kernel=told["kernel"],
        hostname=told["hostname"],
        user=told["user"],
    )


def images(machine: str, answer: Answer) -> Images:
    """Return the images in an answer to `LIST`; a real machine has them from Docker Hub.

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


def layer_dir(info: Mapping[str, Any]) -> str:
    """Return where the daemon of that `docker info` keeps the layers of images, as Docker 20.10 to 28.5 were seen to.

    A containerd that dockerd did not start is taken to have its usual data folder: it does not say.
    """
    driver, root = str(info["Driver"]), str(info["DockerRootDir"])
    if SNAPSHOTTER not in str(info.get("DriverStatus")):
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


def introduction(machine: str, found: HostFacts, course: Course) -> Iterator[str]:
    """Yield what to say before the first command: what the machine is, and whose prompt slides will show."""
    yield f"{machine}: Docker {found.docker_version} on {found.operating_system}, as {found.user} on {found.hostname}"
    terminal = course.file.terminal
    if (terminal.user, terminal.hostname) != (found.user, found.hostname):
        yield f"slides will show that machine's own prompt, not {terminal.user}@{terminal.hostname}"


def _info(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
