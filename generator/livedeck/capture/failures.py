"""What counts as an error among the lines that programs answer, as their exit codes are not known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from livedeck.project.patterns import Expression, compiled

_BUILT_IN: Mapping[str, str] = {
    r"psql": r"^(?:psql:.*: )?(?:ERROR|FATAL|PANIC):|^invalid command ",
    r"mysql|mariadb": r"^ERROR \d+ |^ERROR at line |^ERROR: ",
    r"sqlite3": r"^(?:Parse|Runtime) error|^Error: |^unknown command ",
    r"python[\d.]*": r"^Traceback \(most recent call last\):|^(?:\w+\.)*\w*(?:Error|Exception|Exit)\b",
    r"node|nodejs": r"^(?:\^C)?(?:Uncaught|Thrown:)",
}
"""Programs, and how the lines begin in which they report errors."""


def patterns(command: str, own: Expression | None) -> tuple[Expression, ...]:
    """Return the expressions for lines that are errors in the program that a command opens; `own` is the author's."""
    known = (found for name, found in _BUILT_IN.items() if re.search(rf"(?<![\w.-])(?:{name})(?![\w.-])", command))
    return (*map(compiled, known), *([own] if own else []))


def find(lines: Sequence[str], known: Sequence[Expression], announced: Expression | None) -> str:
    """Return the line that says that something failed: the announced one if there is one, else the last; "" if none."""
    for expressions in ([announced] if announced else [], known):
        failed = [any(hits) for hits in zip(*(expression.search(lines) for expression in expressions), strict=True)]
        for line, hit in zip(reversed(lines), reversed(failed), strict=False):
            if hit:
                return line
    return ""
