"""From Marp Markdown to what students open: HTML and PDF, checked before they are put in place."""

from generator.export.write import write

__all__ = ["write"]
