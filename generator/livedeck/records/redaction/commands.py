"""Secrets in what a deck types: they cannot be taken out of a command without changing it, so they are errors."""

from __future__ import annotations

from collections.abc import Sequence

from livedeck.errors import TemplateError
from livedeck.model import Location, Step
from livedeck.records.redaction.redactor import INPUT, OPERATOR, Redactor, mark, marked

_BEFORE, _AFTER = 60, 40
"""How many characters of a long line are shown around a secret."""


def secrets_in(redactor: Redactor, step: Step, typed: str) -> list[TemplateError]:
    """Return an error for each line of what a step types that holds a secret, without the secret.

    What only `Redactor.learn` knows is no error: the template has it as input.
    """
    every = redactor.found(typed)
    shown = marked(typed, [found._replace(shown="") for found in every]).split("\n")
    rules: dict[int, list[str]] = {}
    for found in every:
        if found.rule != INPUT:
            rules.setdefault(typed.count("\n", 0, found.start), []).append(found.rule)
    return [
        _error(_place(step, typed, row), shown[row], list(dict.fromkeys(names)), redactor)
        for row, names in rules.items()
    ]


def _error(at: Location, line: str, rules: Sequence[str], redactor: Redactor) -> TemplateError:
    named = f"the rule {rules[0]}" if len(rules) == 1 else f"the rules {' and '.join(rules)}"
    added = "add it to" if redactor.allowed else "write it as"
    allow = f'{added} allowed = ["..."] under [redact] in decks/course.toml'
    if rules == [OPERATOR]:
        message = f"`{_cut(line)}` names you or your home folder ({named})"
        hint = f"write ~ for the folder, or another name; if it may be on slides, {allow}"
    else:
        message = f"`{_cut(line)}` holds a secret ({named})"
        hint = (
            "let a variable or a file on the host hold it, or pipe it to --password-stdin\n"
            f"if what is at the mark is no secret in this course, {allow}"
        )
    return TemplateError(message, at=at, hint=hint)


def _cut(line: str) -> str:
    """Return of a long line what is around its first mark."""
    first = line.index(mark("")[:-1])
    end = line.index(">", first) + 1 + _AFTER
    before = line[:first] if first <= _BEFORE else f"…{line[first - _BEFORE : first]}"
    return before + line[first:end] + ("…" if end < len(line) else "")


def _place(step: Step, typed: str, row: int) -> Location:
    """Return where the template has a line that a step types; its fence where the line was made by Jinja."""
    rows, lines = step.text.split("\n"), typed.split("\n")
    starts = [at for at in range(len(rows) - len(lines) + 1) if rows[at : at + len(lines)] == lines]
    if starts:
        return Location(step.at.path, step.at.line + 1 + starts[0] + row)
    if lines[row] in rows:
        return Location(step.at.path, step.at.line + 1 + rows.index(lines[row]))
    return step.at
