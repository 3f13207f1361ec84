"""A step as Markdown: the terminal block and, under it, the line students copy from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jinja2
import jinja2.sandbox

from generator.errors import TemplateError
from generator.model import Capture, Location, Step
from generator.template import markdown
from generator.template.commands import is_comment
from generator.template.proof import TERMINAL

CONTINUATION = "> "
DEFAULT = """\
{% if terminal %}{{ terminal }}
{% endif %}{% if copy %}> **{{ label }}** :{% if copy_fence %}
{{ copy_fence }}
{% else %} {{ copy_span }}
{% endif %}{% endif %}"""


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of a step, and the content of its terminal fence (None where the slide shows none)."""

    lines: tuple[str, ...]
    terminal: str | None


class StepLook:
    """How steps look: a small Jinja template, the built-in one or the course's own.

    It sees `terminal` (the finished fence, empty where nothing is shown), `label`, `copy` (the commands, a list),
    `copy_span` (one command as a code span), `copy_fence` (several lines as a quoted fence), `step`, and `captures`.
    """

    def __init__(self, source: str = DEFAULT, path: str = "step") -> None:
        environment = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
        self._path = path
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(str(error), at=Location(path, error.lineno)) from None

    def block(self, step: Step, captures: Sequence[Capture], label: str) -> Block:
        """The step's Markdown. Raises TemplateError where the course's own template fails."""
        terminal = _terminal(step, captures)
        copy = [] if step.show == "none" else _copied(step, captures)
        several = len(copy) > 1 or any("\n" in text for text in copy)
        fence = [f"> {line}" if line else ">" for line in markdown.fence("bash", tuple("\n".join(copy).split("\n")))]
        try:
            text = self._template.render(
                terminal="\n".join(terminal.lines),
                label=label,
                copy=copy,
                copy_span="" if several or not copy else markdown.code_span(copy[0]),
                copy_fence=">\n" + "\n".join(fence) if several else "",
                step=step,
                captures=captures,
            )
        except Exception as error:  # noqa: BLE001 (an expression can raise anything; it is the template's fault)
            raise TemplateError(f"the step template fails: {error}", at=Location(self._path, 1)) from None
        return Block(tuple(text.strip("\n").split("\n")) if text.strip("\n") else (), terminal.terminal)


def _terminal(step: Step, captures: Sequence[Capture]) -> Block:
    """The fence that shows prompts, commands and output; `line:prompt` in its info string tells what was typed."""
    if step.show == "none":
        return Block((), None)
    lines: list[str] = []
    typed: list[str] = []
    for capture in captures:
        if step.show in ("both", "command"):
            for number, line in enumerate(capture.command.split("\n")):
                prompt = capture.prompt if number == 0 else CONTINUATION
                lines.append(prompt + line)
                typed.append(f"{len(lines)}:{len(prompt)}")
        if step.show in ("both", "output"):
            lines += _output(capture)
    if not lines:
        return Block((), None)
    info = " ".join([TERMINAL, *typed])
    return Block(tuple(markdown.fence(info, tuple(lines))), "".join(f"{line}\n" for line in lines))


def _output(capture: Capture) -> list[str]:
    lines = list(capture.output)
    if capture.omitted:
        lines.insert(capture.omitted_after, f"… {capture.omitted:,} …")
    return lines


def _copied(step: Step, captures: Sequence[Capture]) -> list[str]:
    """What students type: by default every command that did what it should with exit code 0."""
    if step.copy_text is not None:
        return [step.copy_text]
    if step.copy == "none":
        return []
    if isinstance(step.copy, int):
        return [captures[step.copy - 1].command]
    done = [c.command for c in captures if c.exit == 0 and not is_comment(c.command)]
    return done[-1:] if step.copy == "last" else done
