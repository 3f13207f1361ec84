"""Real hosts, and a person who types on them. A host kind that is added to HOSTS is held to the whole suite."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator import course
from generator.capture import Session
from generator.errors import StepError
from generator.hosts import open_sandbox
from generator.model import Capture, Host, Key, Location, Step
from generator.template import split
from tests.hosts.openssh import OverSsh

ROOT = Path(__file__).resolve().parents[2]
AT = Location("decks/demo/deck.md", 7)


def sandbox(environ: dict[str, str]) -> Host:
    """A disposable Docker host with the stand-in images, so that no test needs Docker Hub."""
    return open_sandbox(
        course.load(ROOT),
        "current",
        images="stand-in",
        fresh=False,
        environ=environ,
        now=lambda: datetime.now(UTC),
        report=lambda event: None,
    )


HOSTS: dict[str, Callable[[dict[str, str]], Host]] = {
    "sandbox": sandbox,
    "ssh": OverSsh,
}


def open_session(host: Host, columns: int = 120) -> Session:
    """A session as a capture opens it."""
    return Session(host, columns, split)


@dataclass
class Typist:
    """One shell on a host. Commands are typed one after the other; each must do what the test says."""

    host: Host
    columns: int = 120
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = open_session(self.host, self.columns)

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

    def fails(self, command: str, timeout: float = 10) -> StepError:
        """The error of a command that cannot be captured."""
        with pytest.raises(StepError) as caught:
            self.capture(command, timeout)
        assert caught.value.at == AT
        return caught.value


@pytest.fixture(scope="session", params=sorted(HOSTS))
def open_host(request: pytest.FixtureRequest) -> Callable[[dict[str, str]], Host]:
    """Opens a host of each kind; `environ` says how to reach it."""
    return HOSTS[request.param]


@pytest.fixture(scope="session")
def host(open_host: Callable[[dict[str, str]], Host]) -> Iterator[Host]:
    """A host for the tests that leave it as it was, or nearly so."""
    with open_host(dict(os.environ)) as running:
        yield running


@pytest.fixture
def own_host(open_host: Callable[[dict[str, str]], Host]) -> Iterator[Host]:
    """A host for one test alone, to be destroyed."""
    with open_host(dict(os.environ)) as running:
        yield running


@pytest.fixture
def typist(host: Host) -> Iterator[Typist]:
    """A fresh shell."""
    typist = Typist(host)
    yield typist
    typist.session.close()
