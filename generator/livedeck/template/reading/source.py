"""A template read whole: its steps, its claims, and the Jinja program that renders it. Nothing runs here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from itertools import pairwise
from types import CodeType

import jinja2

from livedeck.errors import LivedeckError, combined, raise_all, refusing
from livedeck.model import Location, Step
from livedeck.template.complaints import Complaint, errors, need_source
from livedeck.template.mask import Mask, Tag, build, jinja_source, line_of, scan
from livedeck.template.private_use import RESERVED
from livedeck.template.program import checks, syntax
from livedeck.template.program.anchors import anchor, anchor_of
from livedeck.template.program.bounds import MOST_STEPS
from livedeck.template.program.inner import mark
from livedeck.template.program.results import Steps
from livedeck.template.program.sandbox import BoundedEnvironment
from livedeck.template.program.syntax import OPENING
from livedeck.template.program.tags import STEP, ClaimCode, LivedeckTags, tags_of
from livedeck.template.program.walk import everything
from livedeck.template.reading import frontmatter, hiding, images, options
from livedeck.template.reading.commands import commands_of, misfits, misopened, typed_file
from livedeck.template.reading.fences import Fence, FoundFences, find

MOST_TAGS = 20_000
_DEEPEST_BLOCK, _DEEPEST_BRACKET = 15, 40
_BRACKET = re.compile(r"[][(){}]")


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a claim as its author wrote it; `line` is where its sentence begins."""

    line: int
    condition: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: the line of its tag, and its branches."""

    line: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A deck's template, checked. `program` is what Jinja renders; its line numbers are the template's."""

    path: str
    source: str
    mask: Mask
    steps: tuple[Step, ...]
    claims: tuple[Claim, ...]
    program: str
    code: CodeType

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The commands of each step, as far as they are known before rendering: as if no program were waiting."""
        return tuple(
            (typed_file(step),) if step.file else commands_of(step, step.text, in_program=False) for step in self.steps
        )


def read(source: str, path: str) -> Template:
    """Return the template in `source`; `path` is for messages.

    Raises:
        TemplateError, Problems: every error it has at once, with file and line.
    """
    need_source(source, path)
    if taken := RESERVED.search(source):
        message = "this line holds an invisible character that Livedeck needs for itself"
        raise_all(errors([(line_of(source, taken.start()), message, "type the line again")], path))
    found = find(source)
    if found.unread or (crowded := tuple(_crowded(found))):
        raise_all(errors(found.complaints if found.unread else crowded, path))
    own_names = [
        (line_of(source, tag.start), "names that begin with livedeck_ are not for templates", "choose another name")
        for tag in found.mask.tags
        if tag.kind != "comment" and "livedeck_" in source[tag.start : tag.end]
    ]
    parsed = [(fence, *options.read(fence.info)) for fence in found.fences]
    steps = tuple(
        Step(index=index, at=Location(path, fence.line), text=fence.content, prefix=fence.prefix, **fields)
        for index, (fence, fields, _) in enumerate(parsed)
    )
    complaints = [
        *found.complaints,
        *((fence.line, *wrong) for fence, _, all_wrong in parsed for wrong in all_wrong),
        *_misfits(found.fences, steps, {fence.line for fence, _, wrong in parsed if wrong}),
        *own_names,
        *hiding.find(source, found.fences),
        *frontmatter.check(found.mask),
        *images.check(found.mask),
    ]
    tags = [(f.start, f.end, _tag(found.mask, f, s)) for f, s in zip(found.fences, steps, strict=True)]
    program = jinja_source(found.mask, tags)
    code = _compiled(program, found.mask, steps, path, complaints, complete=not (found.complaints or own_names))
    return Template(path, source, found.mask, steps, tuple(_claims(found.mask)), program, code)


def _crowded(found: FoundFences) -> Iterator[Complaint]:
    """Yield where a template has more of something than any deck needs, so that later stages need no limits."""
    mask = found.mask
    if len(mask.tags) > MOST_TAGS:
        hint = "divide the deck"
        yield line_of(mask.source, mask.tags[MOST_TAGS].start), f"there are more than {MOST_TAGS:,} Jinja tags", hint
    if len(found.fences) > MOST_STEPS:
        yield found.fences[MOST_STEPS].line, f"there are more than {MOST_STEPS:,} run fences", "divide the deck"
    for offset, message, hint in _nested(mask.source, mask.tags):
        yield line_of(mask.source, offset), message, hint


def _nested(text: str, tags: Sequence[Tag]) -> Iterator[tuple[int, str, str]]:
    """Yield the first tag that is nested too deeply, or in which something is: its offset, and what is wrong."""
    depth = 0
    for tag in tags:
        depth += (tag.name in OPENING) - (tag.name.startswith("end") and tag.name[3:] in OPENING)
        if depth > _DEEPEST_BLOCK:
            hint = "use a macro, or simplify the conditions"
            yield tag.start, f"blocks are nested more than {_DEEPEST_BLOCK} deep", hint
            return
        if _brackets(text[tag.start + 2 : tag.end - 2]) > _DEEPEST_BRACKET:
            hint = "give parts of it names with {% set %}"
            yield tag.start, f"brackets are nested more than {_DEEPEST_BRACKET} deep", hint
            return


def _brackets(text: str) -> int:
    """Return how deep brackets are nested, those in texts included."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    return deepest


def environment() -> BoundedEnvironment:
    """Return Jinja as templates know it: undefined is an error, no loader, newlines stay.

    `finalize` has to exist, and to take the context, when a template is compiled; a rendering sets its own.
    """
    jinja = BoundedEnvironment(
        undefined=StepUndefined,
        finalize=jinja2.pass_context(lambda _, value: value),
        keep_trailing_newline=True,
        extensions=[LivedeckTags],
        cache_size=0,
        optimized=False,  # takes a third of the time to compile, and templates have next to no constants
    )
    jinja.code_generator_class = ClaimCode
    return jinja


class StepUndefined(jinja2.StrictUndefined):
    """An undefined value is an error as soon as it is used; a step that has not run says so."""

    @property
    def _undefined_message(self) -> str:
        owner: object = self._undefined_obj
        name: object = self._undefined_name
        if isinstance(owner, Steps):
            return f"the step {name} has not run when the deck gets here"
        if isinstance(name, int) and isinstance(owner, Sized):
            return f"there is no [{name}] here: it has {len(owner)} parts, counted from 0"
        if isinstance(owner, dict):
            return f"there is no {name} here, only {', '.join(str(key) for key in owner)}"
        if type(owner).__module__.startswith("livedeck."):
            known = ", ".join(key for key in dir(owner) if not key.startswith("_"))
            return f"there is no {name} here, only {known}"
        return str(super()._undefined_message)


def _misfits(fences: Sequence[Fence], steps: Sequence[Step], unread: set[int]) -> Iterator[Complaint]:
    """Yield what is wrong with fences beyond their options; those on `unread` lines have bad options already."""
    ids: dict[str, int] = {}
    countable = True  # after a step that leaves a program waiting, texts are typed into that program
    for fence, step in zip(fences, steps, strict=True):
        if countable and fence.line not in unread and not step.file and not step.expand:
            commands = commands_of(step, step.text, in_program=False)
            yield from ((fence.line, *wrong) for wrong in (*misfits(step, commands), *misopened(step, commands)))
            if any(command.startswith("$ ") for command in commands[: 1 if step.prompts else None]):
                hint = "leave the prompt out: the slide shows the real one"
                yield fence.line, "a command begins with a prompt ($)", hint
        countable = countable and not step.prompts
        if step.expand:
            yield from _expansion(fence)
        if step.split and fence.nested:
            yield fence.line, *options.NESTED_SPLIT
        if step.id and ids.setdefault(step.id, fence.line) != fence.line:
            yield fence.line, f"the id {step.id} is taken by line {ids[step.id]}", "choose another"


def _tag(mask: Mask, fence: Fence, step: Step) -> str:
    """Return what Jinja gets in place of a fence: an anchor and one filter block that holds all of its newlines."""
    newlines = "\n" * (line_of(mask.source, fence.end) - fence.line)
    start = f"{anchor_of(fence.line)}{{% filter {STEP}({step.index}"
    if not step.expand:
        return f"{start}) {newlines}%}}{{% endfilter %}}"
    body = jinja_source(build(fence.content, scan(fence.content)[0]), [])
    rest = "\n" * (len(newlines) - 1 - body.count("\n"))
    return f"{start}, true)\n%}}{body}{{% endfilter {rest}%}}"


def _expansion(fence: Fence) -> Iterator[Complaint]:
    """Yield what is wrong with the Jinja of an expanded fence, before Jinja itself reads it."""
    tags, faults = scan(fence.content)
    yield from ((fence.line + line, message, hint) for line, message, hint in faults)
    for offset, message, advice in _nested(fence.content, tags):
        yield fence.line + line_of(fence.content, offset), message, advice
    hint = "a claim is a sentence of the deck: put it outside of the fence"
    for tag in tags:
        if tag.name == "claim":
            yield fence.line + line_of(fence.content, tag.start), "a claim cannot be among commands", hint


def _compiled(
    program: str, mask: Mask, steps: Sequence[Step], path: str, complaints: list[Complaint], *, complete: bool
) -> CodeType:
    """Return the program compiled. Raises every error found so far or here at once.

    Jinja's own complaint is left out where fences are wrong (not `complete`): it may be about what one of them hides.
    """
    jinja = environment()

    def unreadable(reason: str) -> LivedeckError:
        # Jinja does not say where. What is nested without brackets is long: `1 + 1 + ...`, `x | f | f ...`.
        rows = [(len(row) if "{" in row else 0, -line) for line, row in enumerate(program.split("\n"), 1)]
        own = (-max(rows)[1], f"Jinja cannot read this: {reason}", "give parts of it names with {% set %}")
        return combined(errors([*complaints, *([own] if complete or not complaints else [])], path))

    with refusing(unreadable):
        try:
            tree = jinja.parse(program, None, path)
            found = tuple(everything(tree))
            unknown = tuple(syntax.unknown(found, jinja))
            complaints = [*complaints, *unknown, *checks.check(found)]
            if unknown or not complete:
                raise_all(errors(complaints, path))
            mark(tree)
            anchor(tree)
            code = jinja.compile(tree, None, path)
            raise_all(errors([*complaints, *checks.names(found, tags_of(jinja).undeclared, steps)], path))
        except jinja2.TemplateSyntaxError as error:
            own = [syntax.explain(error, mask)] if complete or not complaints else []
            raise_all(errors([*complaints, *own], path))
            raise AssertionError from error
    return code


def _claims(mask: Mask) -> Iterator[Claim]:
    """Yield the claims in the order of their tags, which is the order in which Jinja meets them."""
    opened: list[list[Tag]] = []
    claims: list[list[Tag]] = []
    for tag in mask.tags:
        if tag.name in ("if", "claim"):
            opened.append([tag])
            claims += [opened[-1]] if tag.name == "claim" else []
        elif tag.name in ("elif", "endif", "endclaim") and opened:
            opened[-1].append(tag)
            if tag.name != "elif":
                opened.pop()
    for own in claims:
        branches = []
        for tag, following in pairwise(own):
            text = mask.source[tag.end : following.start]
            start = tag.end + len(text) - len(text.lstrip())
            condition = " ".join(mask.source[tag.start + 2 : tag.end - 2].split()[1:])
            branches.append(Branch(line_of(mask.source, start), condition, text.strip()))
        yield Claim(line_of(mask.source, own[0].start), tuple(branches))
