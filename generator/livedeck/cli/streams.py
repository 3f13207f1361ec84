"""The one writer of what is printed: standard output and standard error, line by line, for terminals and CI logs.

`install` puts it in the place of Python's own streams. So nothing gets past it: neither a command nor click, neither
a warning nor a traceback. It lets through what a reader can see, and what is Livedeck's own: see `Stream.steer`.
"""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
from typing import TextIO

from livedeck.characters import hidden
from livedeck.errors import HostError

UNSEEN = "\ufffd"
"""Shown for a character that cannot be seen. It is one column wide, so that tables and marks stay where they are."""
_OUTPUT, _ERROR = 1, 2
# GitHub obeys `::error` at the beginning of a line; GitHub, Azure and TeamCity `##[`, `##vso[` and the like anywhere.
_OBEYED = re.compile(r"^(?P<blank>\s*):(?=:)|#(?=#\S*\[)")


class ReaderGoneError(Exception):
    """The reader of standard output has closed it, as `head` does."""


def harmless(line: str) -> str:
    """Return a line as a reader can see all of it, and as neither a terminal nor a CI log obeys it."""
    seen = line
    if places := [*hidden(line), *(place for place, char in enumerate(line) if char == "\n")]:
        chars = list(line)
        for place in places:
            chars[place] = UNSEEN
        seen = "".join(chars)
    return _OBEYED.sub(lambda found: f"{found[0]} ", seen)


def harmless_text(text: str) -> str:
    """Return a text of which each line is `harmless`."""
    return "\n".join(map(harmless, text.split("\n")))


def harmless_json(document: str) -> str:
    """Return a JSON document that says the same, and of which each line is `harmless`: the rest is escaped."""
    chars = list(document)
    for place in hidden(document):
        chars[place] = json.dumps(chars[place])[1:-1]
    return _OBEYED.sub(r"\\u0023", "".join(chars))


class Stream(io.TextIOBase):
    """Standard output or standard error: what is written to it comes out as `harmless` lines.

    Standard output has to arrive: what cannot be written is an error. Messages on standard error do not: where they
    have no place, the work goes on without them.
    """

    def __init__(self, raw: TextIO | None, descriptor: int) -> None:
        super().__init__()
        self._raw = raw
        self._descriptor = descriptor
        self._rest = ""
        self._waits = False
        if isinstance(raw, io.TextIOWrapper):
            raw.reconfigure(errors="backslashreplace")

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._raw is not None and self._raw.isatty()

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Write a text; what follows its last newline waits for the next text, or for `flush`.

        Raises:
            HostError: it cannot be written to standard output.
            ReaderGoneError: the reader of standard output has closed it.
        """
        *lines, self._rest = (self._rest + text).split("\n")  # a TypeError for bytes: click tries them
        self._put("".join(f"{harmless(line)}\n" for line in lines))
        return len(text)

    def flush(self) -> None:
        """Write what waits, and see that all has arrived. Raises as `write` does."""
        rest, self._rest = self._rest, ""
        self._put(harmless(rest), now=True)

    def steer(self, text: str) -> None:
        """Write what a terminal or a CI log shall obey: Livedeck's own to the last character."""
        self.flush()
        self._put(text, now=True)

    def document(self, text: str) -> None:
        """Write a document for programs, with no newline after it, and in UTF-8 as a file has it. Raises as `write`."""
        self.flush()
        if isinstance(self._raw, io.TextIOWrapper):
            self._put(harmless_text(text).encode("utf-8", "backslashreplace"), now=True)
        else:
            self.write(text)

    def _put(self, text: str | bytes, *, now: bool = False) -> None:
        if self._raw is None:
            if text:
                self._give_up(OSError(errno.EBADF, "it is closed"))
            return
        try:
            if isinstance(text, bytes):
                self._raw.buffer.write(text)
            elif text:  # a full device refuses even to write nothing
                self._raw.write(text)
            self._waits = self._waits or bool(text)
            if now and self._waits:
                self._waits = False
                self._raw.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Let all that is left go nowhere, also what Python writes as it ends. Raises as `write` does."""
        if self._raw is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._descriptor)
            os.close(nowhere)
        if self._descriptor == _ERROR:
            return
        if isinstance(error, BrokenPipeError):
            raise ReaderGoneError from None
        raise HostError(f"cannot write standard output: {error.strerror}") from None


def install() -> tuple[Stream, Stream]:
    """Put the writer in the place of standard output and standard error, and return both.

    Where the caller has closed one of the three standard streams, the next file to be opened would get its number, and
    a child process would take that file for its output. So what is closed leads nowhere instead.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free
    out, err = Stream(sys.stdout, _OUTPUT), Stream(sys.stderr, _ERROR)
    sys.stdout, sys.stderr = out, err
    return out, err
