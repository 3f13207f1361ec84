"""A person at a channel: what they type goes there, what comes back is shown, until the other end closes."""

from __future__ import annotations

import os
import select
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from generator.errors import UsageError
from generator.model import Channel

_WAIT = 0.05


def attach(channel: Channel, keyboard: int, screen: int) -> None:
    """Join a channel to the terminal on two descriptors until the channel ends.

    Raises:
        UsageError: `keyboard` is no terminal.
        HostError: the host is gone.
    """
    if not os.isatty(keyboard):
        raise UsageError("a shell needs a terminal to be typed into", hint="run it in a terminal window, not in a pipe")
    with _raw(keyboard):
        while True:
            ready, _, _ = select.select([keyboard], [], [], 0)
            if ready:
                channel.send(os.read(keyboard, 4096))
            data = channel.receive(_WAIT)
            if data == b"":
                return
            if data:
                os.write(screen, data)


@contextmanager
def _raw(keyboard: int) -> Iterator[None]:
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
