"""A template, and a runner that answers from a table. Everything else is real."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from livedeck.errors import LivedeckError, Problems
from livedeck.figures import Figure
from livedeck.model import Capture, DeckView, Failure, FigureLabels, Key, Labels, Rendered, Runner, Step
from livedeck.template import StepLook, Template, commands_of, read, render

from tests.course import FACTS

PATH = "decks/01-test/deck.md"
FRONT = "---\nmarp: true\n---\n\n"
FIRST = 5
"""The line of the template on which what follows FRONT begins."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command prints, and its exit code."""

    output: tuple[str, ...] = ()
    exit: int = 0


class Bash:
    """What all runners here share: a text is cut into commands by bash's grammar, and no program waits."""

    def split(self, step: Step, text: str) -> tuple[str, ...]:
        return commands_of(step, text, in_program=False)


@dataclass
class Table(Bash):
    """A runner: each command has its answers, the last of which repeats; `typed` is everything that was asked."""

    answers: Mapping[str, Sequence[Answer]] | Callable[[str], Answer]
    typed: list[tuple[Key, str]] = field(default_factory=list)

    def run(self, key: Key, command: str, step: Step) -> Capture:
        earlier = sum(1 for _, other in self.typed if other == command)
        self.typed.append((key, command))
        if step.file:
            answer = Answer()
        elif callable(self.answers):
            answer = self.answers(command)
        else:
            known = self.answers[command]
            answer = known[min(earlier, len(known) - 1)]
        return Capture("$ ", command, answer.output, answer.exit, 0.1)

    @property
    def commands(self) -> list[str]:
        return [command for _, command in self.typed]


def prints(*lines: str) -> Table:
    """Return a runner with which every command prints the same."""
    return Table(lambda command: Answer(lines))


def play(
    source: str, runner: Runner | None = None, *, course: object = None, lang: str = "ko", look: str | None = None
) -> Rendered:
    """Read and render a template; `course` is what it sees under that name, `look` a step template."""
    return show(read(source, PATH), runner, course=course, lang=lang, look=look)


def attempt(source: str, runner: Runner | None = None, *, course: object = None) -> Rendered | LivedeckError:
    """Read and render a template; return the error if there is one."""
    try:
        return play(source, runner, course=course)
    except LivedeckError as error:
        return error


def show(
    template: Template,
    runner: Runner | None = None,
    *,
    course: object = None,
    lang: str = "ko",
    look: str | None = None,
    failure: Failure | None = None,
) -> Rendered:
    """Render a template that was read."""
    variables = {
        "course": course or {},
        "deck": DeckView("01-test", "current", "2026-11-22", "stand-in", "debian"),
        "figure": Figure(FigureLabels()),
        "host": FACTS,
    }
    step_look = StepLook() if look is None else StepLook(look, "decks/step.md")
    labels = Labels(command="명령어")
    return render(
        template,
        runner or prints("ok"),
        variables=variables,
        lang=lang,
        labels=labels,
        look=step_look,
        failure=failure,
    )


def body(rendered: Rendered) -> str:
    """Return a rendered deck without its front matter."""
    return rendered.markdown.split("---\n", 2)[2].removeprefix("\n")


def parts(error: LivedeckError) -> list[LivedeckError]:
    """Return the single errors of an error."""
    return list(error.errors) if isinstance(error, Problems) else [error]


def complaints(source: str, runner: Runner | None = None, *, course: object = None) -> list[tuple[int, str, str]]:
    """Return (line, message, hint) of every error of a template; nothing if it renders."""
    try:
        play(source, runner, course=course)
    except LivedeckError as error:
        return [(part.at.line if part.at else 0, part.message, part.hint or "") for part in parts(error)]
    return []


def refused(text: str, *, front: str = FRONT) -> list[tuple[int, str, str]]:
    """Return the errors of a template, with lines counted below the front matter; nothing may have run."""
    runner = prints("out")
    found = complaints(front + text, runner)
    assert runner.typed == []
    return [(line - FIRST + 1, message, hint) for line, message, hint in found]


def fence(options: str, commands: str = "ls") -> str:
    """Return a run fence."""
    return f"```bash run {options}\n{commands}\n```\n"
