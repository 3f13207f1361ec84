"""What templates see of a step: `steps.<id>` and everything that can be asked of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from livedeck.errors import TemplateError, named, refusing
from livedeck.model import Capture, Step
from livedeck.project.patterns import HINT, compiled, in_slashes
from livedeck.records import columns

_LONG = 20_000
"""Characters of a line: where one that is longer was cut, its record says so by `…` at its end."""


class StepResult:
    """One execution of a step. `all` are all executions so far, this one last."""

    def __init__(self, captures: Sequence[Capture], earlier: Sequence[StepResult] = ()) -> None:
        self._captures = tuple(captures)
        self._earlier = tuple(earlier)

    def __repr__(self) -> str:
        return f"the step `{'; '.join(self.commands)}`"

    @property
    def lines(self) -> list[str]:
        """What the screen showed, without prompts and commands, in logical lines."""
        return [line for capture in self._captures for line in capture.output]

    @property
    def text(self) -> str:
        """The lines as one string."""
        return "\n".join(self.lines)

    @property
    def exit(self) -> int:
        """The exit code of the last command."""
        last = self._captures[-1]
        if last.exit is None:
            hint = "ask the step that ends the program, or ask what this one showed: .text, .count"
            raise TemplateError(f"nobody can know the exit code of {named(last.command)}: {_unknown(last)}", hint=hint)
        return last.exit

    @property
    def seconds(self) -> float:
        """How long all commands took."""
        return round(sum(capture.seconds for capture in self._captures), 3)

    @property
    def commands(self) -> list[str]:
        """The commands as they were typed."""
        return [capture.command for capture in self._captures]

    @property
    def all(self) -> list[StepResult]:
        """Every execution of this step so far, in order."""
        return [*self._earlier, self]

    @property
    def json(self) -> object:
        """The output read as JSON."""
        with refusing(self._no_json):
            return json.loads(self.text)

    def _no_json(self, reason: str) -> TemplateError:
        if lost := _lost(self._captures):
            hint = "have the command print less, such as one part of the JSON"
            return TemplateError(f"the output of this step is no longer JSON: {lost}", hint=hint)
        hint = "have the command print JSON (docker ... --format json), or use .text"
        return TemplateError(f"the output of this step is not JSON: {reason}", hint=hint)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of column tables (`docker ps`), each a dict by head; cells without their padding.

        Each command has its own tables; lines outside of them (a legend, a warning, a title) are left out.
        """
        return [
            {head: cell.text for head, cell in zip(table.heads, row, strict=True)}
            for capture in self._captures
            for table in columns.tables(capture.output)
            for row in table.rows
        ]

    def count(self, text: str) -> int:
        """Count how often `text` is in the output."""
        return self.text.count(text)

    def added(self, other: StepResult) -> list[str]:
        """Return the lines that `other` does not have; ages, times and sizes make no difference, names and ids do."""
        return _missing(self.lines, other.lines)

    def removed(self, other: StepResult) -> list[str]:
        """Return the lines that only `other` has."""
        return _missing(other.lines, self.lines)


class Steps:
    """`steps` in templates: each attribute is a step, so that a step may be called `items` too."""

    def __init__(self) -> None:
        self._results: dict[str, StepResult] = {}

    def __getattr__(self, name: str) -> StepResult:
        try:
            return self.__dict__["_results"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None


def remember(steps: Steps, name: str, captures: Sequence[Capture]) -> None:
    """Make `captures` the latest execution of the step `name`."""
    earlier = steps._results.get(name)  # noqa: SLF001 (kept off the class: each public name there would hide a step)
    steps._results[name] = StepResult(captures, earlier.all if earlier else ())  # noqa: SLF001


def marked(step: Step, captures: Sequence[Capture], steps: Steps) -> frozenset[tuple[int, int]]:
    """Return the lines that a step's `mark` means, as (capture, line) from 0. TemplateError if none."""
    if step.mark is None:
        return frozenset()
    lines = [(number, index, line) for number, c in enumerate(captures) for index, line in enumerate(c.output)]
    if step.mark.startswith("added:"):
        name = step.mark.removeprefix("added:")
        if name not in steps._results:  # noqa: SLF001 (kept off the class: each public name there would hide a step)
            raise TemplateError(f"mark={step.mark}: there is no step {name} above", at=step.at)
        wanted = Counter(StepResult(captures).added(getattr(steps, name)))
        found = set()
        for number, index, line in lines:
            if wanted[line] > 0:
                wanted[line] -= 1
                found.add((number, index))
    else:
        rule = step.mark[1:-1]
        expression = compiled(rule, lambda why: TemplateError(f"mark={in_slashes(rule)}: {why}", at=step.at, hint=HINT))
        matching = expression.search([line for _, _, line in lines])
        found = {(number, index) for (number, index, _), hit in zip(lines, matching, strict=True) if hit}
    if not found:
        raise TemplateError(f"mark={step.mark} marks no line", at=step.at, hint="correct it, or leave it out")
    return frozenset(found)


def _unknown(capture: Capture) -> str:
    """Say why the exit code of a command is not known."""
    return "it was typed into a program" if capture.program else "it left a program open"


def _lost(captures: Sequence[Capture]) -> str:
    """Say what a record does not have of an output; nothing where it has all of it."""
    if omitted := sum(capture.omitted for capture in captures):
        return f"{omitted:,} lines of it were not kept"
    cut = any(len(line) >= _LONG and line.endswith("…") for capture in captures for line in capture.output)
    return "a very long line of it was cut" if cut else ""


def _missing(lines: Sequence[str], other: Sequence[str]) -> list[str]:
    from livedeck.records import volatile  # noqa: PLC0415 (dozens of expressions, for decks that compare steps)

    known = Counter(map(volatile.identity, other))
    found = []
    for line in lines:
        name = volatile.identity(line)
        if known[name] > 0:
            known[name] -= 1
        elif name is not None:
            found.append(line)
    return found
