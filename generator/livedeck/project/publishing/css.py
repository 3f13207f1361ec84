"""Style in SVG, judged by the functions and rules that it may use: none that loads anything."""

from __future__ import annotations

import re

from livedeck.project.publishing.refusal import Refusal

_RULES = ("charset", "font-face", "keyframes", "-webkit-keyframes", "layer", "media", "namespace", "supports")
_FUNCTIONS = (
    # selectors and conditions
    "dir format has host is lang not nth-child nth-last-child nth-last-of-type nth-of-type selector tech where and or "
    # colours and gradients
    "color color-mix conic-gradient device-cmyk hsl hsla hwb icc-color lab lch light-dark linear-gradient oklab oklch "
    "radial-gradient repeating-linear-gradient repeating-radial-gradient rgb rgba "
    # numbers, texts and times
    "abs calc clamp counter counters cubic-bezier env linear local max min mod rem round steps translate var "
    # filters and shapes
    "blur brightness circle contrast drop-shadow ellipse grayscale hue-rotate inset invert opacity path polygon rect "
    "saturate sepia "
    # transforms
    "matrix matrix3d perspective rotate rotate3d rotatex rotatey rotatez scale scale3d scalex scaley scalez skew skewx "
    "skewy translate3d translatex translatey translatez"
)
_KNOWN = frozenset(_FUNCTIONS.split())
_CALL = re.compile(r"([\w-]*)\(")
_RULE = re.compile(r"@\s*([\w-]*)")
_URL = re.compile(
    r"""url\(\s*(["']?)(?:\#[^"'()\s\\]*|data:(?:image/(?:png|jpe?g|gif|webp|avif)|font/\w+|application/"""
    r"""(?:x-)?font-\w+)(?:;charset=utf-?8)?;base64,[A-Za-z0-9+/=\s]*)\1\s*\)""",
    re.IGNORECASE,
)


def check(text: str) -> None:
    """Raise Refusal if a style sheet, or the value of an attribute, may load something that is not inside the SVG.

    Comments and strings are read like the rest, so nothing can hide in them.
    """
    if "\\" in text:
        raise Refusal("has a backslash in its style, which can hide what it loads")
    rest = _URL.sub("none", text)
    for name in _CALL.findall(rest):
        if name.lower() == "url":
            raise Refusal("refers to something outside of itself by url()", "embed it, or leave it out")
        if name and name.lower() not in _KNOWN:
            raise Refusal(f"uses {name[:40]}() in its style")
    for name in _RULE.findall(rest):
        if name.lower() == "import":
            raise Refusal("refers to something outside of itself by @import", "embed it, or leave it out")
        if name.lower() not in _RULES:
            raise Refusal(f"uses @{name[:40]} in its style")
