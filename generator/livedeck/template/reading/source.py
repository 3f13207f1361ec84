"""A template read whole: its steps, its claims, and the Jinja program that renders it. Nothing runs here."""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Sized
from dataclasses import dataclass
from types import CodeType

import jinja2
import jinja2.sandbox
from jinja2.runtime import Context

from livedeck.errors import TemplateError, raise_all
from livedeck.model import Location, Step
from livedeck.template.mask import Mask, Tag, build, jinja_source, line_of, scan
from livedeck.template.paging import splitting
from livedeck.template.program import checks, syntax
from livedeck.template.program.inner import mark
from livedeck.template.program.results import Steps
from livedeck.template.program.tags import STEP, STEP_FILTER, ClaimCode, LivedeckTags, tags_of
from livedeck.template.program.walk import everything
from livedeck.template.reading import frontmatter, images, options
from livedeck.template.reading.commands import split, typed_file
from livedeck.template.reading.fences import Fence, find
from livedeck.template.rendering.placeholders import reserved
from livedeck.template.traced import anchor


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a claim as its author wrote it; the line is that on which its sentence begins."""

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
        """The commands of each step, as far as they are known before rendering."""
        return tuple((typed_file(step),) if step.file else split(step.text) for step in self.steps)


def read(source: str, path: str) -> Template:
    """The template in `source`; `path` is for messages. Raises every error it has at once, with file and line."""
    if (offset := reserved(source)) is not None:
        at = Location(path, line_of(source, offset))
        raise TemplateError(
            "this line holds an invisible character that Livedeck needs for itself", at=at, hint="type the line anew"
        )
    found = find(source, path)
    errors = list(found.errors)
    steps, step_errors = _steps(found.fences, path)
    errors += step_errors
    own_tags = _own_tags(found.mask, path)
    errors += own_tags
    errors += frontmatter.check(found.mask, path)
    errors += images.check(found.mask, path)
    tags = [(f.start, f.end, _tag(found.mask, f, s)) for f, s in zip(found.fences, steps, strict=True)]
    program = jinja_source(found.mask, tags)
    code = _compiled(program, found.mask, steps, path, errors, complete=not (found.errors or own_tags))
    return Template(path, source, found.mask, steps, tuple(_claims(found.mask)), program, code)


def environment() -> jinja2.sandbox.ImmutableSandboxedEnvironment:
    """Jinja as templates know it: undefined is an error, no loader, newlines stay.

    `finalize` has to be there, and to take the context, when a template is compiled; a rendering puts in its own.
    """
    jinja = jinja2.sandbox.ImmutableSandboxedEnvironment(
        undefined=StepUndefined,
        finalize=_no_finalize,
        keep_trailing_newline=True,
        extensions=[LivedeckTags],
        cache_size=0,
        optimized=False,  # takes a third of the time to compile, and templates have next to no constants
    )
    jinja.code_generator_class = ClaimCode
    return jinja


@jinja2.pass_context
def _no_finalize(context: Context, value: object) -> object:
    del context
    return value


class StepUndefined(jinja2.StrictUndefined):
    """An undefined value is an error as soon as it is used; a step that has not run says so."""

    @property
    def _undefined_message(self) -> str:
        owner, name = self._undefined_obj, self._undefined_name
        number: object = name
        if isinstance(owner, Steps):
            return f"the step {name} has not run when the deck gets here"
        if isinstance(number, int) and isinstance(owner, Sized):
            return f"there is no [{number}] here: it has {len(owner)} parts, counted from 0"
        if isinstance(owner, dict):
            return f"there is no {name} here, only {', '.join(str(key) for key in owner)}"
        if type(owner).__module__.startswith("livedeck."):
            known = ", ".join(key for key in dir(owner) if not key.startswith("_"))
            return f"there is no {name} here, only {known}"
        return str(super()._undefined_message)


def _steps(fences: Sequence[Fence], path: str) -> tuple[tuple[Step, ...], list[TemplateError]]:
    steps: list[Step] = []
    errors: list[TemplateError] = []
    ids: dict[str, int] = {}
    countable = True  # behind a step that leaves a program waiting, texts are typed into that
    for index, fence in enumerate(fences):
        at = Location(path, fence.line)
        fields, wrong = options.read(fence.info, at)
        step = Step(index=index, at=at, text=fence.content, prefix=fence.prefix, **fields)
        errors += wrong or (_counted(step) if countable and not step.file else [])
        countable = countable and step.waits_at is None
        errors += _expansion(fence, path) if step.expand else []
        errors += [splitting.nested(at)] if step.split and fence.nested else []
        if step.id in ids:
            errors.append(
                TemplateError(f"the id {step.id} is taken by line {ids[step.id]}", at=at, hint="choose another")
            )
        if step.id:
            ids.setdefault(step.id, fence.line)
        steps.append(step)
    return tuple(steps), errors


def _counted(step: Step) -> list[TemplateError]:
    """What does not fit the number of commands, where that is known before rendering."""
    if step.expand:
        return []
    commands = split(step.text)
    number = len(commands)
    if number == 0:
        return [TemplateError("this run fence holds no command", at=step.at, hint="write one, or delete the fence")]
    errors = []
    if any(command.startswith("$ ") for command in commands):
        hint = "leave the prompt out: the slide shows the real one"
        errors.append(TemplateError("a command begins with a prompt ($)", at=step.at, hint=hint))
    if step.exits and len(step.exits) != number:
        text = f"exit names {len(step.exits)} exit codes for {number} commands"
        errors.append(TemplateError(text, at=step.at, hint="name one for each command, or any"))
    if isinstance(step.copy, int) and step.copy > number:
        errors.append(
            TemplateError(f"copy={step.copy} where there are {number} commands", at=step.at, hint="count from 1")
        )
    return errors


def _own_tags(mask: Mask, path: str) -> list[TemplateError]:
    return [
        TemplateError(
            "names that begin with livedeck_ are not for templates",
            at=Location(path, line_of(mask.source, tag.start)),
            hint="choose another name",
        )
        for tag in mask.tags
        if tag.kind != "comment" and "livedeck_" in mask.source[tag.start : tag.end]
    ]


def _tag(mask: Mask, fence: Fence, step: Step) -> str:
    """What Jinja gets in place of a fence: one tag that holds all of the fence's newlines."""
    newlines = "\n" * (line_of(mask.source, fence.end) - fence.line)
    if not step.expand:
        return f"{{% {STEP} {step.index} {newlines}%}}"
    body = jinja_source(build(fence.content, scan(fence.content)[0]), [])
    rest = "\n" * (len(newlines) - 1 - body.count("\n"))
    return f"{{% filter {STEP_FILTER}({step.index})\n%}}{body}{{% endfilter {rest}%}}"


def _expansion(fence: Fence, path: str) -> list[TemplateError]:
    """What is wrong with the Jinja of an expanded fence, before Jinja itself reads it."""
    tags, faults = scan(fence.content)
    found = [(fault.offset, fault.message, fault.hint) for fault in faults]
    hint = "a claim is a sentence of the deck: put it outside of the fence"
    found += [(tag.start, "a claim cannot stand among commands", hint) for tag in tags if tag.name == "claim"]
    return [
        TemplateError(message, at=Location(path, fence.line + line_of(fence.content, offset)), hint=hint)
        for offset, message, hint in found
    ]


def _compiled(
    program: str, mask: Mask, steps: Sequence[Step], path: str, errors: list[TemplateError], *, complete: bool
) -> CodeType:
    """The program compiled. Raises every error found by now or here at once.

    Jinja's own complaint is left out where fences are wrong (not `complete`): it may be about what one of them hides.
    """
    jinja = environment()
    try:
        tree = jinja.parse(program, None, path)
        found = tuple(everything(tree))
        unknown = syntax.unknown([node for node, _ in found], path, jinja)
        errors = errors + unknown + checks.check(found, path)
        if unknown or not complete:
            raise_all(errors)
        mark(tree)
        anchor(tree)
        code = jinja.compile(tree, None, path)
        raise_all(errors + checks.names(found, tags_of(jinja).undeclared, steps, path))
    except jinja2.TemplateSyntaxError as error:
        raise_all(errors + ([syntax.explain(error, mask, path)] if complete or not errors else []))
        raise AssertionError from error
    return code


def _claims(mask: Mask) -> list[Claim]:
    """The claims in the order of their tags, which is the order Jinja meets them in."""
    found: list[Claim] = []
    tags = [tag for tag in mask.tags if tag.kind == "block"]
    for index, tag in enumerate(tags):
        if tag.name == "claim":
            own = _branches(tags[index:])
            branches = tuple(_branch(mask, first, second) for first, second in itertools.pairwise(own))
            found.append(Claim(line_of(mask.source, tag.start), branches))
    return found


def _branch(mask: Mask, tag: Tag, following: Tag) -> Branch:
    text = mask.source[tag.end : following.start]
    start = tag.end + len(text) - len(text.lstrip())
    return Branch(line_of(mask.source, start), _condition(mask, tag), text.strip())


def _branches(tags: Sequence[Tag]) -> list[Tag]:
    """The claim tag that comes first, its own elifs, and its endclaim."""
    own = [tags[0]]
    depth = 0
    for tag in tags[1:]:
        if tag.name in ("if", "claim"):
            depth += 1
        elif tag.name in ("endif", "endclaim") and depth:
            depth -= 1
        elif depth == 0 and tag.name in ("elif", "endclaim"):
            own.append(tag)
            if tag.name == "endclaim":
                break
    return own


def _condition(mask: Mask, tag: Tag) -> str:
    words = mask.source[tag.start + 2 : tag.end - 2].strip().split(None, 1)
    return " ".join(words[1].split()) if len(words) > 1 else ""
