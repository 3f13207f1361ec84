"""Templates: run fences, Jinja, claims and values, from the text of a deck to Marp Markdown."""

from livedeck.template.markdown import references
from livedeck.template.reading.commands import commands_of
from livedeck.template.reading.images import Asset, named, relocate
from livedeck.template.reading.source import Template, read
from livedeck.template.rendering.block import StepLook
from livedeck.template.rendering.render import render

__all__ = ["Asset", "StepLook", "Template", "commands_of", "named", "read", "references", "relocate", "render"]
