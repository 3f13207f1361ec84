"""A template and a runner make a deck: the one place where Jinja runs, and with it, in the template's order, the steps."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any

import jinja2
from jinja2.runtime import Context

from generator.errors import ClaimError, LivedeckError, StepError, TemplateError, raise_all
from generator.model import Capture, Key, Location, RecordedClaim, Rendered, Runner, Step
from generator.template import expressions
from generator.template.block import StepLook
from generator.template.commands import split
from generator.template.frontmatter import with_language
from generator.template.holes import Holes, fill
from generator.template.results import Steps, remember
from generator.template.source import Template, environment
from generator.template.tags import LivedeckTags

_TAIL = 12


def render(
    template: Template, runner: Runner, *, variables: Mapping[str, object], lang: str, label: str, look: StepLook
) -> Rendered:
    """The deck as Marp Markdown.

    Args:
        template: what `source.read` made of the deck's template.
        runner: types the commands or replays a record.
        variables: `course`, `deck` and `host`, as templates see them.
        lang: the language of this rendering; it is also set in the front matter.
        label: the word before the line students copy from.
        look: how steps look.

    Raises:
        TemplateError, StepError, ClaimError: with file and line. All failed claims are raised together.
        HostError, StaleRecordError: whatever the runner raises.
    """
    jinja = environment()
    run = _Run(template, runner, look, label)
    tags = jinja.extensions[LivedeckTags.identifier]
    assert isinstance(tags, LivedeckTags)  # noqa: S101 (narrowing)
    tags.runtime = run
    jinja.finalize = run.finalize
    program = jinja2.Template.from_code(jinja, template.code, {})
    try:
        text = program.render(**variables, lang=lang, steps=run.steps)
    except LivedeckError as error:
        raise _located(error, template.path) from None
    except Exception as error:  # noqa: BLE001 (an expression can raise anything; it is the template's fault)
        message = f"{error}" if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {error}"
        raise TemplateError(message, at=Location(template.path, _line(error.__traceback__, template.path))) from None
    markdown, terminals = run.expand(with_language(text, lang, template.path))
    filled, slides = fill(markdown, run.holes, terminals)
    raise_all(run.failed)
    return Rendered(filled, slides, tuple(run.claims))


@dataclass
class _Run:
    """One rendering: what has run, which claims held, and what still waits for its place."""

    template: Template
    runner: Runner
    look: StepLook
    label: str
    steps: Steps = field(default_factory=Steps)
    claims: list[RecordedClaim] = field(default_factory=list)
    failed: list[ClaimError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.holes = Holes(self.template.path)
        self._blocks: list[tuple[Step, tuple[Capture, ...]]] = []
        self._tokens: dict[int, int] = {}
        self._step_runs: dict[int, int] = {}
        self._claim_runs: dict[int, int] = {}

    def finalize(self, context: Context, value: object) -> str:
        """What Jinja writes for a `{{ }}`: a token."""
        del context
        return self.holes.dig(_forced(value), _current_line(sys._getframe(1)))  # noqa: SLF001 (the line is in the caller's frame)

    def step(self, index: int, text: str | None) -> str:
        """Run a fence and remember what it did; the token of the block that will stand in its place."""
        step = self.template.steps[index]
        execution = self._step_runs.get(index, 0)
        self._step_runs[index] = execution + 1
        if text is not None:
            text = self.holes.each(text, lambda number: shlex.quote(self.holes.value(number)))
        captures = _captured(step, split(step.text if text is None else text), execution, self.runner)
        if step.id:
            remember(self.steps, step.id, captures)
        self._blocks.append((step, captures))
        token = self.holes.dig(len(self._blocks) - 1, step.at.line)
        self._tokens[len(self.holes.holes) - 1] = len(self._blocks) - 1
        return token

    def claim_holds(self, claim: int, branch: int) -> None:
        """Note which branch is shown."""
        execution = self._claim_runs.get(claim, 0)
        self._claim_runs[claim] = execution + 1
        self.claims.append(RecordedClaim(claim, execution, branch))

    def claim_fails(self, claim: int, variables: dict[str, Any]) -> None:
        """Note what was false and why; rendering goes on, so that all failed claims are told at once."""
        written = self.template.claims[claim]
        jinja = environment()
        jinja.parse(self.template.program)
        tags = jinja.extensions[LivedeckTags.identifier]
        assert isinstance(tags, LivedeckTags)  # noqa: S101 (narrowing)
        detail = [f"the sentence: {' '.join(written.sentence.split())}"]
        for condition, test in zip(written.conditions, tags.tests[claim], strict=True):
            detail.append(f"does not hold: {condition}")
            detail += [f"    {source} is {value}" for source, value in expressions.parts(jinja, test, variables)]
        error = ClaimError(
            "this claim is not true of what happened",
            at=Location(self.template.path, written.line),
            hint="change the sentence or its condition, or add a branch with {% elif %}",
            detail=detail,
        )
        self.failed.append(error)

    def expand(self, text: str) -> tuple[str, list[str]]:
        """`text` with the blocks of the steps in their places, and the contents of their terminal fences."""
        pieces: list[str] = []
        terminals: list[str] = []
        position = 0
        for start, end, number in self.holes.find(text):
            if number not in self._tokens:
                continue
            step, captures = self._blocks[self._tokens[number]]
            block = self.look.block(step, captures, self.label)
            if block.terminal is not None:
                terminals.append(block.terminal)
            pieces += [text[position:start], _placed(block.lines, step.prefix, text, end)]
            position = end
        return "".join([*pieces, text[position:]]), terminals


def _placed(lines: Sequence[str], prefix: str, text: str, end: int) -> str:
    """A block's lines behind the prefix of its fence, and a blank one where a line of prose follows at once."""
    first, rest = lines[:1], lines[1:]
    following = text[end + 1 : text.find("\n", end + 1) if "\n" in text[end + 1 :] else len(text)]
    needs_blank = bool(lines) and following.strip(" \t>") != ""
    placed = [*first, *((prefix + line).rstrip() if not line else prefix + line for line in rest)]
    return "\n".join([*placed, prefix.rstrip()] if needs_blank else placed)


def _captured(step: Step, commands: Sequence[str], execution: int, runner: Runner) -> tuple[Capture, ...]:
    """What the commands of a step did. Raises StepError at the first that did not do what the step says."""
    expected = _expected(step, len(commands))
    captures: list[Capture] = []
    for number, command in enumerate(commands):
        capture = runner.run(Key(step.index, execution, number), command, step)
        code = expected[number] if expected is not None else None
        if code is not None and capture.exit != code:
            raise StepError(
                f"`{command.splitlines()[0]}` ended with exit code {capture.exit}, not {code}",
                at=step.at,
                hint=f"mend the command, or say that this is what it does: exit={_suggestion(step, number, capture.exit, len(commands))}",
                detail=capture.output[-_TAIL:],
            )
        captures.append(capture)
    return tuple(captures)


def _expected(step: Step, number: int) -> tuple[int, ...] | None:
    if step.exits is None:
        return None
    if not step.exits:
        return (0,) * number
    if len(step.exits) != number:
        raise TemplateError(f"exit names {len(step.exits)} exit codes for {number} commands", at=step.at)
    return step.exits


def _suggestion(step: Step, number: int, code: int, total: int) -> str:
    codes = list(step.exits or (0,) * total)
    codes[number] = code
    return ",".join(str(value) for value in codes)


def _forced(value: object) -> object:
    """Undefined values speak up here, while the template's line is known."""
    if isinstance(value, jinja2.Undefined):
        str(value)
    return value


def _current_line(frame: FrameType | None) -> int:
    """The template line that is being rendered."""
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, jinja2.Template):
            return template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return 1


def _line(trace: TracebackType | None, path: str) -> int:
    """The last line of the template on a traceback that Jinja has rewritten."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _located(error: LivedeckError, path: str) -> LivedeckError:
    if error.at is None and isinstance(error, TemplateError):
        return TemplateError(
            error.message, at=Location(path, _line(error.__traceback__, path)), hint=error.hint, detail=error.detail
        )
    return error
