"""A template and a runner make a deck: the one place where Jinja runs and, in the template's order, the steps."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import jinja2
from jinja2.runtime import Context

from livedeck.errors import ClaimError, LivedeckError, TemplateError, raise_all
from livedeck.model import Capture, Drawing, Failure, Key, Labels, Location, RecordedClaim, Rendered, Runner, Step
from livedeck.template.markdown import fence
from livedeck.template.paging.heights import Estimate
from livedeck.template.paging.layout import lay_out
from livedeck.template.paging.measures import Measures
from livedeck.template.picture_size import PictureSize, drawn
from livedeck.template.program import expressions
from livedeck.template.program.inner import NestedValue
from livedeck.template.program.results import Steps, marked, remember
from livedeck.template.program.tags import tags_of
from livedeck.template.reading.commands import typed_file
from livedeck.template.reading.frontmatter import with_settings
from livedeck.template.reading.source import Template, environment
from livedeck.template.rendering import expectations
from livedeck.template.rendering.block import Placed, StepLook
from livedeck.template.rendering.filling import fill
from livedeck.template.rendering.jinja_lines import current_line, line_of, located
from livedeck.template.rendering.placeholders import Placeholders
from livedeck.template.traced import Edit, Traced, trace

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
    """The deck as Marp Markdown.

    Args:
        template: what `source.read` made of the deck's template.
        runner: types the commands or replays a record.
        variables: `course`, `deck`, `figure` and `host`, as templates see them.
        lang: the language of this rendering; it is also set in the front matter.
        labels: the words that stand on slides beside the deck's own.
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
    filled, tokens = fill(written.text, run.holes, placed)
    drawings = run.drawings

    def size(address: str) -> tuple[float, float] | None:
        return drawn(drawings[address].svg, measures.width) if address in drawings else pictures(address)

    done, slides = lay_out(replace(written, text=filled), tokens, placed, Estimate(measures, size))
    return Rendered(
        done.text, slides, tuple(run.claims), done.lines, tuple(drawings.values()), tuple(run.values), filled
    )


def _text(run: _Run, variables: Mapping[str, object]) -> Traced:
    """What Jinja writes, with tokens where values and steps go; of an attempt, as far as it came."""
    jinja = environment()
    tags_of(jinja).runtime = run
    jinja.finalize = run.finalize
    program = jinja2.Template.from_code(jinja, run.template.code, jinja.globals)
    pieces: list[str] = []
    path = run.template.path
    try:
        pieces.extend(program.generate(**variables))
    except _AttemptEndedError as error:
        pieces.append(error.token)
    except LivedeckError as error:
        raise located(error, path) from None
    except Exception as error:  # noqa: BLE001 (an expression can raise anything; it is the template's fault)
        at = Location(path, line_of(error.__traceback__, path))
        raise TemplateError(_said(error), at=at, hint="mend the expression on this line") from None
    return trace("".join(pieces), run.holes)


class _Ran(NamedTuple):
    """One execution of a step, with the lines of it that are marked."""

    step: Step
    execution: int
    captures: tuple[Capture, ...]
    marks: frozenset[tuple[int, int]] = frozenset()


class _AttemptEndedError(Exception):
    """The step at which an attempt failed; `token` is the place of what it still did."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token


@dataclass
class _Run:
    """One rendering: what has run, which claims held, and what still waits for its place."""

    template: Template
    runner: Runner
    look: StepLook
    labels: Labels
    partial: bool
    calling: int = 0
    steps: Steps = field(default_factory=Steps)
    claims: list[RecordedClaim] = field(default_factory=list)
    failed: list[ClaimError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.holes = Placeholders(self.template.path)
        self._blocks: list[_Ran] = []
        self._tokens: dict[int, int] = {}
        self._step_runs: dict[int, int] = {}
        self._claim_runs: dict[int, int] = {}

    def finalize(self, context: Context, value: object) -> str:
        """What Jinja writes for a `{{ }}`: a token."""
        del context
        line = current_line(sys._getframe(1))  # noqa: SLF001 (the line is in the caller's frame)
        if isinstance(value, NestedValue) and not self.calling:
            return self.holes.text(_forced(value.value), line, lines=True)
        value = value.value if isinstance(value, NestedValue) else value
        return self.holes.dig(_forced(value), line, lines=self._is_expanded(line))

    def _is_expanded(self, line: int) -> bool:
        """Whether a line lies in an expanded fence, where a value of several lines is one word to the shell."""
        return any(s.expand and s.at.line < line <= s.at.line + 1 + s.text.count("\n") for s in self.template.steps)

    def step(self, index: int, text: str | None) -> str:
        """Run a fence and remember what it did; the token of the block that will stand in its place."""
        step = self.template.steps[index]
        execution = self._step_runs.get(index, 0)
        self._step_runs[index] = execution + 1
        if text is not None:
            text = self.holes.each(text, lambda number: shlex.quote(self.holes.value(number)))
        captures: list[Capture] = []
        try:
            commands = (typed_file(step),) if step.file else self.runner.split(step.text if text is None else text)
            expectations.run(step, commands, execution, self.runner, captures)
        except LivedeckError:
            if not self.partial:
                raise
            raise _AttemptEndedError(self._placeholder(_Ran(step, execution, tuple(captures)))) from None
        if step.id:
            remember(self.steps, step.id, captures)
        return self._placeholder(_Ran(step, execution, tuple(captures), marked(step, captures, self.steps)))

    def _placeholder(self, ran: _Ran) -> str:
        self._blocks.append(ran)
        token = self.holes.dig(len(self._blocks) - 1, ran.step.at.line)
        self._tokens[len(self.holes.holes) - 1] = len(self._blocks) - 1
        return token

    @property
    def drawings(self) -> dict[str, Drawing]:
        """The figures of the deck, by their addresses."""
        return {hole.drawing.address: hole.drawing for hole in self.holes.holes if hole.drawing}

    @property
    def values(self) -> Iterator[tuple[int, str]]:
        """What each `{{ }}` held, with its line."""
        for number, hole in enumerate(self.holes.holes):
            if number not in self._tokens:
                yield hole.line, hole.text

    def claim_holds(self, claim: int, branch: int) -> None:
        """Note which branch is shown."""
        execution = self._claim_runs.get(claim, 0)
        self._claim_runs[claim] = execution + 1
        self.claims.append(RecordedClaim(claim, execution, branch))

    def claim_fails(self, claim: int, variables: dict[str, Any], raised: Exception | None) -> None:
        """Note what was false or `raised`, and why; rendering goes on, so that all failed claims are told at once."""
        written = self.template.claims[claim]
        jinja = environment()
        jinja.parse(self.template.program)
        detail = [f"the sentence: {' '.join(written.branches[0].sentence.split())}"]
        for branch, test in zip(written.branches, tags_of(jinja).tests[claim], strict=True):
            detail.append(f"does not hold: {branch.condition}")
            detail += [f"    {source} is {value}" for source, value in expressions.parts(jinja, test, variables)]
        error = ClaimError(
            f"a condition of this claim fails: {_said(raised)}"
            if raised
            else "this claim is not true of what happened",
            at=Location(self.template.path, written.line),
            hint="change the sentence or its condition, or add a branch with {% elif %}",
            detail=detail,
        )
        self.failed.append(error)

    def expand(self, written: Traced) -> tuple[Traced, list[Placed]]:
        """What was written with the blocks of the steps in their places, and what each of them is."""
        text = written.text
        placed: list[Placed] = []
        edits: list[Edit] = []
        added = 0
        for start, end, number in self.holes.find(text):
            if number not in self._tokens:
                continue
            step, execution, captures, marks = self._blocks[self._tokens[number]]
            block = self.look.block(step, captures, self.labels, marks)
            lines = _placed(block.lines, step.prefix, text, end)
            keys = tuple(Key(step.index, execution, command) for command in range(len(captures)))
            placed.append(Placed(step, text.count("\n", 0, start) + added, keys, block.terminal, block.owners))
            edits.append(Edit(start, end, lines, step.at.line))
            added += lines.count("\n")
        return written.edited(edits), placed


def _placed(lines: Sequence[str], prefix: str, text: str, end: int) -> str:
    """A block's lines behind the prefix of its fence, and a blank one where a line of prose follows at once."""
    first, rest = lines[:1], lines[1:]
    following = text[end + 1 : text.find("\n", end + 1) if "\n" in text[end + 1 :] else len(text)]
    needs_blank = bool(lines) and following.strip(" \t>") != ""
    placed = [*first, *((prefix + line).rstrip() if not line else prefix + line for line in rest)]
    return "\n".join([*placed, prefix.rstrip()] if needs_blank else placed)


def _said(error: Exception) -> str:
    """What an expression raised, in one line."""
    known = isinstance(error, jinja2.TemplateError | LivedeckError)
    return " ".join((f"{error}" if known else f"{type(error).__name__}: {error}").split())


def _forced(value: object) -> object:
    """Undefined values speak up here, while the template's line is known."""
    if isinstance(value, jinja2.Undefined):
        str(value)
    return value
