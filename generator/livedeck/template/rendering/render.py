"""A template and a runner make a deck: the one place where Jinja runs and, in the template's order, the steps."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import jinja2
from jinja2.runtime import Context

from livedeck.characters import hidden, name
from livedeck.errors import ClaimError, LivedeckError, TemplateError, raise_all
from livedeck.model import Capture, Failure, Key, Labels, Location, RecordedClaim, Rendered, Runner, Step
from livedeck.template.markdown import UnreadableError, fence
from livedeck.template.paging.heights import Estimate
from livedeck.template.paging.layout import lay_out
from livedeck.template.paging.measures import Measures
from livedeck.template.picture_size import PictureSize, drawn
from livedeck.template.placed import Placed
from livedeck.template.program import expressions
from livedeck.template.program.bounds import Budget
from livedeck.template.program.inner import NestedValue
from livedeck.template.program.results import Steps, marked, remember
from livedeck.template.program.tags import tags_of
from livedeck.template.reading.commands import typed_file
from livedeck.template.reading.source import Template, environment
from livedeck.template.rendering import expectations
from livedeck.template.rendering.block import StepLook
from livedeck.template.rendering.filling import fill
from livedeck.template.rendering.front_values import with_settings
from livedeck.template.rendering.jinja_lines import current_line, line_of
from livedeck.template.rendering.placeholders import Placeholders
from livedeck.template.rendering.trace import trace
from livedeck.template.traced import Edit, Traced

MOST_MARKDOWN = 8_000_000
"""Characters of a deck, with its terminals."""
_MSPT2 = Measures()


def render(
    template: Template,
    runner: Runner,
    *,
    variables: Mapping[str, object],
    lang: str,
    labels: Labels,
    look: StepLook,
    failure: Failure | None = None,
    pictures: PictureSize = lambda _: None,
    measures: Measures = _MSPT2,
) -> Rendered:
    """Return the deck as Marp Markdown.

    Args:
        template: what `source.read` made of the deck's template.
        runner: types the commands or replays a record.
        variables: `course`, `deck`, `figure` and `host`, as templates see them.
        lang: the language of this rendering; it is also set in the front matter.
        labels: the words on slides that are not the deck's own.
        look: how steps look.
        failure: render an attempt that ended so: the deck up to the step that failed, claims unproved, the class
            `attempt` on every slide, and the failure at its end.
        pictures: how big the pictures are that the deck names, for the layout.
        measures: the numbers of the theme, for the layout.

    Raises:
        TemplateError, StepError, ClaimError: with file and line. All failed claims are raised together.
        HostError, StaleRecordError: whatever the runner raises.
    """
    run = _Run(template, runner, look, labels, partial=failure is not None)
    text = _text(run, {**variables, "lang": lang, "steps": run.steps})
    if failure:
        text = text.followed_by(["", *fence("text", (failure.message, *failure.detail)), ""])
    else:
        raise_all(run.failed)
    text = with_settings(text, {"lang": lang}, template.path, "attempt" if failure else "")
    written, placed = run.expand(text)
    if len(written.text) > MOST_MARKDOWN:
        line = written.lines[written.text.count("\n", 0, MOST_MARKDOWN)]
        message = f"the deck has more than {MOST_MARKDOWN:,} characters"
        raise TemplateError(message, at=Location(template.path, line), hint="divide it, or show fewer lines: lines=8+3")
    drawings = {each.drawing.address: each.drawing for each in run.placeholders.items if each.drawing}
    values = tuple((each.line, each.text) for n, each in enumerate(run.placeholders.items) if n not in run.blocks)

    def size(address: str) -> tuple[float, float] | None:
        return drawn(drawings[address].svg, measures.width) if address in drawings else pictures(address)

    try:
        filled, tokens = fill(written.text, run.placeholders, placed)
        done, slides = lay_out(replace(written, text=filled), tokens, placed, Estimate(measures, size))
    except UnreadableError as error:
        error.at = error.at or Location(template.path, written.lines[min(error.row, len(written.lines) - 1)])
        raise
    return Rendered(done.text, slides, tuple(run.claims), done.lines, tuple(drawings.values()), values, filled)


def _text(run: _Run, variables: Mapping[str, object]) -> Traced:
    """Return what Jinja writes, with tokens where values and steps go; of an attempt, as far as it came."""
    jinja = environment()
    jinja.budget = run.budget
    tags_of(jinja).runtime = run
    jinja.finalize = run.finalize
    program = jinja2.Template.from_code(jinja, run.template.code, jinja.globals)
    pieces: list[str] = []
    path = run.template.path
    try:
        pieces.extend(program.generate(**variables))
    except _AttemptEndedError as error:
        pieces.append(error.args[0])
    except LivedeckError as error:
        if error.at is None and isinstance(error, TemplateError):
            error.at = Location(path, line_of(error.__traceback__, path))
        raise
    except Exception as error:  # noqa: BLE001 (an expression can raise anything; it is the template's fault)
        at = Location(path, line_of(error.__traceback__, path))
        raise TemplateError(_said(error), at=at, hint="fix the expression on this line") from None
    return trace("".join(pieces), run.placeholders)


class _Ran(NamedTuple):
    """One execution of a step, with the lines of it that are marked."""

    step: Step
    execution: int
    captures: tuple[Capture, ...]
    marks: frozenset[tuple[int, int]] = frozenset()


class _AttemptEndedError(Exception):
    """Raised at the step at which an attempt failed, with the token of what the step still did."""


@dataclass
class _Run:
    """One rendering: what has run, which claims held, and what still waits for its place."""

    template: Template
    runner: Runner
    look: StepLook
    labels: Labels
    partial: bool
    budget: Budget = field(default_factory=Budget)
    steps: Steps = field(default_factory=Steps)
    claims: list[RecordedClaim] = field(default_factory=list)
    failed: list[ClaimError] = field(default_factory=list)
    blocks: dict[int, _Ran] = field(default_factory=dict)
    """What each step did, by the number of its placeholder."""

    def __post_init__(self) -> None:
        self.placeholders = Placeholders(self.template.path)
        self._step_runs: Counter[int] = Counter()
        self._claim_runs: Counter[int] = Counter()

    def finalize(self, context: Context, value: object) -> str:
        """Return what Jinja writes for a `{{ }}`: a token."""
        del context
        line = current_line(sys._getframe(1))  # noqa: SLF001 (the line is in the caller's frame)
        self.budget.value()
        if isinstance(value, NestedValue):
            text = self.placeholders.text(_forced(value.value), line, lines=True)
            self.budget.write(len(text))
            return text
        # In an expanded fence a value of several lines is one word to the shell.
        fences = ((step.at.line, step.text.count("\n") + 1) for step in self.template.steps if step.expand)
        expanded = any(first < line <= first + length for first, length in fences)
        return self.placeholders.add(_forced(value), line, lines=expanded)

    def step(self, index: int, text: str | None) -> str:
        """Run a fence and remember what it did; return the token of the block that will take its place."""
        self.budget.step()
        step = self.template.steps[index]
        execution = self._step_runs[index]
        self._step_runs[index] += 1
        if text is not None:
            text = self.placeholders.each(text, lambda number: shlex.quote(self.placeholders.value(number)))
            if (place := next(hidden(text), None)) is not None:
                message = f"a value in this fence holds {name(text[place])}, which is invisible"
                raise TemplateError(message, at=step.at, hint="leave it out: {{ value | replace(...) }}")
        captures: list[Capture] = []
        try:
            with self.budget.paused():
                commands = (
                    (typed_file(step),) if step.file else self.runner.split(step, step.text if text is None else text)
                )
                expectations.run(step, commands, execution, self.runner, captures)
        except LivedeckError:
            if not self.partial:
                raise
            raise _AttemptEndedError(self._placeholder(_Ran(step, execution, tuple(captures)))) from None
        if step.id:
            remember(self.steps, step.id, captures)
        return self._placeholder(_Ran(step, execution, tuple(captures), marked(step, captures, self.steps)))

    def _placeholder(self, ran: _Ran) -> str:
        token = self.placeholders.add(len(self.blocks), ran.step.at.line)
        self.blocks[len(self.placeholders.items) - 1] = ran
        return token

    def claim_holds(self, claim: int, branch: int) -> None:
        """Note which branch is shown."""
        self.claims.append(RecordedClaim(claim, self._claim_runs[claim], branch))
        self._claim_runs[claim] += 1

    def claim_fails(self, claim: int, variables: dict[str, Any], raised: Exception | None) -> None:
        """Note what was false or `raised`, and why; rendering continues, so that all failed claims are reported."""
        written = self.template.claims[claim]
        jinja = environment()
        jinja.budget = self.budget
        jinja.parse(self.template.program)
        detail = [f"the sentence: {' '.join(written.branches[0].sentence.split())}"]
        for branch, test in zip(written.branches, tags_of(jinja).tests[claim], strict=True):
            detail.append(f"does not hold: {branch.condition}")
            detail += [f"    {source} is {value}" for source, value in expressions.parts(jinja, test, variables)]
        message = "this claim is not true of what happened"
        hint = "change the sentence or its condition, or add a branch with {% elif %}"
        if raised:
            message = f"a condition of this claim fails: {_said(raised)}"
            hint = (raised.hint if isinstance(raised, LivedeckError) else None) or hint
        at = Location(self.template.path, written.line)
        self.failed.append(ClaimError(message, at=at, hint=hint, detail=detail))

    def expand(self, written: Traced) -> tuple[Traced, list[Placed]]:
        """Return what was written with the blocks of the steps in their places, and what each of them is."""
        text = written.text
        placed: list[Placed] = []
        edits: list[Edit] = []
        added = 0
        for start, end, number in self.placeholders.find(text):
            if number not in self.blocks:
                continue
            step, execution, captures, marks = self.blocks[number]
            block = self.look.block(step, captures, self.labels, marks)
            lines = _placed(block.lines, step.prefix, text, end)
            keys = tuple(Key(step.index, execution, command) for command in range(len(captures)))
            placed.append(Placed(step, text.count("\n", 0, start) + added, keys, block.terminal, block.owners))
            edits.append(Edit(start, end, lines, step.at.line))
            added += lines.count("\n")
        return written.edited(edits), placed


def _placed(lines: Sequence[str], prefix: str, text: str, end: int) -> str:
    """Return a block's lines after the prefix of its fence, and a blank line if prose follows directly."""
    first, rest = lines[:1], lines[1:]
    following = text[end + 1 : text.find("\n", end + 1) if "\n" in text[end + 1 :] else len(text)]
    needs_blank = bool(lines) and following.strip(" \t>") != ""
    placed = [*first, *((prefix + line).rstrip() if not line else prefix + line for line in rest)]
    return "\n".join([*placed, prefix.rstrip()] if needs_blank else placed)


def _said(error: Exception) -> str:
    """Return what an expression raised, in one line."""
    if isinstance(error, RecursionError):
        return "it calls itself too often"
    known = isinstance(error, jinja2.TemplateError | LivedeckError)
    return " ".join((f"{error}" if known else f"{type(error).__name__}: {error}").split())


def _forced(value: object) -> object:
    """Undefined values speak up here, while the template's line is known."""
    if isinstance(value, jinja2.Undefined):
        str(value)
    return value
