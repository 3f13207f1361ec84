"""The one door for regular expressions that authors write: in fences, and in the course file.

They are Python's, and run in a process of their own, `matching`, which starts when the first one is used. It can be
ended in the midst of one that tries for ever, whatever thread asked; `re` here could not.
"""

from __future__ import annotations

import atexit
import json
import re
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, cast

from livedeck.errors import HostError, cut

_LONGEST = 1_000
_MOST_GROUPS = 50
MOST_SECONDS = 2.0
"""Of the processor, for the texts of one call, such as the lines of a command: enough for tens of MB."""
MOST_SECONDS_TOGETHER = 60.0
"""For all expressions of a run, as the last resort."""
HINT = "let each text match in one way: a+ where it says (a+)+, and no two repeats in a row that take the same"
"""What to do about an expression that takes too long."""
_LONGEST_SHOWN = 100


class ExpressionLimitError(ValueError):
    """An expression takes too long, or too much memory."""


class Expression:
    """A regular expression of an author, which means what it means to `re`. `groups` are the names of its groups.

    Each method takes several texts, such as the lines of an output, and raises what `beyond` makes of the reason where
    they take too long or too much memory together.
    """

    def __init__(self, rule: str, beyond: Callable[[str], Exception]) -> None:
        self._rule = rule
        self._beyond = beyond
        self._failure = ""
        self.groups = frozenset(_checked(rule).groupindex)

    def fullmatch(self, texts: Sequence[str]) -> list[bool]:
        """Return for each text whether the expression matches the whole of it."""
        return cast("list[bool]", self._ask("fullmatch", texts))

    def search(self, texts: Sequence[str]) -> list[bool]:
        """Return for each text whether the expression matches somewhere in it."""
        return cast("list[bool]", self._ask("search", texts))

    def spans(self, texts: Sequence[str], group: str) -> list[list[tuple[int, int]]]:
        """Return for each text where the expression matches it: its group of that name, if it has one, else all.

        Empty ones are left out.
        """
        if not any(texts):
            return [[] for _ in texts]
        found = cast("list[list[tuple[int, int]]]", self._ask(f"spans {group}", texts))
        return [[(start, end) for start, end in spans] for spans in found]

    def _ask(self, what: str, texts: Sequence[str]) -> object:
        if not self._failure:  # one that failed is not tried again: a capture asks often
            try:
                return _MATCHER.ask(self._rule, what, texts)
            except ExpressionLimitError as error:
                self._failure = str(error)
        raise self._beyond(self._failure)


def compiled(rule: str, beyond: Callable[[str], Exception] = ExpressionLimitError) -> Expression:
    """Return a regular expression. Raises ValueError if it is none; what is wrong with it."""
    return Expression(rule, beyond)


def in_slashes(rule: str) -> str:
    """Return an expression as messages name it, cut if it is very long."""
    return f"/{cut(rule, _LONGEST_SHOWN)}/"


def _checked(rule: str) -> re.Pattern[str]:
    """Return an expression that is not for use here: to read it takes time and memory that its length bounds."""
    if len(rule) > _LONGEST or rule.count("(") > _MOST_GROUPS:
        raise ValueError(f"it is longer than {_LONGEST:,} characters, or has more than {_MOST_GROUPS} brackets")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what a later Python might read differently
            return re.compile(rule)
    except (re.error, ArithmeticError, MemoryError, RecursionError) as error:
        raise ValueError(str(error)) from None


class _Matcher:
    """The process for expressions, and how much time of all expressions together is used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._spent = 0.0

    def ask(self, rule: str, what: str, texts: Sequence[str]) -> object:
        """Return the answer to a request. Raises ValueError for what is no expression, and ExpressionLimitError."""
        with self._lock:
            if self._spent >= MOST_SECONDS_TOGETHER:
                message = f"all expressions of this run take more than {MOST_SECONDS_TOGETHER:.0f} seconds together"
                raise ExpressionLimitError(message)
            process = self._process = self._process or _start()
            try:
                line = _exchange(process, json.dumps((rule, what, texts, MOST_SECONDS)).encode())
            except BaseException:  # Ctrl-C, say: the answer would be taken for that to the next request
                self._forget(process)
                raise
            if line.endswith(b"\n"):
                seconds, answer, wrong = json.loads(line)
                self._spent += max(seconds, 0.0)  # timers are rounded
                if wrong:
                    raise ValueError(wrong)
                return answer
            self._forget(process)
            if process.returncode != -signal.SIGPROF:
                raise ExpressionLimitError("it needs too much memory")
            self._spent += MOST_SECONDS
            raise ExpressionLimitError(f"it takes more than {MOST_SECONDS:.0f} seconds")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._forget(self._process)

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        process.kill()  # does nothing if it has ended
        process.communicate()


def _start() -> subprocess.Popen[bytes]:
    """Start the process for expressions: nothing but Python's own library, and no signal of this terminal."""
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("matching.py"))]
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(  # noqa: S603 (no shell, and a file of our own)
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise HostError(f"cannot start Python for regular expressions: {error.strerror}") from None


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    """Return the line that the process answers; an incomplete one if it has ended."""
    requests, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    try:
        requests.write(request + b"\n")
        requests.flush()
    except BrokenPipeError:
        return b""
    return answers.readline()


_MATCHER = _Matcher()
atexit.register(_MATCHER.close)
