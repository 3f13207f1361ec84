"""Whether a step did what it says: the commands of one execution, one by one, against their expected exit codes."""

from __future__ import annotations

from collections.abc import Sequence

from livedeck.errors import StepError, TemplateError, named
from livedeck.model import Capture, Key, Runner, Step
from livedeck.template.reading.commands import miscounted

_TAIL = 12


def run(step: Step, commands: Sequence[str], execution: int, runner: Runner, captures: list[Capture]) -> None:
    """Run the commands of a step into `captures`. Raises StepError at the first that did not do what the step says.

    Raises TemplateError where the options of the step do not fit the commands.
    """
    for message, _ in miscounted(step, len(commands)):  # of an expanded fence; for others, reading has checked it
        hint = "the commands are those that are left after {% if %} and {% for %}"
        raise TemplateError(message, at=step.at, hint=hint)
    for number, command in enumerate(commands):
        capture = runner.run(Key(step.index, execution, number), command, step)
        captures.append(capture)
        code = None if capture.program else step.expected(number)
        if code is not None and capture.exit != code:
            fitting = list(step.exits or (0,) * len(commands))
            fitting[number] = capture.exit
            message = f"{named(command)} ended with exit code {capture.exit}, not {code}"
            hint = f"fix it, or say that this is what it does: exit={','.join(map(str, fitting))}"
            raise StepError(message, at=step.at, hint=hint, detail=capture.output[-_TAIL:])
