"""Real hosts, and a person who types on them. A host kind that is added to HOSTS is held to the whole suite."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from livedeck.capture import Session
from livedeck.errors import StepError
from livedeck.hosts import open_sandbox
from livedeck.model import Capture, Channel, Host, Key, Location, Run, Step
from livedeck.project import course
from livedeck.template import split

from tests.capture.proxy import Proxy
from tests.hosts.inside import Inside
from tests.hosts.openssh import OverSsh

ROOT = Path(__file__).resolve().parents[2]
AT = Location("decks/demo/deck.md", 7)
BEGIN = rb"\x1b\]133;C;"
"""The mark in front of what a command shows."""
SECONDS = 120.0
"""After so many something hangs."""


def sandbox(environ: dict[str, str]) -> Host:
    """A disposable Docker host with the stand-in images, so that no test needs Docker Hub."""
    return open_sandbox(
        course.load(ROOT),
        "current",
        Run(environ, lambda: datetime.now(UTC), lambda event: None),
        images="stand-in",
        fresh=False,
    )


@contextmanager
def sandbox_to_lose() -> Iterator[tuple[Host, str]]:
    with Proxy(cut_at=b"cut it now") as proxy, sandbox({**os.environ, "DOCKER_HOST": proxy.url}) as host:
        yield host, "echo cut 'it now'; sleep 1000"


@contextmanager
def machine_to_lose() -> Iterator[tuple[Host, str]]:
    with OverSsh(dict(os.environ)) as host:
        yield host, "sudo pkill -9 sshd-session; sleep 1000"


@dataclass(frozen=True)
class Kind:
    """A kind of host, and the little in which kinds may differ.

    `lose` gives a host and the command during which the road to it ends, where there is a road. `tells_signals` is
    false where the end of a shell by a signal is not told from other ends; `no_shell` is what is said where none can be
    started.
    """

    open: Callable[[dict[str, str]], Host]
    lose: Callable[[], AbstractContextManager[tuple[Host, str]]] | None
    tells_signals: bool
    no_shell: str


HOSTS = {
    "sandbox": Kind(sandbox, sandbox_to_lose, tells_signals=True, no_shell="shell does not answer"),
    "local": Kind(Inside, None, tells_signals=True, no_shell="shell does not answer"),
    "ssh": Kind(OverSsh, machine_to_lose, tells_signals=False, no_shell="opens no terminal"),
}


def open_session(host: Host, columns: int = 120, clock: Callable[[], float] = time.monotonic) -> Session:
    """A session as a capture opens it."""
    return Session(host, columns, split, clock)


class Unhurried:
    """A host whose clock stands until a command has shown a text, so that the machine's speed decides nothing.

    What is typed then stops it again until the next text is shown.
    """

    def __init__(self, host: Host, *texts: str) -> None:
        self._host = host
        self._texts = [re.escape(text.encode()) for text in texts]
        self._shown = b""
        self._stopped_at = time.monotonic()
        self._lost = 0.0
        self._awaited: bytes | None = BEGIN + b"(?s:.*)" + self._texts.pop(0)

    def clock(self) -> float:
        return (time.monotonic() if self._awaited is None else self._stopped_at) - self._lost

    def open_terminal(self, command: tuple[str, ...], columns: int, rows: int) -> Channel:
        self._channel = self._host.open_terminal(command, columns, rows)
        return self

    def send(self, data: bytes) -> None:
        if self._awaited is None and self._texts:
            self._stopped_at, self._shown, self._awaited = time.monotonic(), b"", self._texts.pop(0)
        self._channel.send(data)

    def receive(self, timeout: float) -> bytes | None:
        if self._awaited is None:
            return self._channel.receive(timeout)
        data = self._channel.receive(SECONDS)
        self._shown += data or b""
        if re.search(self._awaited, self._shown):
            self._lost += time.monotonic() - self._stopped_at
            self._awaited = None
        return data

    def exit_code(self) -> int | None:
        return self._channel.exit_code()

    def close(self) -> None:
        self._channel.close()


@dataclass
class Typist:
    """One shell on a host. Commands are typed one after the other; each must do what the test says."""

    host: Host
    columns: int = 120
    clock: Callable[[], float] = time.monotonic
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = open_session(self.host, self.columns, self.clock)

    def capture(self, command: str, timeout: float = 30) -> Capture:
        """What `command` did."""
        return self.session.run(Key(0, 0, 0), command, Step(0, AT, command, timeout=timeout))

    def lines(self, *commands: str, exit: int = 0) -> list[str]:  # noqa: A002 (as the fence option is called)
        """The lines of the last of these commands; all before it must exit 0, and it with `exit`."""
        for command in commands[:-1]:
            assert self.capture(command).exit == 0, command
        captured = self.capture(commands[-1])
        assert captured.exit == exit, captured
        return list(captured.output)

    def fails(self, command: str, timeout: float = 30) -> StepError:
        """The error of a command that cannot be captured."""
        with pytest.raises(StepError) as caught:
            self.capture(command, timeout)
        assert caught.value.at == AT
        return caught.value


@pytest.fixture(scope="session", params=sorted(HOSTS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of host."""
    return HOSTS[request.param]


@pytest.fixture(scope="session")
def host(kind: Kind) -> Iterator[Host]:
    """A host for the tests that leave it as it was, or nearly so."""
    with kind.open(dict(os.environ)) as running:
        yield running


@pytest.fixture
def own_host(kind: Kind) -> Iterator[Host]:
    """A host for one test alone, to be destroyed."""
    with kind.open(dict(os.environ)) as running:
        yield running


@pytest.fixture
def typist(host: Host) -> Iterator[Typist]:
    """A fresh shell."""
    typist = Typist(host)
    yield typist
    typist.session.close()


@pytest.fixture
def unhurried(host: Host) -> Iterator[Callable[..., Typist]]:
    """Makes a fresh shell whose clock stands until its command has shown these texts."""
    typists: list[Typist] = []

    def make(*texts: str) -> Typist:
        slow = Unhurried(host, *texts)
        typists.append(Typist(slow, clock=slow.clock))
        return typists[-1]

    yield make
    for typist in typists:
        typist.session.close()
