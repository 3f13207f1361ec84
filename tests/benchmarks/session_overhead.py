"""What a captured session costs for each command, above a plain bash that somebody types into.

    .venv/bin/python -m tests.benchmarks.session_overhead

It needs a Docker daemon; the first run builds the sandbox image. Both shells run in the same sandbox and type the same
commands: the one through `livedeck.capture.Session`, the other into `docker exec -it ... bash` behind a
pseudo-terminal, with an `echo` as the sign of the end. Rounds of both alternate, so that whatever else the machine does
meets both. The limit is what a command costs in the plain bash, 50 times: a quick machine and a slow one are held to
the same. That is some 20 ms.
"""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from livedeck.hosts import Sandbox
from livedeck.model import Key, Location, Step

from tests.capture.kinds import sandbox
from tests.capture.typist import open_session

ROUNDS = 5
COMMANDS = 50
LIMIT = 50.0
STEP = Step(0, Location("benchmark", 1), "")


class PlainShell:
    """`docker exec -it CONTAINER bash` in a pseudo-terminal; a context manager."""

    def __init__(self, container: str) -> None:
        self._near, far = pty.openpty()
        command = ["docker", "exec", "-it", "--user", "ubuntu", container, "bash"]
        self._docker = subprocess.Popen(command, stdin=far, stdout=far, stderr=far, start_new_session=True)
        os.close(far)
        self.run("true")

    def run(self, command: str) -> None:
        """Type it and wait until it is done; the sum keeps the echo of the sign apart from the sign."""
        os.write(self._near, f"{command}; echo done-$((40+2))\n".encode())
        seen = b""
        while b"done-42\r\n" not in seen:
            if not select.select([self._near], [], [], 30)[0]:
                raise TimeoutError(seen)
            seen += os.read(self._near, 65536)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._near, b"exit\n")
        self._docker.wait(10)
        os.close(self._near)


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds a command, round by round."""

    command: str
    plain: tuple[float, ...]
    session: tuple[float, ...]

    @property
    def overhead(self) -> float:
        """The median of the rounds' differences."""
        return statistics.median(s - p for p, s in zip(self.plain, self.session, strict=True))

    @property
    def times(self) -> float:
        """How many times as much as in the plain bash, in the median round."""
        return statistics.median(s / p for p, s in zip(self.plain, self.session, strict=True))


def _round(run: Callable[[str], object], command: str) -> float:
    started = time.perf_counter()
    for _ in range(COMMANDS):
        run(command)
    return (time.perf_counter() - started) / COMMANDS * 1000


def measure(host: Sandbox, command: str) -> Result:
    """Time `command` in both shells of a running sandbox."""
    with ExitStack() as stack:
        plain = stack.enter_context(PlainShell(host._machine.container))
        session = open_session(host)
        stack.callback(session.close)
        pairs = [
            (_round(plain.run, command), _round(lambda text: session.run(Key(0, 0, 0), text, STEP), command))
            for _ in range(ROUNDS)
        ]
    return Result(command, tuple(p for p, _ in pairs), tuple(s for _, s in pairs))


def table(results: list[Result]) -> list[str]:
    """The results as text."""
    lines = [f"{'ms a command':<28} {'plain':>8} {'session':>8} {'overhead':>9} {'times':>6}"]
    lines += [
        f"{r.command:<28} {statistics.median(r.plain):8.2f} {statistics.median(r.session):8.2f} {r.overhead:9.2f} "
        f"{r.times:6.1f}"
        for r in results
    ]
    return [*lines, f"median of {ROUNDS} interleaved rounds of {COMMANDS}; limit {LIMIT:g} times"]


def main() -> int:
    """Measure and print; 1 when a command costs more than the limit."""
    with sandbox(dict(os.environ)) as host:
        results = [measure(host, command) for command in ("true", "/bin/true", "false", "seq 200", "docker images")]
    print("\n".join(table(results)))  # noqa: T201 (a script)
    return int(any(result.times > LIMIT for result in results))


if __name__ == "__main__":
    sys.exit(main())
