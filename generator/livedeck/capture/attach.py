"""A person at a channel: what they type goes there, what comes back is shown, until one end closes."""

from __future__ import annotations

import os
import select
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from livedeck.errors import UsageError
from livedeck.model import Channel

_WAIT = 0.05


def attach(channel: Channel, keyboard: int, screen: int) -> None:
    """Join a channel to the terminal on two descriptors until the channel ends, or the terminal is closed.

    Raises:
        UsageError: `keyboard` is no terminal.
        HostError: the host is gone.
    """
    need_terminal(keyboard)
    with _raw(keyboard):
        while True:
            ready, _, _ = select.select([keyboard], [], [], 0)
            if ready:
                typed = _read(keyboard)
                if not typed:
                    return
                channel.send(typed)
            data = channel.receive(_WAIT)
            if data == b"":
                return
            if data:
                with suppress(OSError):  # a window that was closed; the next read says so
                    os.write(screen, data)


def need_terminal(keyboard: int) -> None:
    """Raise UsageError where `keyboard` is no terminal."""
    if not os.isatty(keyboard):
        raise UsageError("a shell needs a terminal to be typed into", hint="run it in a terminal window, not in a pipe")


def _read(keyboard: int) -> bytes:
    """What was typed; nothing once the window is closed."""
    try:
        return os.read(keyboard, 4096)
    except OSError:
        return b""


@contextmanager
def _raw(keyboard: int) -> Iterator[None]:
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        yield
    finally:
        with suppress(termios.error):  # the window is closed
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
