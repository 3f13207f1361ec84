"""A step as Markdown: the terminal block and, under it, the line students copy from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

import jinja2
from jinja2.runtime import Context

from livedeck.errors import TemplateError, refusing
from livedeck.model import Capture, Labels, Location, Step
from livedeck.template import markdown
from livedeck.template.complaints import need_source
from livedeck.template.markdown import TERMINAL
from livedeck.template.program.bounds import Budget, need_text, size
from livedeck.template.program.sandbox import BoundedEnvironment
from livedeck.template.reading.commands import is_comment

CONTINUATION = "> "
_INTERRUPTED = 130
_CTRL_C = re.compile(r"(?<!\\)(?:\\\\)*\^C")
"""Ctrl-C in what is typed into a command; after a backslash it is text."""
_KEY = re.compile(r"\^[A-Z@\[\\\]^_?]")
"""A line that is a key, where it is typed into a program."""
DEFAULT = """\
{% if terminal %}{{ terminal }}
{% endif %}{% if copy %}> **{{ label }}** :{% if copy_fence %}
{{ copy_fence }}
{% else %} {{ copy_span }}
{% endif %}{% endif %}"""


@dataclass(frozen=True, slots=True)
class StepBlock:
    """The lines of a step, and the content of its terminal fence (None where the slide shows none).

    `owners` has the command, by number from 0, that each line of the terminal belongs to.
    """

    lines: tuple[str, ...]
    terminal: str | None
    owners: tuple[int, ...] = ()


class StepLook:
    """How steps look: a small Jinja template, the built-in one or the course's own.

    It sees `terminal` (the finished fence, empty where nothing is shown), `label`, `copy` (the commands, a list),
    `copy_span` (one command as a code span), `copy_fence` (several lines as a quoted fence), `step`, and `captures`.
    """

    def __init__(self, source: str = DEFAULT, path: str = "step") -> None:
        self._path = path
        self._jinja = BoundedEnvironment(undefined=jinja2.StrictUndefined, optimized=False)
        self._jinja.finalize = self._written
        need_source(source, path)
        with refusing(self._unreadable):
            try:
                self._template = self._jinja.from_string(source)
            except jinja2.TemplateSyntaxError as error:
                raise TemplateError(str(error), at=Location(path, error.lineno)) from None

    def _unreadable(self, reason: str) -> TemplateError:
        return TemplateError(f"the step template cannot be read: {reason}", at=Location(self._path, 1))

    @jinja2.pass_context
    def _written(self, context: Context, value: object) -> object:
        """Return what a `{{ }}` of the step template writes."""
        del context
        need_text(value)
        self._jinja.budget.value()
        self._jinja.budget.write(size(value))
        return value

    def block(
        self, step: Step, captures: Sequence[Capture], labels: Labels, marks: frozenset[tuple[int, int]]
    ) -> StepBlock:
        """Return the step's Markdown; `marks` are the marked lines, as (capture, line).

        Raises:
            TemplateError: the course's own template fails, or all marked lines are cut.
        """
        if step.file:
            shown = markdown.fence(step.language, tuple(step.text.split("\n"))) if step.show != "none" else ()
            return StepBlock(tuple(shown), None)
        copied = () if step.show == "none" else _copied(step, captures)
        copy = [captures[number].command for number in copied]
        if step.copy_text is not None and step.show != "none":
            copy = [step.copy_text]
        terminal = _Terminal(step, labels, marks).block(captures, copied, copy)
        alone = bool(copy) and not terminal.lines
        several = alone or len(copy) > 1 or any("\n" in text for text in copy)
        # A terminal says what is to be copied from the quote below it; where none is shown, the quote says so itself.
        info = "bash copy" if alone else "bash"
        fence = [f"> {line}" if line else ">" for line in markdown.fence(info, tuple("\n".join(copy).split("\n")))]
        self._jinja.budget = Budget()
        try:
            text = self._template.render(
                terminal="\n".join(terminal.lines),
                label=labels.command,
                copy=copy,
                copy_span="" if several or not copy else markdown.code_span(copy[0]),
                copy_fence=">\n" + "\n".join(fence) if several else "",
                step=step,
                captures=captures,
            ).strip("\n")
        except Exception as error:  # noqa: BLE001 (an expression can raise anything; it is the template's fault)
            hint = error.hint if isinstance(error, TemplateError) else None
            raise TemplateError(f"the step template fails: {error}", at=Location(self._path, 1), hint=hint) from None
        with refusing(self._unreadable):
            text.encode()  # half of a character, from an escape: no file can hold it
        return StepBlock(tuple(text.split("\n")) if text else (), terminal.terminal, terminal.owners)


class _Terminal:
    """The fence that shows prompts, commands and output.

    Words in its info string say what a line is: `4:23` typed, after 23 characters of prompt (which may be all of it);
    `f4` typed, and the command failed; `m5` marked; `c6` says how much was cut there. `copy:4-6` is a command for
    students to copy; `copy=TEXT`, in percent-encoding, is one that is not shown here, but in the line below.
    """

    def __init__(self, step: Step, labels: Labels, marks: frozenset[tuple[int, int]]) -> None:
        self._step = step
        self._labels = labels
        self._marks = marks
        self._lines: list[str] = []
        self._words: list[str] = []
        self._owners: list[int] = []
        self._owner = 0

    def block(self, captures: Sequence[Capture], copied: Sequence[int], copy: Sequence[str]) -> StepBlock:
        """Return the finished fence, if anything is shown. `copied` are the captures to copy, `copy` their texts."""
        step = self._step
        typed = step.show in ("both", "command")
        for number, capture in enumerate(captures):
            self._owner = number
            if typed:
                self._command(capture, copied=number in copied)
            if step.show in ("both", "output"):
                self._output(capture, {line for c, line in self._marks if c == number})
        if self._marks and step.show in ("both", "output") and not any(word[0] == "m" for word in self._words):
            hint = "show more lines, or mark others"
            raise TemplateError("every marked line of this step is cut", at=step.at, hint=hint)
        if not self._lines:
            return StepBlock((), None)
        if copy and not (typed and copied):
            self._words.append("copy=" + quote("\n".join(copy), safe=""))
        fence = markdown.fence(" ".join([TERMINAL, *self._words]), tuple(self._lines))
        return StepBlock(tuple(fence), "".join(f"{line}\n" for line in self._lines), tuple(self._owners))

    def _add(self, line: str) -> None:
        self._lines.append(line)
        self._owners.append(self._owner)

    def _command(self, capture: Capture, *, copied: bool) -> None:
        *above, prompt = capture.prompt.split("\n")
        for line in above:
            self._typed(capture, line, "")
        first = len(self._lines) + 1
        for number, line in enumerate(capture.command.split("\n")):
            self._typed(capture, CONTINUATION if number else prompt, line)
        if copied and capture.command:
            last = len(self._lines)
            self._words.append(f"copy:{first}" if first == last else f"copy:{first}-{last}")

    def _typed(self, capture: Capture, prompt: str, line: str) -> None:
        self._add(prompt + line)
        self._words.append(f"{len(self._lines)}:{len(prompt)}")
        if not _went_well(self._step, capture):
            self._words.append(f"f{len(self._lines)}")

    def _output(self, capture: Capture, marks: set[int]) -> None:
        total = len(capture.output)
        first, last = self._step.lines or (total, 0)
        if first + last >= total and not capture.omitted:
            first, last = total, 0
        elif self._step.lines is None:
            first, last = capture.omitted_after, total - capture.omitted_after
        for index, line in enumerate(capture.output):
            if index == first:
                cut = total - first - last + capture.omitted
                self._add(self._labels.cut.replace("{n}", f"{cut:,}"))
                self._words.append(f"c{len(self._lines)}")
            if index < first or index >= total - last:
                self._add(line)
                if index in marks:
                    self._words.append(f"m{len(self._lines)}")


def _went_well(step: Step, capture: Capture) -> bool:
    """Whether a command did not fail, as far as that is known.

    `docker logs --follow` that the step ended with Ctrl-C did what it should.
    """
    if capture.failed:
        return False
    return capture.exit in (0, None) or (capture.exit == _INTERRUPTED and _CTRL_C.search(step.input or "") is not None)


def _copied(step: Step, captures: Sequence[Capture]) -> tuple[int, ...]:
    """Which commands students type: by default every one that did not fail.

    Blank lines between two of them that are typed into a program are part of what is typed: they end a `def` of Python.
    """
    if step.copy_text is not None or step.copy == "none":
        return ()
    if isinstance(step.copy, int):
        return (step.copy - 1,)
    done = [number for number, capture in enumerate(captures) if _is_offered(step, capture)]
    if step.copy == "last":
        return tuple(done[-1:])
    blank = {number for number, capture in enumerate(captures) if not capture.command.strip()}
    between = {number for a, b in pairwise(done) if blank.issuperset(range(a + 1, b)) for number in range(a, b)}
    return tuple(sorted({*done, *between}))


def _is_offered(step: Step, capture: Capture) -> bool:
    """Whether students type this: nothing that failed, no comment, and no key, which cannot be pasted."""
    is_key = capture.program and _KEY.fullmatch(capture.command) is not None
    return _went_well(step, capture) and not is_comment(capture.command) and not is_key
