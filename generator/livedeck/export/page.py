"""What an exported HTML deck says about itself: its language, its slides, and the files it loads."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

# With a background beside the text Marp draws three sections for one slide; these two are not the one with the text.
_ROLE = "data-marpit-advanced-background"
_BACKDROPS = ("background", "pseudo")
_LOADING = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
}
_SIZE = re.compile(r'<svg data-marpit-svg="" viewBox="0 0 (\d+) (\d+)"')
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_CSS_DATA = re.compile(r"""url\(\s*(?:"data:[^"]*"|'data:[^']*'|data:[^'")\s]*)\s*\)""", re.IGNORECASE)
_CSS_URL = re.compile(
    r"""(?:url|src)\(\s*(?:"([^"]*)"|'([^']*)'|([^'")\s]+))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_CSS_SET = re.compile(r"image-set\(([^;}]*)", re.IGNORECASE)
_CSS_SCHEME = re.compile(r"""(?<![\w.-])(?:https?|ftp|file|wss?):[^\s"')]*""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageSlide:
    """One slide as Marp wrote it; `theme` is None where Marp did not find the theme."""

    theme: str | None
    lang: str | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file the page loads, as it is written there, and the slide (from 1) that does; 0 is the page as a whole."""

    address: str
    slide: int


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """An exported HTML deck."""

    lang: str | None
    slides: tuple[PageSlide, ...]
    resources: tuple[Resource, ...]
    complete: bool


def read(path: Path) -> HtmlPage:
    """Return what the HTML file says about itself. `complete` is whether it goes on to its end tag."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return HtmlPage(reader.lang, tuple(reader.slides), tuple(reader.resources), reader.complete)


def slide_size(path: Path) -> tuple[int, int]:
    """Width and height in pixels of the slides of an HTML file that Marp wrote; zeros where it has none."""
    found = _SIZE.search(path.read_text(encoding="utf-8"))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def css_addresses(css: str) -> Iterator[str]:
    """Every address that a piece of CSS loads, however it is written: escaped, in an image set, or as a bare scheme."""
    plain = _CSS_ESCAPE.sub(_unescaped, _CSS_COMMENT.sub(" ", css))
    plain = _CSS_DATA.sub(" ", plain)
    for found in _CSS_URL.finditer(plain):
        yield next(group for group in found.groups() if group is not None)
    rest = _CSS_URL.sub(" ", plain)
    for images in _CSS_SET.finditer(rest):
        for text in re.findall(r"""["']([^"']*)["']""", images[1]):
            if not text.startswith(("data:", "image/")):
                yield text
    for found in _CSS_SCHEME.finditer(_CSS_SET.sub(" ", rest)):
        yield found[0]


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16) if escape[1] else 0
    return chr(code) if 0 < code <= sys.maxunicode else (escape[2] or "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lang: str | None = None
        self.slides: list[PageSlide] = []
        self.resources: list[Resource] = []
        self.complete = False
        self._number = 0
        self._parent = ""
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.lang = values.get("lang")
        elif tag == "svg" and "data-marpit-svg" in values:
            self._number += 1
        # Authors may write <section> themselves; the ones of Marp stand right inside a foreignObject.
        elif tag == "section" and self._parent == "foreignobject" and values.get(_ROLE) not in _BACKDROPS:
            self.slides.append(PageSlide(values.get("data-theme"), values.get("lang")))
        self._style = tag == "style"
        self._parent = tag
        if tag == "link" and values.get("rel") == "canonical":
            return
        for name in _LOADING.get(tag, ()):
            self._add(_candidates(values.get(name), many=name == "srcset"))
        self._add(css_addresses(values.get("style") or ""))

    def handle_data(self, data: str) -> None:
        if self._style:
            self._add(css_addresses(data), slide=0)
        if data.strip():
            self._parent = ""

    def handle_endtag(self, tag: str) -> None:
        self._style = False
        self._parent = ""
        self.complete = tag == "html"

    def _add(self, addresses: Iterator[str], slide: int | None = None) -> None:
        number = self._number if slide is None else slide
        self.resources.extend(Resource(address, number) for address in addresses if address)


def _candidates(value: str | None, *, many: bool) -> Iterator[str]:
    if value and many:
        yield from (part.split()[0] for part in value.split(",") if part.strip())
    elif value:
        yield value.strip()
