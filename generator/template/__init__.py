"""Templates: run fences, Jinja, claims and values, from the text of a deck to Marp Markdown."""

from generator.template.block import StepLook
from generator.template.commands import split
from generator.template.images import Image, relocate
from generator.template.render import render
from generator.template.source import Template, read

__all__ = ["Image", "StepLook", "Template", "read", "relocate", "render", "split"]
