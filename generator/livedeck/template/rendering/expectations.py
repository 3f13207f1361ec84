"""Whether a step did what it says: the commands of one execution, one by one, and what it announces about them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from livedeck.errors import StepError, TemplateError, named
from livedeck.model import Capture, Key, Runner, Step
from livedeck.template.reading.commands import misfits

_TAIL = 12
_SPECIAL = re.compile(r"[][\\^$.|?*+(){}\"]")
_LONGEST_PATTERN = 80


def run(step: Step, commands: Sequence[str], execution: int, runner: Runner, captures: list[Capture]) -> None:
    """Run the commands of a step into `captures`. Raises StepError at the first that did not do what the step says.

    Raises TemplateError where the options of the step do not fit the commands.
    """
    for message, _ in misfits(step, commands):  # of an expanded fence; for others, reading has checked it
        hint = "the commands are those that are left after {% if %} and {% for %}"
        raise TemplateError(message, at=step.at, hint=hint)
    for number, command in enumerate(commands):
        capture = runner.run(Key(step.index, execution, number), command, step)
        captures.append(capture)
        _check_failed(step, capture, announced=captures[0].program)
        _check_exit(step, capture, number, len(commands))
    if step.fail is not None and captures[0].program and not any(capture.failed for capture in captures):
        message = f"nothing failed here, though fail=/{step.fail}/ announces it"
        hint = "leave fail out, or write what should fail"
        raise StepError(message, at=step.at, hint=hint, detail=captures[-1].output[-_TAIL:])


def _check_exit(step: Step, capture: Capture, number: int, total: int) -> None:
    """Raise StepError where the exit code is not the expected one, or is not known although one is expected."""
    if capture.exit is None and step.exits:
        message = f"nobody can know the exit code of {named(capture.command)}"
        hint = "it left a program open, or was typed into one that went on: leave exit out"
        raise StepError(message, at=step.at, hint=hint)
    code = step.expected(number)
    if capture.exit is None or code is None or capture.exit == code:
        return
    fitting = list(step.exits or (0,) * total)
    fitting[number] = capture.exit
    message = f"{named(capture.command)} ended with exit code {capture.exit}, not {code}"
    if total > 1 and (capture.program or step.shell or step.prompts):  # the codes of the others are not known
        hint = f"fix it, or say in a fence of its own that this is what it does: exit={capture.exit}"
    else:
        hint = f"fix it, or say that this is what it does: exit={','.join(map(str, fitting))}"
    raise StepError(message, at=step.at, hint=hint, detail=capture.output[-_TAIL:])


def _check_failed(step: Step, capture: Capture, *, announced: bool) -> None:
    """Raise StepError where a program said that something failed, unless the step announces that.

    Where a step opens a program, its `fail` says what counts as failed; where it is typed into one, what is announced.
    """
    if not capture.failed or (announced and step.fail is not None and re.search(step.fail, capture.failed)):
        return
    message = f"{named(capture.command)} failed: {capture.failed}"
    where = "" if announced else " in a fence of its own"
    hint = f"fix it, or say{where} that this is what it does: {_announcing(capture.failed)}"
    raise StepError(message, at=step.at, hint=hint, detail=capture.output[-_TAIL:])


def _announcing(line: str) -> str:
    """Return the option that announces a line as failed, ready to be pasted into an info string."""
    text = line.strip()[:_LONGEST_PATTERN].strip()
    pattern = _SPECIAL.sub(r"\\\g<0>", text).replace("`", ".")
    return f'fail="/{pattern}/"' if re.search(r"[\s\"']", pattern) else f"fail=/{pattern}/"
