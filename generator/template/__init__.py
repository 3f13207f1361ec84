"""Templates: run fences, Jinja, claims and values, from the text of a deck to Marp Markdown."""

from generator.template.block import StepLook
from generator.template.commands import split
from generator.template.images import Image, relocate
from generator.template.markdown import references
from generator.template.notes import is_directive
from generator.template.outline import Outline
from generator.template.outline import of_markdown as outline_of_markdown
from generator.template.outline import of_template as outline_of_template
from generator.template.pieces import Pieces, opaque, pieces
from generator.template.render import render
from generator.template.source import Template, read
from generator.template.units import Unit, expressions_by_line, lines_of, splice, units

__all__ = [
    "Image",
    "Outline",
    "Pieces",
    "StepLook",
    "Template",
    "Unit",
    "expressions_by_line",
    "is_directive",
    "lines_of",
    "opaque",
    "outline_of_markdown",
    "outline_of_template",
    "pieces",
    "read",
    "references",
    "relocate",
    "render",
    "splice",
    "split",
    "units",
]
