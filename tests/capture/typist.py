"""A shell on a host, and commands typed into it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from livedeck.capture import Session
from livedeck.errors import StepError
from livedeck.model import Capture, Channel, Host, Key, Location, Step, Terminal
from livedeck.template import commands_of

AT = Location("decks/demo/deck.md", 7)
BEGIN = rb"\x1b\]133;C;"
"""The mark in front of what a command shows."""
SECONDS = 120.0
"""After so many something hangs."""


def open_session(host: Host, columns: int = 120, clock: Callable[[], float] = time.monotonic) -> Session:
    """A session as a capture opens it."""
    return Session(host, Terminal(columns=columns), commands_of, clock)


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

    def fence(self, *commands: str, **options: Any) -> list[Capture]:
        """What the commands of a fence did that has these options."""
        step = Step(0, AT, "\n".join(commands), **{"timeout": 60, **options})
        return [self.session.run(Key(0, 0, number), command, step) for number, command in enumerate(commands)]

    def refuses(self, command: str, **options: Any) -> StepError:
        """The error of a fence with one command that cannot be captured."""
        with pytest.raises(StepError) as caught:
            self.fence(command, **options)
        return caught.value

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
