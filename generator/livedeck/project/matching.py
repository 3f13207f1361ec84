"""The process in which authors' expressions run: it answers each line of JSON with a line, see `patterns`.

Nothing in Python can stop an expression from outside, and signals reach one only between some of its steps. So the
system ends this process when an expression has used its time: that needs no help from what is running.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress

_MEMORY = 2 * 1024**3


def main() -> None:
    """Answer requests until there are no more. Each is an expression, what to do with it, texts, and seconds."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    with suppress(OSError, ValueError):  # some systems have no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    warnings.simplefilter("ignore")  # about what a later Python might read differently
    for line in sys.stdin.buffer:
        rule, what, texts, seconds = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer, wrong = _answered(rule, what, texts)
        left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(f"{json.dumps([seconds - left, answer, wrong])}\n")
        sys.stdout.flush()


def _answered(rule: str, what: str, texts: Sequence[str]) -> tuple[object, str]:
    """Return the answer, or what is wrong with the expression. For want of memory, the process ends."""
    try:
        pattern = re.compile(rule)
        if what == "fullmatch":
            return [pattern.fullmatch(text) is not None for text in texts], ""
        if what == "search":
            return [pattern.search(text) is not None for text in texts], ""
        name = what.removeprefix("spans ")
        group = name if name in pattern.groupindex else 0
        spans = [[match.span(group) for match in pattern.finditer(text)] for text in texts]
        return [[(start, end) for start, end in found if start < end] for found in spans], ""
    except (re.error, ArithmeticError, RecursionError) as error:
        return None, str(error)


if __name__ == "__main__":
    main()
