"""The content security policy of every HTML deck: what its page may load and run, however the deck asks for it."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

# `'self'` are files on the same server. On `file://` browsers take it for every file, but no page for another one's.
# Marp puts directives into `style`, and the presenter view shows the page in frames.
_RULES = (
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "style-src 'unsafe-inline'",
    "font-src data:",
    "img-src 'self' data:",
    "frame-src 'self'",
)
_HEAD = "<head>"
_CHARSET = '<meta charset="UTF-8">'
_SLIDES_END = "</svg></div>"
"""The end of the slides. What follows are speaker notes as escaped text, and scripts of Marp and Livedeck."""
# A slide with a background beside its text has one more section, which is empty.
_IN_LAST_SLIDE = re.compile(
    r"""<script>((?:(?!</script).)*)</script></foreignObject>"""
    r"""(?:<foreignObject(?:[^<>"]|"[^"]*")*><section(?:[^<>"]|"[^"]*")*></section></foreignObject>)?""",
    re.DOTALL | re.IGNORECASE,
)
_SCRIPT = re.compile(r"<script>((?:(?!</script).)*)</script>", re.DOTALL | re.IGNORECASE)


def protected(page: str) -> str:
    """Return the page of a deck that Marp wrote with the policy at its start, before anything that could load.

    It comes right after the encoding, which browsers look for in the first 1,024 bytes. What is not such a page stays
    as it is.
    """
    before, head, after = page.partition(_HEAD)
    if not head:
        return page
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_policy(after)}">'
    return f"{before}{head}{_CHARSET}{policy}{after.replace(_CHARSET, '', 1)}"


def trusted_scripts(page: str) -> list[str]:
    """Return the scripts where Marp and Livedeck put theirs: right after the text of the last slide, and after it.

    A script anywhere else comes from the deck or its theme, and may not run.
    """
    slides, end, tail = page.rpartition(_SLIDES_END)
    text, _, _ = slides.rpartition("<script>")
    of_slides = _IN_LAST_SLIDE.fullmatch(slides, len(text)) if text.rstrip().endswith("</section>") else None
    return [*([of_slides[1]] if of_slides else []), *(_SCRIPT.findall(tail) if end else [])]


def _policy(page: str) -> str:
    scripts = trusted_scripts(page)
    hashes = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    sources = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
    return "; ".join([*_RULES, f"script-src {sources}"])
