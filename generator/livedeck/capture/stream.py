"""What comes from a terminal, cut into what is shown and the marks that Livedeck's shells print.

A mark is a sequence that terminals know as shell integration (OSC 133) and do not show:
`ESC ] 133 ; KIND ; NONCE ; VALUE BEL`. Only marks with the nonce of one of our shells count; others are output.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from livedeck.model import Channel

BEGIN, END, UNREAD, PROMPT, READY, KIND = "C", "D", "U", "A", "B", "P"
"""A command begins; it has ended (value: exit code); what it left unread of what was typed; the prompt begins; it is
there, and the shell reads; which shell this is."""
_INTRODUCER = b"\x1b]133;"
_LONGEST = 1024
_GRACE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: what it says, which shell printed it, and its value."""

    kind: str
    nonce: str
    value: str


def is_end(piece: bytes | Mark | None) -> TypeGuard[Mark]:
    """Whether a piece is the mark of an end, with an exit code: a shell whose deck broke its hooks prints none."""
    return isinstance(piece, Mark) and piece.kind == END and piece.value.isdigit()


class ChannelEnd(Exception):  # noqa: N818 (not an error: programs end)
    """The program at the other end has ended, with that exit code if it is known."""

    def __init__(self, code: int | None) -> None:
        super().__init__("the terminal was closed")
        self.code = code


class Stream:
    """The pieces that come from a channel, in order."""

    def __init__(self, channel: Channel, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._clock = clock
        self._nonces: tuple[str, ...] = ()
        self._marks = re.compile(rb"(?!)")
        self._held = b""
        self._pieces: deque[bytes | Mark] = deque()
        self.heard = clock()
        """When something last came."""

    def trust(self, *nonces: str) -> None:
        """From now on marks with these nonces count, and no others."""
        self._nonces = nonces
        own = "|".join(map(re.escape, nonces)).encode()
        self._marks = re.compile(rb"\x1b\]133;([A-Z]);(" + own + rb");([^\x07\x1b]*)\x07")

    def send(self, data: bytes) -> None:
        """Type `data`. Raises HostError when the other end is gone."""
        self._channel.send(data)

    def next(self, until: float) -> bytes | Mark | None:
        """Return the next piece, or None if the time is up.

        What has arrived by then is still taken, but not for long: a command may write faster than we read.

        Raises:
            ChannelEnd: nothing will come any more.
            HostError: the host is gone.
        """
        while not self._pieces:
            left = until - self._clock()
            data = self._channel.receive(max(left, 0.0)) if left > -_GRACE_SECONDS else None
            if data is None:
                return None
            if data:
                self.heard = self._clock()
                self._cut(data)
            elif self._held:
                self._pieces.append(self._held)
                self._held = b""
            else:
                raise ChannelEnd(self._channel.exit_code())
        return self._pieces.popleft()

    def has_end(self) -> bool:
        """Whether the mark of an end is among what has come and was not taken yet."""
        return any(is_end(piece) for piece in self._pieces)

    def _cut(self, data: bytes) -> None:
        data, self._held = self._held + data, b""
        at = 0
        for match in self._marks.finditer(data):
            if match.start() > at:
                self._pieces.append(data[at : match.start()])
            self._pieces.append(Mark(*(group.decode(errors="replace") for group in match.groups())))
            at = match.end()
        rest = data[at:]
        escape = rest.rfind(b"\x1b", max(len(rest) - _LONGEST, 0))
        if escape >= 0 and _may_be_mark(rest[escape:]):  # it may have arrived only in part
            rest, self._held = rest[:escape], rest[escape:]
        if rest:
            self._pieces.append(rest)


def _may_be_mark(tail: bytes) -> bool:
    """Whether bytes from an escape to the end of what has come can be the beginning of a mark, and of nothing else."""
    if len(tail) < len(_INTRODUCER):
        return _INTRODUCER.startswith(tail)
    return tail.startswith(_INTRODUCER) and b"\x07" not in tail
