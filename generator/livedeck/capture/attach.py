"""Connect a person to a channel: send what they type, show what comes back, until one end closes."""

from __future__ import annotations

import os
import select
import termios
import tty
from contextlib import suppress

from livedeck.errors import UsageError
from livedeck.model import Channel

_WAIT = 0.05


def attach(channel: Channel, keyboard: int, screen: int) -> None:
    """Connect a channel to the terminal on two descriptors until the channel ends or the terminal is closed.

    Raises:
        UsageError: `keyboard` is not a terminal.
        HostError: the host is gone.
    """
    need_terminal(keyboard)
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        while True:
            ready, _, _ = select.select([keyboard], [], [], 0)
            if ready:
                typed = b""
                with suppress(OSError):  # the window is closed
                    typed = os.read(keyboard, 4096)
                if not typed:
                    return
                channel.send(typed)
            data = channel.receive(_WAIT)
            if data == b"":
                return
            if data:
                with suppress(OSError):  # the window is closed; the next read says so
                    os.write(screen, data)
    finally:
        with suppress(termios.error):  # the window is closed
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def need_terminal(keyboard: int) -> None:
    """Raise UsageError if `keyboard` is not a terminal."""
    if not os.isatty(keyboard):
        raise UsageError("a shell needs a terminal to be typed into", hint="run it in a terminal window, not in a pipe")
