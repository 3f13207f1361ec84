"""Read from an exported HTML deck what it says about itself: language, slides, and the files it loads."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from livedeck.export import policy
from livedeck.project import bounded

# For a slide with a background beside its text Marp draws three sections; these two are not the one with the text.
_ROLE = "data-marpit-advanced-background"
_BACKDROPS = ("background", "pseudo")
_LOADING = ("src", "srcset", "poster")
_LOADING_OF = {"image": ("href", "xlink:href"), "link": ("href",), "object": ("data",)}
_SIZE = re.compile(r'<svg data-marpit-svg="" viewBox="0 0 (\d+) (\d+)"')
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_CSS_DATA = re.compile(r"""url\(\s*(?:"data:[^"]*"|'data:[^']*'|data:[^'")\s]*)\s*\)""", re.IGNORECASE)
_CSS_URL = re.compile(
    r"""(?:url|src)\(\s*(?:"([^"]*)"|'([^']*)'|([^'")\s]+))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_CSS_SET = re.compile(r"image-set\(([^;}]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SlideSection:
    """The section that Marp wrote for a slide; `theme` is None where Marp did not find the theme."""

    theme: str | None
    lang: str | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file the page loads, as it is written there, and the slide (from 1) that does; 0 is the page as a whole."""

    address: str
    slide: int


@dataclass(slots=True)
class ExportedPage:
    """An exported HTML deck; it is `complete` when it ends with its end tag.

    `policy` is its content security policy, empty if it has none before what could load. `scripts` has the slide (from
    1) of each script that is neither Marp's nor Livedeck's; 0 is the page as a whole.
    """

    lang: str | None = None
    slides: list[SlideSection] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    policy: str = ""
    scripts: list[int] = field(default_factory=list)
    complete: bool = False


def read(path: Path) -> ExportedPage:
    """Return what the HTML file says about itself."""
    text = bounded.text(path.parent, path, bounded.BUILT)
    reader = _PageReader(policy.trusted_scripts(text))
    reader.feed(text)
    reader.close()
    return reader.page


def slide_size(path: Path) -> tuple[int, int]:
    """Return width and height in pixels of the slides of an HTML file that Marp wrote; zeros where it has none."""
    found = _SIZE.search(bounded.text(path.parent, path, bounded.BUILT))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def css_addresses(css: str) -> Iterator[str]:
    """Yield the addresses that CSS plainly loads: in `url()`, `@import` and image sets, also where escaped.

    It need not find all of them: no browser loads what the policy of the page does not allow.
    """
    plain = _CSS_DATA.sub(" ", unescaped(_CSS_COMMENT.sub(" ", css)))
    for found in _CSS_URL.finditer(plain):
        yield next(group for group in found.groups() if group is not None)
    for images in _CSS_SET.findall(_CSS_URL.sub(" ", plain)):
        texts = re.findall(r"""["']([^"']*)["']""", images)
        yield from (text for text in texts if not text.startswith(("data:", "image/")))


def unescaped(css: str) -> str:
    """Return CSS without its escapes."""
    return _CSS_ESCAPE.sub(_unescaped, css)


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16) if escape[1] else 0
    return chr(code) if 0 < code <= sys.maxunicode else (escape[2] or "").strip("\n")


class _PageReader(HTMLParser):
    def __init__(self, trusted: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.page = ExportedPage()
        self._trusted = list(trusted)
        self._number = 0
        self._parent = ""
        self._style = False
        self._script = False
        self._first = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._first and tag not in ("html", "head"):
            # The encoding comes before the policy, and nothing else does.
            if values.get("http-equiv") == "Content-Security-Policy":
                self.page.policy = values.get("content") or ""
            self._first = "charset" in values
        if tag == "html":
            self.page.lang = values.get("lang")
        elif tag == "svg" and "data-marpit-svg" in values:
            self._number += 1
        # Authors may write <section> themselves; those of Marp are right inside a foreignObject.
        elif tag == "section" and self._parent == "foreignobject" and values.get(_ROLE) not in _BACKDROPS:
            self.page.slides.append(SlideSection(values.get("data-theme"), values.get("lang")))
        self._style = tag == "style"
        self._script = tag == "script"
        if self._script and values:
            self.page.scripts.append(self._number)
        self._parent = tag
        if tag == "link" and values.get("rel") == "canonical":
            return
        for name in (*_LOADING, *_LOADING_OF.get(tag, ())):
            value = values.get(name) or ""
            self._add(
                [part.split()[0] for part in value.split(",") if part.strip()] if name == "srcset" else [value.strip()]
            )
        self._add(css_addresses(values.get("style") or ""))

    def handle_data(self, data: str) -> None:
        if self._script:
            if data in self._trusted:
                self._trusted.remove(data)
            else:
                self.page.scripts.append(self._number)
        if self._style:
            self._add(css_addresses(data), slide=0)
        if data.strip():
            self._parent = ""

    def handle_endtag(self, tag: str) -> None:
        self._style = self._script = False
        self._parent = ""
        self.page.complete = tag == "html"

    def _add(self, addresses: Iterable[str], slide: int | None = None) -> None:
        number = self._number if slide is None else slide
        self.page.resources += [Resource(address, number) for address in addresses if address]
