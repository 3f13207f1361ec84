"""Where the commands and claims of a record stand in a template and on its slides."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import msgspec

from livedeck import records
from livedeck.drift import Places, TemplateClaim
from livedeck.errors import LivedeckError, StaleRecordError
from livedeck.flow import decks as project
from livedeck.model import ClaimBranch, Course, Location, Record, Rendered
from livedeck.records.redaction import Operator
from livedeck.template import Template, split

_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def located(course: Course, record: Record, template: Template) -> tuple[Record, Places]:
    """Where everything of a record stands, and the record with claims that are of this template.

    Of a record of other commands nothing is known; of one that cannot be rendered, its steps. Where an author has put
    claims in or out since, those hold that a build would show.
    """
    replay = records.Replay(record, split, project.redactor(course, Operator()).text)
    view = records.view(record)
    try:
        rendered = project.render_deck(
            course, template, replay, record.host, view, course.file.language, record.failure
        )
        if not record.failure:
            replay.finish(template.path)
    except StaleRecordError:
        return record, Places()
    except LivedeckError:
        return record, _steps(template)
    claims = tuple(_claims(template, rendered))
    places = dataclasses.replace(_steps(template), claims=claims, slides=rendered.slides)
    return (
        record if _fits(record, template, rendered) else msgspec.structs.replace(record, claims=rendered.claims)
    ), places


def in_revision(places: Places, revision: str) -> Places:
    """The same in the template of a revision, whose lines are not those of the file that is there now."""

    def then(at: Location) -> Location:
        return Location(f"{revision}:{at.path}", at.line)

    claims = tuple(
        dataclasses.replace(
            claim,
            at=then(claim.at),
            branches=tuple(
                ClaimBranch(said.branch, said.sentence, said.at and then(said.at)) for said in claim.branches
            ),
        )
        for claim in places.claims
    )
    steps = {step: then(at) for step, at in places.steps.items()}
    return dataclasses.replace(places, steps=steps, claims=claims, another=True)


def _steps(template: Template) -> Places:
    return Places(
        steps={step.index: step.at for step in template.steps},
        rules={step.index: step.drift for step in template.steps if step.drift},
    )


def _fits(record: Record, template: Template, rendered: Rendered) -> bool:
    """Whether the claims of a record can be those of this template."""
    had, has = ({(claim.claim, claim.execution) for claim in claims} for claims in (record.claims, rendered.claims))
    return had == has and all(claim.branch < len(template.claims[claim.claim].branches) for claim in record.claims)


def _claims(template: Template, rendered: Rendered) -> Iterator[TemplateClaim]:
    for number, claim in enumerate(template.claims):
        branches = tuple(
            ClaimBranch(place + 1, _line(branch.sentence), Location(template.path, branch.line))
            for place, branch in enumerate(claim.branches)
        )
        filled = {}
        shown = [each for each in rendered.claims if each.claim == number]
        if len(shown) == 1:
            branch = claim.branches[shown[0].branch]
            filled[shown[0].execution, shown[0].branch] = _line(_filled(branch.sentence, branch.line, rendered))
        yield TemplateClaim(Location(template.path, claim.line), branches, filled)


def _filled(sentence: str, line: int, rendered: Rendered) -> str:
    """A sentence with the values it showed; as it is where it is not clear which they are."""
    last = line + sentence.count("\n")
    values = [value for place, value in rendered.values if line <= place <= last]
    if len(values) != len(_VALUE.findall(sentence)):
        return sentence
    following = iter(values)
    return _VALUE.sub(lambda _: next(following), sentence)


def _line(text: str) -> str:
    return " ".join(text.split())
