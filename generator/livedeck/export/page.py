"""Read from an exported HTML deck what it says about itself: language, slides, and the files it loads."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

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
_CSS_SCHEME = re.compile(r"""(?<![\w.-])(?:https?|ftp|file|wss?):[^\s"')]*""", re.IGNORECASE)


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
    """An exported HTML deck; it is `complete` when it ends with its end tag."""

    lang: str | None = None
    slides: list[SlideSection] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    complete: bool = False


def read(path: Path) -> ExportedPage:
    """Return what the HTML file says about itself."""
    reader = _PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader.page


def slide_size(path: Path) -> tuple[int, int]:
    """Return width and height in pixels of the slides of an HTML file that Marp wrote; zeros where it has none."""
    found = _SIZE.search(path.read_text(encoding="utf-8"))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def css_addresses(css: str) -> Iterator[str]:
    """Yield each address that CSS loads, however it is written: escaped, in an image set, or as a bare scheme."""
    plain = _CSS_DATA.sub(" ", _CSS_ESCAPE.sub(_unescaped, _CSS_COMMENT.sub(" ", css)))
    for found in _CSS_URL.finditer(plain):
        yield next(group for group in found.groups() if group is not None)
    rest = _CSS_URL.sub(" ", plain)
    for images in _CSS_SET.findall(rest):
        texts = re.findall(r"""["']([^"']*)["']""", images)
        yield from (text for text in texts if not text.startswith(("data:", "image/")))
    yield from _CSS_SCHEME.findall(_CSS_SET.sub(" ", rest))


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16) if escape[1] else 0
    return chr(code) if 0 < code <= sys.maxunicode else (escape[2] or "")


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = ExportedPage()
        self._number = 0
        self._parent = ""
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.page.lang = values.get("lang")
        elif tag == "svg" and "data-marpit-svg" in values:
            self._number += 1
        # Authors may write <section> themselves; those of Marp are right inside a foreignObject.
        elif tag == "section" and self._parent == "foreignobject" and values.get(_ROLE) not in _BACKDROPS:
            self.page.slides.append(SlideSection(values.get("data-theme"), values.get("lang")))
        self._style = tag == "style"
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
        if self._style:
            self._add(css_addresses(data), slide=0)
        if data.strip():
            self._parent = ""

    def handle_endtag(self, tag: str) -> None:
        self._style = False
        self._parent = ""
        self.page.complete = tag == "html"

    def _add(self, addresses: Iterable[str], slide: int | None = None) -> None:
        number = self._number if slide is None else slide
        self.page.resources += [Resource(address, number) for address in addresses if address]
