"""SVG, written: the few elements that figures are made of. Equal arguments give equal bytes."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

Value = str | float | None


def drawing(width: float, height: float, style: str, groups: Iterable[str]) -> str:
    """A whole SVG file of that size in px, with a style sheet of its own."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"',
        f'     width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<style>/*<![CDATA[*/{style}/*]]>*/</style>",
        "<defs>",
        "</defs>",
    )
    return "\n".join([*head, *groups, "</svg>"])


def group(parts: Iterable[str]) -> str:
    """Parts that belong together."""
    return "\n".join(["<g>", *parts, "</g>"])


def shape(name: str, **attributes: Value) -> str:
    """An element without content. What is None is left out; `stroke_width` is `stroke-width`, and `class_` `class`."""
    return f"<{name}{_written(attributes)} />"


def text(words: str, **attributes: Value) -> str:
    """A line of text, its attributes as for `shape`."""
    return f"<text{_written(attributes)}>{escape(words, quote=False)}</text>"


def _written(attributes: dict[str, Value]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
