"""Whether a step did what it says: the commands of one execution, one by one, against their expected exit codes."""

from __future__ import annotations

from collections.abc import Sequence

from livedeck.errors import StepError, TemplateError, named
from livedeck.model import Capture, Key, Runner, Step

_TAIL = 12


def run(step: Step, commands: Sequence[str], execution: int, runner: Runner, captures: list[Capture]) -> None:
    """Run the commands of a step into `captures`. Raises StepError at the first that did not do what the step says."""
    _check(step, len(commands))
    for number, command in enumerate(commands):
        capture = runner.run(Key(step.index, execution, number), command, step)
        captures.append(capture)
        code = None if capture.program else step.expected(number)
        if code is not None and capture.exit != code:
            fitting = list(step.exits or (0,) * len(commands))
            fitting[number] = capture.exit
            codes = ",".join(map(str, fitting))
            raise StepError(
                f"{named(command)} ended with exit code {capture.exit}, not {code}",
                at=step.at,
                hint=f"fix it, or say that this is what it does: exit={codes}",
                detail=capture.output[-_TAIL:],
            )


def _check(step: Step, number: int) -> None:
    """Raise TemplateError for options that do not fit the commands of an expanded fence, known only now."""
    hint = "the commands are those that are left after {% if %} and {% for %}"
    if number == 0:
        raise TemplateError("this run fence holds no command", at=step.at, hint=hint)
    if step.exits and len(step.exits) != number:
        raise TemplateError(f"exit names {len(step.exits)} exit codes for {number} commands", at=step.at, hint=hint)
    if isinstance(step.copy, int) and step.copy > number:
        raise TemplateError(f"copy={step.copy} where there are {number} commands", at=step.at, hint=hint)
