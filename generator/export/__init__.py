"""From Marp Markdown to what students open: HTML, PDF and pictures, checked before they are put in place."""

from generator.export.marp import find_browser
from generator.export.write import write

__all__ = ["find_browser", "write"]
